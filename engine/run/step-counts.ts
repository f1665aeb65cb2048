import type { NodeStepCount } from '../store/progress-queries.ts';

/** How the attempts of one step stand, over all batches. A step that is tried again after it failed counts as running only. */
export interface StepCount {
  readonly path: string;
  running: number;
  succeeded: number;
  failed: number;
}

/** Counts per step node, kept as steps begin and end. */
export class StepCounts {
  readonly #byNode = new Map<number, StepCount>();

  /** Starts from the counts that earlier processes stored. */
  restore(stored: readonly NodeStepCount[]): void {
    for (const { node, ...counts } of stored) this.#byNode.set(node, counts);
  }

  begins(node: number, path: string, hadFailed: boolean): void {
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
    return [...this.#byNode.values()];
  }

  #of(node: number, path: string): StepCount {
    let count = this.#byNode.get(node);
    if (!count) this.#byNode.set(node, (count = { path, running: 0, succeeded: 0, failed: 0 }));
    return count;
  }
}
