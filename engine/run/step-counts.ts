import type { NodeStepCount, StepCount } from '../store/progress-queries.ts';

/** A wait for the next attempt, while it is counted. */
export interface CountedWait {
  /** The next attempt follows. */
  goesOn(): void;
  end(): void;
}

interface Wait {
  readonly until: number;
  /** The job of a worker that it belongs to. */
  readonly by?: object;
}

/** Counts the attempts of each step over all batches, as they begin and end, and the waits between them. */
export class StepCounts {
  /** Attempts that this process began. */
  executed = 0;
  readonly #byNode = new Map<number, NodeStepCount>();
  /** By node: until when its steps, or batches, wait for their next attempts. */
  readonly #waits = new Map<number, Set<Wait>>();

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

  ends(node: number, path: string, as: 'succeeded' | 'failed' | undefined): void {
    const count = this.#of(node, path);
    count.running -= 1;
    if (as) count[as] += 1;
  }

  /**
   * A step waits for its next attempt, or a batch of a batch node. Call `goesOn` where that follows, and `end`.
   * @param countsAs What it counts as before and after the wait; attempts of batches are not counted here
   */
  retryWait(node: number, path: string, until: number, countsAs?: 'failed'): CountedWait {
    const count = this.#of(node, path);
    const wait: Wait = { until };
    const waits = this.#waitsOf(node);
    waits.add(wait);
    count.retrying += 1;
    if (countsAs) count[countsAs] -= 1;
    return {
      goesOn: () => {
        count.retries += 1;
      },
      end: () => {
        waits.delete(wait);
        count.retrying -= 1;
        if (countsAs) count[countsAs] += 1;
      },
    };
  }

  /** Adds what another process has counted. @param by Whose waits those are: it tells all of them each time */
  add(
    { node, path, running, succeeded, failed, retrying, retries, waits }: NodeStepCount & { waits: readonly number[] },
    by: object,
  ): void {
    const count = this.#of(node, path);
    count.running += running;
    count.succeeded += succeeded;
    count.failed += failed;
    count.retrying += retrying;
    count.retries += retries;
    const all = this.#waitsOf(node);
    for (const wait of all) if (wait.by === by) all.delete(wait);
    for (const until of waits) all.add({ until, by });
  }

  /** What this process has counted of each step, and until when its waits last. */
  own(): Iterable<NodeStepCount & { waits: readonly number[] }> {
    return Array.from(this.#byNode.values(), count => {
      const waits = count.retrying > 0 ? this.#waits.get(count.node) : undefined;
      return { ...count, waits: Array.from(waits ?? [], ({ until }) => until) };
    });
  }

  all(): readonly StepCount[] {
    return Array.from(this.#byNode.values(), ({ node, ...count }) => {
      const waits = count.retrying > 0 ? this.#waits.get(node) : undefined;
      return waits ? { ...count, nextAt: earliest(waits) } : count;
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
      this.#byNode.set(node, (count = { node, path, running: 0, succeeded: 0, failed: 0, retrying: 0, retries: 0 }));
    return count;
  }
}

function earliest(waits: Iterable<{ readonly until: number }>): number {
  let first = Infinity;
  for (const { until } of waits) first = Math.min(first, until);
  return first;
}
