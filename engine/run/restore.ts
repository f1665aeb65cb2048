import { StepStatus } from '../../common/status.ts';
import { storedProgress } from '../store/progress-queries.ts';
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
