/** A batch that waits to be executed. */
export interface QueuedBatch {
  readonly scope: number;
  readonly index: number;
  readonly items: number;
  readonly attempt: number;
  /** Its items in the codec's text. */
  readonly text: string;
  /** Whether the store cannot have steps of it: no earlier process or attempt executed any. */
  readonly fresh: boolean;
}

/** Where the batches are that do not fit into memory. */
export interface BatchStore {
  /** Resolves when every batch that was added so far can be read. */
  committed(): Promise<void>;
  /** Waiting batches after this index, in their order. */
  read(after: number, limit: number): Iterable<QueuedBatch>;
}

export interface QueueBounds {
  /** Batches in memory. An array of any size is split at once, so the others are read back from the store. */
  readonly batches: number;
  /** Batches read at a time. */
  readonly page: number;
  /** Characters of items in memory. */
  readonly text: number;
}

/** Reading a batch back takes 1.6 us, a fifteenth of what a quick one costs: only what comes after many is read back. */
const BOUNDS: QueueBounds = { batches: 16_384, page: 512, text: 8_000_000 };

/**
 * The waiting batches of one node, in order. It has as many of them in memory as its bounds allow and reads the others
 * back in time.
 */
export class BatchQueue {
  /** What reading from the store threw. */
  error: { readonly thrown: unknown } | undefined;
  readonly #store: BatchStore;
  readonly #notify: () => void;
  readonly #bounds: QueueBounds;
  #batches: QueuedBatch[] = [];
  #head = 0;
  #text = 0;
  #hasMoreInStore: boolean;
  #lastIndex = -1;
  #added = 0;
  #isRefilling = false;

  /**
   * @param hasMoreInStore Whether batches of an earlier process wait in the store.
   * @param notify Called when the queue has read from the store.
   */
  constructor(store: BatchStore, hasMoreInStore: boolean, notify: () => void, bounds: QueueBounds = BOUNDS) {
    this.#store = store;
    this.#hasMoreInStore = hasMoreInStore;
    this.#notify = notify;
    this.#bounds = bounds;
  }

  /** Batches in memory. */
  get length(): number {
    return this.#batches.length - this.#head;
  }

  /** Whether batches wait in the store that are not in memory. */
  get hasMoreInStore(): boolean {
    return this.#hasMoreInStore;
  }

  /** Adds a batch that has just been written. Once one does not fit, all that follow are read back from the store. */
  add(batch: QueuedBatch): void {
    this.#added += 1;
    if (this.length >= this.#bounds.batches || this.#text >= this.#bounds.text) this.#hasMoreInStore = true;
    if (!this.#hasMoreInStore) this.#push(batch);
  }

  peek(): QueuedBatch | undefined {
    return this.#batches[this.#head];
  }

  /** The next batch, if one is in memory. Reads more from the store before the last one is taken. */
  take(): QueuedBatch | undefined {
    const batch = this.#batches[this.#head];
    if (batch) {
      this.#head += 1;
      this.#text -= batch.text.length;
      if (this.#head === this.#batches.length) {
        this.#batches = [];
        this.#head = 0;
      }
    }
    const { page, text } = this.#bounds;
    if (this.#hasMoreInStore && this.length < page / 2 && this.#text < text / 2) void this.refill();
    return batch;
  }

  /** Reads the next page from the store. Never rejects: see `error`. */
  async refill(): Promise<void> {
    if (this.#isRefilling) return;
    this.#isRefilling = true;
    try {
      const addedBefore = this.#added;
      await this.#store.committed();
      const isAll = this.#readPage();
      // A batch that was added meanwhile may not be committed yet.
      if (isAll && addedBefore === this.#added) this.#hasMoreInStore = false;
    } catch (thrown) {
      this.error ??= { thrown };
      this.#hasMoreInStore = false;
    } finally {
      this.#isRefilling = false;
      this.#notify();
    }
  }

  /** Reads a page, or as much of it as fits. True when no more wait in the store. */
  #readPage(): boolean {
    const { page, text } = this.#bounds;
    let read = 0;
    for (const batch of this.#store.read(this.#lastIndex, page)) {
      this.#push(batch);
      read += 1;
      if (this.#text >= text) return false;
    }
    return read < page;
  }

  #push(batch: QueuedBatch): void {
    this.#batches.push(batch);
    this.#text += batch.text.length;
    this.#lastIndex = batch.index;
  }
}
