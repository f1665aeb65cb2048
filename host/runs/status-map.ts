import { BatchStatus } from '../../common/status.ts';

/** The statuses of one node's batches, one byte each, by index. It grows as batches are created. */
export class StatusMap {
  #bytes = new Uint8Array(0);
  #length = 0;
  #superseded = 0;

  get length(): number {
    return this.#length;
  }

  at(index: number): number {
    return this.#bytes[index] ?? BatchStatus.waiting;
  }

  copy(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  /**
   * Sets a status and calls `onChange` with the index if it is a new one. Batches in between that are not known yet are
   * waiting.
   */
  set(index: number, status: number, onChange: (index: number) => void): void {
    if (index >= this.#length) this.#grow(index + 1);
    else if (this.#bytes[index] === status) return;
    this.#put(index, status);
    onChange(index);
  }

  /**
   * Makes room for `count` batches. Those that are not known yet are waiting, and so are superseded ones, which are
   * about to be created again.
   */
  expect(count: number, onChange: (index: number) => void): void {
    if (count > this.#length) {
      this.#grow(count);
      onChange(count - 1);
    }
    if (this.#superseded === 0) return;
    for (let index = 0; index < count; index++) {
      if (this.#bytes[index] === BatchStatus.superseded) this.set(index, BatchStatus.waiting, onChange);
    }
  }

  /** Replaces all statuses. Returns false when there are fewer than before: changes alone cannot make a map shorter. */
  replace(statuses: Uint8Array, onChange: (index: number) => void): boolean {
    if (statuses.length < this.#length) {
      this.#bytes = Uint8Array.from(statuses);
      this.#length = statuses.length;
      this.#superseded = statuses.reduce((sum, status) => sum + (status === BatchStatus.superseded ? 1 : 0), 0);
      return false;
    }
    for (let index = 0; index < statuses.length; index++)
      this.set(index, statuses[index] ?? BatchStatus.waiting, onChange);
    return true;
  }

  #put(index: number, status: number): void {
    if (this.#bytes[index] === BatchStatus.superseded) this.#superseded -= 1;
    if (status === BatchStatus.superseded) this.#superseded += 1;
    this.#bytes[index] = status;
  }

  #grow(length: number): void {
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(length, this.#bytes.length * 2, 256));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#length = length;
  }
}

/** The indices that have changed since they were last taken: each one once, however often it changes. */
export class DirtyIndices {
  readonly #indices: number[] = [];
  #marks = new Uint8Array(0);

  get size(): number {
    return this.#indices.length;
  }

  readonly add = (index: number): void => {
    if (index >= this.#marks.length) {
      const larger = new Uint8Array(Math.max(index + 1, this.#marks.length * 2, 256));
      larger.set(this.#marks);
      this.#marks = larger;
    }
    if (this.#marks[index] === 1) return;
    this.#marks[index] = 1;
    this.#indices.push(index);
  };

  /** Returns the indices and forgets them. */
  take(): Uint32Array<ArrayBuffer> {
    const taken = Uint32Array.from(this.#indices);
    for (const index of taken) this.#marks[index] = 0;
    this.#indices.length = 0;
    return taken;
  }
}
