import { deserialize, serialize } from 'node:v8';

const LENGTH_BYTES = 4;

/**
 * Messages on their way out, as one stream of bytes: each with its length before it. So it makes no difference where the stream
 * is divided.
 */
export class OutgoingBytes {
  #pieces: Buffer[] = [];
  #length = 0;

  /** How many bytes are left to be taken. */
  get length(): number {
    return this.#length;
  }

  add(message: unknown): void {
    const bytes = serialize(message);
    const length = Buffer.allocUnsafe(LENGTH_BYTES);
    length.writeUInt32BE(bytes.length);
    this.#pieces.push(length, bytes);
    this.#length += LENGTH_BYTES + bytes.length;
  }

  /** The next bytes, at most so many. */
  take(most: number): Buffer {
    const taken: Buffer[] = [];
    let room = most;
    let whole = 0;
    for (const piece of this.#pieces) {
      if (piece.length > room) break;
      taken.push(piece);
      room -= piece.length;
      whole += 1;
    }
    const divided = this.#pieces[whole];
    this.#pieces.splice(0, whole);
    if (divided && room > 0) {
      taken.push(divided.subarray(0, room));
      this.#pieces[0] = divided.subarray(room);
    }
    const bytes = Buffer.concat(taken);
    this.#length -= bytes.length;
    return bytes;
  }
}

/** Makes messages of the bytes as they come. */
export class IncomingBytes {
  #pieces: Uint8Array[] = [];
  #length = 0;
  /** Bytes from which on there is something to read. */
  #wanted = LENGTH_BYTES;

  /** The messages that are complete with these bytes. */
  *read(bytes: Uint8Array): Iterable<unknown> {
    this.#pieces.push(bytes);
    this.#length += bytes.length;
    if (this.#length < this.#wanted) return;
    let rest = Buffer.concat(this.#pieces);
    const messages: Buffer[] = [];
    this.#wanted = LENGTH_BYTES;
    while (rest.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + rest.readUInt32BE();
      this.#wanted = end;
      if (rest.length < end) break;
      messages.push(rest.subarray(LENGTH_BYTES, end));
      rest = rest.subarray(end);
      this.#wanted = LENGTH_BYTES;
    }
    this.#pieces = [rest];
    this.#length = rest.length;
    for (const message of messages) yield deserialize(message);
  }
}
