import type { NodeStepCount, StepCount } from '../store/progress-queries.ts';

/** A wait for the next attempt, while it is counted. */
export interface CountedWait {
  /** The next attempt follows. */
  goesOn(): void;
  end(now: number): void;
}

/** A wait for the next attempt: since when, and until when, in milliseconds since 1970. */
export interface WaitSpan {
  readonly since: number;
  readonly until: number;
}

interface Wait extends WaitSpan {
  /** The job of a worker that it belongs to. */
  readonly by?: object;
}

/** Counts the attempts of each step over all batches, as they begin and end, and the waits between them. */
export class StepCounts {
  /** Attempts that this process began. */
  executed = 0;
  readonly #byNode = new Map<number, NodeStepCount>();
  /** By node: how its steps, or batches, wait for their next attempts. */
  readonly #waits = new Map<number, Set<Wait>>();
  /** By batch node: until when its rate limit lets no more batches begin. */
  readonly #held = new Map<number, number>();

  /** Starts from the counts that earlier processes stored. */
  restore(stored: readonly NodeStepCount[]): void {
    for (const count of stored) this.#byNode.set(count.node, count);
  }

  begins(node: number, path: string, hadFailed: boolean): void {
    this.executed += 1;
    const count = this.#of(node, path);
    count.running += 1;
    if (hadFailed) count.failed -= 1;
  }

  /** A step begins to wait for a person or an event: nothing is executed. */
  waits(node: number, path: string): void {
    this.#of(node, path).running += 1;
  }

  ends(node: number, path: string, as: 'succeeded' | 'failed' | undefined): void {
    const count = this.#of(node, path);
    count.running -= 1;
    if (as) count[as] += 1;
  }

  /**
   * A step waits for its next attempt, or a batch of a batch node. Call `goesOn` where that follows, and `end`.
   * @param countsAs What it counts as before and after the wait; attempts of batches are not counted here
   */
  retryWait(node: number, path: string, span: WaitSpan, countsAs?: 'failed'): CountedWait {
    const count = this.#of(node, path);
    const wait: Wait = { ...span };
    const waits = this.#waitsOf(node);
    waits.add(wait);
    count.retrying += 1;
    if (countsAs) count[countsAs] -= 1;
    return {
      goesOn: () => {
        count.retries += 1;
      },
      end: now => {
        waits.delete(wait);
        count.retrying -= 1;
        count.waited += waitedOf(wait, now);
        if (countsAs) count[countsAs] += 1;
      },
    };
  }

  /** Adds what another process has counted. @param by Whose waits those are: it tells all of them each time */
  add(
    {
      node,
      path,
      running,
      succeeded,
      failed,
      retrying,
      retries,
      waited,
      waits,
    }: NodeStepCount & { waits: readonly WaitSpan[] },
    by: object,
  ): void {
    const count = this.#of(node, path);
    count.running += running;
    count.succeeded += succeeded;
    count.failed += failed;
    count.retrying += retrying;
    count.retries += retries;
    count.waited += waited;
    const all = this.#waitsOf(node);
    for (const wait of all) if (wait.by === by) all.delete(wait);
    for (const wait of waits) all.add({ ...wait, by });
  }

  /** The rate limit of a batch node lets no more batches begin until then; undefined: it does not hold any back. */
  holds(node: number, path: string, until: number | undefined): void {
    if (until === undefined) {
      this.#held.delete(node);
      return;
    }
    this.#of(node, path);
    this.#held.set(node, until);
  }

  /** What this process has counted of each step, and its waits. */
  own(): Iterable<NodeStepCount & { waits: readonly WaitSpan[] }> {
    return Array.from(this.#byNode.values(), count => {
      const waits = count.retrying > 0 ? this.#waits.get(count.node) : undefined;
      return { ...count, waits: Array.from(waits ?? [], ({ since, until }) => ({ since, until })) };
    });
  }

  /** @param now Up to which waits that go on are counted */
  all(now: number): readonly StepCount[] {
    return Array.from(this.#byNode.values(), ({ node, ...count }) => {
      const waits = count.retrying > 0 ? this.#waits.get(node) : undefined;
      const heldUntil = this.#held.get(node);
      return {
        ...count,
        ...(waits && nextOf(waits, now, count.waited)),
        ...(heldUntil !== undefined && { heldUntil }),
      };
    });
  }

  #waitsOf(node: number): Set<Wait> {
    let waits = this.#waits.get(node);
    if (!waits) this.#waits.set(node, (waits = new Set()));
    return waits;
  }

  #of(node: number, path: string): NodeStepCount {
    let count = this.#byNode.get(node);
    if (!count)
      this.#byNode.set(
        node,
        (count = { node, path, running: 0, succeeded: 0, failed: 0, retrying: 0, retries: 0, waited: 0 }),
      );
    return count;
  }
}

function nextOf(waits: Iterable<WaitSpan>, now: number, before: number): Pick<StepCount, 'nextAt' | 'waited'> {
  let [nextAt, waited] = [Infinity, before];
  for (const wait of waits) {
    nextAt = Math.min(nextAt, wait.until);
    waited += waitedOf(wait, now);
  }
  return { nextAt, waited };
}

function waitedOf({ since, until }: WaitSpan, now: number): number {
  return Math.max(0, Math.min(until, now) - since);
}
