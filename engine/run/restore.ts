import type { Database } from 'better-sqlite3';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import { count, noCounts, type NodeProgress } from '../../common/counts.ts';
import type { Run } from './run.ts';
import { Checkpoint, type Scope } from './scope.ts';

/** Takes up what earlier processes left of a run. */
export function restoreRun(run: Run, batchSizeOf: (path: string) => number | undefined): void {
  const { db, id } = run;
  const nodes = db
    .prepare<[number], { node: number; path: string }>('select node, path from nodes where run = ?')
    .all(id);
  // A condition that did not hold leaves a step in a scope that has no batch.
  const last = db
    .prepare<[number, number], { batches: number | null; steps: number | null }>(
      'select (select max(scope) from batches where run = ?) as batches, (select max(scope) from steps where run = ?) as steps',
    )
    .get(id, id);
  run.restore(nodes, Math.max(last?.batches ?? 0, last?.steps ?? 0));
  run.state.restore(
    db
      .prepare<[number], { key: string; value: string; version: number }>(
        'select key, value, version from state where run = ?',
      )
      .iterate(id),
  );
  run.steps.restore(db, id);
  for (const progress of storedProgress(db, id, batchSizeOf)) run.progress.set(progress.node, progress);
}

/**
 * The counts of every batch node of a run, as its rows tell them.
 * @param batchSizeOf How large the batches are that are still to be created; unknown where a body could not be drawn.
 */
export function storedProgress(
  db: Database,
  run: number,
  batchSizeOf: (path: string) => number | undefined,
): (NodeProgress & { readonly node: number })[] {
  const nodes = db
    .prepare<[number], { node: number; path: string }>(
      `select node, path from nodes where run = ? and kind in ('batch', 'forEach')`,
    )
    .all(run);
  const byNode = new Map(
    nodes.map(({ node, path }) => [node, { node, path, batches: noCounts(), items: noCounts(), complete: true }]),
  );
  const rows = db
    .prepare<[number], { node: number; status: number; batches: number; items: number }>(
      'select node, status, count(*) as batches, sum(items) as items from batches where run = ? group by node, status',
    )
    .iterate(run);
  for (const { node, status, batches, items } of rows) {
    const progress = byNode.get(node);
    if (progress) count(progress, status, batches, items);
  }
  const splits = db
    .prepare<[number], { node: number; batches: number; items: number; known_items: number | null }>(
      'select node, batches, items, known_items from splits where run = ? and exhausted = 0',
    )
    .iterate(run);
  for (const split of splits) {
    const progress = byNode.get(split.node);
    if (!progress) continue;
    if (split.known_items === null) progress.complete = false;
    const unsplit = Math.max(0, (split.known_items ?? split.items) - split.items);
    // All batches but the last are full.
    const size = batchSizeOf(progress.path) ?? (Math.ceil(split.items / split.batches) || 1);
    count(progress, BatchStatus.waiting, Math.ceil(unsplit / size), unsplit);
  }
  return [...byNode.values()];
}

/** Gives a scope its checkpoints back, and the numbers of attempts that came to nothing. */
export function restoreScope(run: Run, scope: Scope): void {
  scope.fresh = false;
  const rows = run.db
    .prepare<[number, number], { node: number; attempt: number; status: number; output: string | null }>(
      'select node, attempt, status, output from steps where run = ? and scope = ? order by node, attempt',
    )
    .iterate(run.id, scope.id);
  for (const { node, attempt, status, output } of rows) {
    if (status === StepStatus.succeeded && output !== null)
      scope.checkpoints.set(node, new Checkpoint(node, attempt, output));
    // Only a sleep leaves an output without having succeeded: when it is to end.
    else
      scope.setResult(node, {
        attempt,
        output: status === StepStatus.interrupted ? output : null,
        failed: status === StepStatus.failed,
      });
  }
}
