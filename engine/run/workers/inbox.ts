import type { Entry } from './protocol.ts';

/** Entries that may come early at a time. More are those of no job of ours. */
const MOST_PARKED = 10_000;

/**
 * What comes of one job, in its order: the entry after the last one is taken, one that comes early waits, and one that was
 * taken is dropped. So what is stored of a batch is at any time what it had come to at some moment.
 */
export class Inbox {
  #next = 1;
  readonly #parked = new Map<number, Entry>();

  /** The entries that can be taken now that this one has come. */
  *take(entry: Entry): Iterable<Entry> {
    if (entry.seq > this.#next) {
      if (this.#parked.size < MOST_PARKED) this.#parked.set(entry.seq, entry);
      return;
    }
    if (entry.seq < this.#next) return;
    for (let next: Entry | undefined = entry; next; next = this.#parked.get(this.#next)) {
      this.#parked.delete(this.#next);
      this.#next += 1;
      yield next;
    }
  }
}
