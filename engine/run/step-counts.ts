import type { NodeStepCount, StepCount } from '../store/progress-queries.ts';

/** Counts the attempts of each step over all batches, as they begin and end. */
export class StepCounts {
  /** Attempts that this process began. */
  executed = 0;
  readonly #byNode = new Map<number, NodeStepCount>();

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

  all(): readonly StepCount[] {
    return Array.from(this.#byNode.values(), ({ node: _node, ...count }) => count);
  }

  #of(node: number, path: string): NodeStepCount {
    let count = this.#byNode.get(node);
    if (!count) this.#byNode.set(node, (count = { node, path, running: 0, succeeded: 0, failed: 0 }));
    return count;
  }
}
