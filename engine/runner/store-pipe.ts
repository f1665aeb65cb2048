import { readSync, writeSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import type { StoreAnswer, StoreRequest } from '../run/workers/store-requests.ts';

/*
 * How the process of a worker that has not got the store's file asks for something of it and is held up until the answer is
 * here, as with a file: a pipe to the process that has started it, beside the channel. Each way, a length and JSON.
 */

/** The descriptor in the worker's process. 3 is the channel's; 4 is what only our parent holds open: see orphan.ts. */
export const STORE_FD = 5;
const LENGTH_BYTES = 4;
/** A worker that sends more is not one of ours. */
const LONGEST_REQUEST = 512 * 1024 * 1024;
/** How long to wait where the system says that nothing can be read or written just now. */
const TURN_MS = 1;

/** The other end is gone, and with it whoever could answer. */
export class PipeEnded extends Error {
  override readonly name = 'PipeEnded';
}

/** @throws PipeEnded */
export function askThroughPipe(request: StoreRequest, fd = STORE_FD): StoreAnswer {
  writeAll(fd, framed(request));
  const length = readAll(fd, LENGTH_BYTES).readUInt32LE();
  return JSON.parse(readAll(fd, length).toString('utf8')) as StoreAnswer;
}

/** The other end: passes on what is asked. Returns what takes the answers, in the order of the requests. */
export function answerThroughPipe(
  pipe: Duplex,
  onRequest: (request: StoreRequest) => void,
): (answer: StoreAnswer) => void {
  let chunks: Buffer[] = [];
  let length = 0;
  pipe.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    for (;;) {
      const [first] = chunks;
      if (!first || length < LENGTH_BYTES) return;
      const all = first.length >= LENGTH_BYTES ? first : Buffer.concat(chunks);
      const size = all.readUInt32LE();
      if (size > LONGEST_REQUEST) {
        pipe.destroy();
        return;
      }
      if (length < LENGTH_BYTES + size) return;
      const whole = Buffer.concat(chunks);
      const text = whole.toString('utf8', LENGTH_BYTES, LENGTH_BYTES + size);
      chunks = [whole.subarray(LENGTH_BYTES + size)];
      length -= LENGTH_BYTES + size;
      const request = requestIn(text);
      if (!request) {
        // A step has written into the descriptor. Its process reads the end of the pipe, and ends.
        pipe.destroy();
        return;
      }
      onRequest(request);
    }
  });
  // The process has ended, of which its exit tells.
  pipe.on('error', () => undefined);
  return answer => {
    if (pipe.writable) pipe.write(framed(answer));
  };
}

function requestIn(text: string): StoreRequest | undefined {
  try {
    return JSON.parse(text) as StoreRequest;
  } catch {
    return undefined;
  }
}

function framed(value: StoreRequest | StoreAnswer): Buffer {
  const text = Buffer.from(JSON.stringify(value));
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + text.length);
  frame.writeUInt32LE(text.length);
  text.copy(frame, LENGTH_BYTES);
  return frame;
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;)
    written += whenPossible(() => writeSync(fd, bytes, written, bytes.length - written));
}

function readAll(fd: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let read = 0; read < length;) {
    const count = whenPossible(() => readSync(fd, bytes, read, length - read, null));
    if (count === 0) throw new PipeEnded('The process that has started this worker is gone.');
    read += count;
  }
  return bytes;
}

function whenPossible(attempt: () => number): number {
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE' || code === 'ECONNRESET' || code === 'EOF')
        throw new PipeEnded('The process that has started this worker is gone.', { cause: error });
      if (code !== 'EAGAIN' && code !== 'EINTR') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TURN_MS);
    }
  }
}
