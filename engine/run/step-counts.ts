import type { Database } from 'better-sqlite3';
import { StepStatus } from '../../common/status.ts';

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

  /** Takes up the counts that earlier processes left. */
  restore(db: Database, run: number): void {
    for (const { node, ...counts } of storedStepCounts(db, run)) this.#byNode.set(node, counts);
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

/** The same counts as a run's rows tell them: each step of each batch as its latest attempt came out. */
export function storedStepCounts(db: Database, run: number): (StepCount & { readonly node: number })[] {
  const rows = db
    .prepare<[number, number], { node: number; path: string; status: number; n: number }>(
      `select latest.node, nodes.path, latest.status, count(*) as n
     from (select node, status, max(attempt) from steps where run = ? group by scope, node) latest
     join nodes on nodes.run = ? and nodes.node = latest.node
     group by latest.node, latest.status`,
    )
    .all(run, run);
  const counts = new Map<number, StepCount & { readonly node: number }>();
  for (const { node, path, status, n } of rows) {
    const count = counts.get(node) ?? { node, path, running: 0, succeeded: 0, failed: 0 };
    counts.set(node, count);
    if (status === StepStatus.succeeded) count.succeeded += n;
    else if (status === StepStatus.failed) count.failed += n;
    else if (status === StepStatus.running) count.running += n;
  }
  return [...counts.values()];
}
