import { BatchStatus } from '../../common/status.ts';

/** The statuses of one node's batches, a byte each, by place. Grows as batches are cut. */
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

  /** A copy. */
  copy(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  /** Calls `onChange` with each place that is another one now; places skipped over are waiting. */
  set(index: number, status: number, onChange: (index: number) => void): void {
    if (index >= this.#length) this.#grow(index + 1);
    else if (this.#bytes[index] === status) return;
    this.#put(index, status);
    onChange(index);
  }

  /** So many batches are counted: those not heard of yet are waiting, also those that were out of use and are to be cut anew. */
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

  /** Takes other statuses in the place of all of these. False when there are fewer: a map never shrinks by changes. */
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

/** Which places have changed since somebody last asked: each once, however often it changes. */
export class DirtyPlaces {
  readonly #places: number[] = [];
  #marks = new Uint8Array(0);

  get size(): number {
    return this.#places.length;
  }

  readonly add = (index: number): void => {
    if (index >= this.#marks.length) {
      const larger = new Uint8Array(Math.max(index + 1, this.#marks.length * 2, 256));
      larger.set(this.#marks);
      this.#marks = larger;
    }
    if (this.#marks[index] === 1) return;
    this.#marks[index] = 1;
    this.#places.push(index);
  };

  /** Gives the places and forgets them. */
  take(): Uint32Array<ArrayBuffer> {
    const taken = Uint32Array.from(this.#places);
    for (const index of taken) this.#marks[index] = 0;
    this.#places.length = 0;
    return taken;
  }
}
