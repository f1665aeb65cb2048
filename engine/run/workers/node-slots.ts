import type { WorkerHandle } from './worker-handle.ts';

interface Slots {
  /** How many of the node's batches it was told that it may execute at a time. */
  readonly count: number;
  /** How many it may be executing: more than that until it has confirmed a lower count. */
  readonly most: number;
  /** Raised each time it is told. */
  readonly number: number;
}

const NONE: Slots = { count: 0, most: 0, number: 0 };

/**
 * How the batches of one node that may run at a time are divided among workers. A worker that has ended one goes on with the
 * next that it has, without asking; so the counts of all workers together are never more than the node allows. What is taken
 * from one is given to another when the first has confirmed that it executes no more.
 */
export class NodeSlots {
  readonly #place: number;
  readonly #slots = new Map<WorkerHandle, Slots>();

  constructor(place: number) {
    this.#place = place;
  }

  of(worker: WorkerHandle): number {
    return this.#slots.get(worker)?.count ?? 0;
  }

  get sum(): number {
    let sum = 0;
    for (const { count } of this.#slots.values()) sum += count;
    return sum;
  }

  /** Divides anew. @param workers Those that may execute batches @param concurrency How many may run at a time, now */
  divide(workers: readonly WorkerHandle[], concurrency: number): void {
    for (const worker of this.#slots.keys()) if (worker.isLost) this.#slots.delete(worker);
    const shares = sharesOf(workers, concurrency);
    for (const [worker, { count }] of this.#slots) {
      const share = shares.get(worker) ?? 0;
      if (share < count) this.#tell(worker, share);
    }
    let free = concurrency;
    for (const { most } of this.#slots.values()) free -= most;
    for (const [worker, share] of shares) {
      const { count, most } = this.#slots.get(worker) ?? NONE;
      const reached = Math.min(share, most + Math.max(0, free));
      if (reached <= count) continue;
      free -= Math.max(0, reached - most);
      this.#tell(worker, reached);
    }
  }

  /** It executes no more than it was told with this number. */
  confirm(worker: WorkerHandle, number: number): void {
    const slots = this.#slots.get(worker);
    if (slots?.number === number) this.#slots.set(worker, { ...slots, most: slots.count });
  }

  #tell(worker: WorkerHandle, count: number): void {
    const before = this.#slots.get(worker) ?? NONE;
    const number = before.number + 1;
    this.#slots.set(worker, { count, most: Math.max(before.most, count), number });
    worker.setSlots(this.#place, count, number);
  }
}

/** As equal as can be: those that were there first have more where they cannot be equal, so that little moves. */
function sharesOf(workers: readonly WorkerHandle[], concurrency: number): Map<WorkerHandle, number> {
  const shares = new Map<WorkerHandle, number>();
  let left = concurrency;
  const smallestFirst = workers.toSorted((a, b) => a.concurrency - b.concurrency);
  for (const [index, worker] of smallestFirst.entries()) {
    const share = Math.min(worker.concurrency, Math.ceil(left / (smallestFirst.length - index)));
    shares.set(worker, share);
    left -= share;
  }
  return shares;
}
