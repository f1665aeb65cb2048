import type { RunReader } from '../store/run-reader.ts';
import { StepStatus } from '../../common/status.ts';
import { storedCheckpoint } from './large-outputs.ts';
import type { Run } from './run.ts';
import type { Scope } from './scope.ts';
import { restoreSeen } from './seen-state.ts';

/** Continues a run from what earlier processes stored. */
export function restoreRun(
  { numbering, state, progress }: Run,
  stored: RunReader,
  batchSizeOf: (path: string) => number | undefined,
): void {
  numbering.restore(stored.nodes(), stored.lastScope());
  state.restore(stored.state());
  progress.restore(stored.progress(batchSizeOf), stored.stepCounts());
}

/** Gives a scope its checkpoints back, what its steps have seen of the state, and the numbers of its attempts that did not succeed. */
export function restoreScope(run: Pick<Run, 'stored'>, scope: Scope): void {
  scope.fresh = false;
  for (const stored of run.stored.steps.attemptsIn(scope.id)) {
    const { node, attempt, status, output, batchAttempt, session } = stored;
    if (status === StepStatus.succeeded && output !== null) {
      scope.checkpoints.set(node, storedCheckpoint(run, { scope: scope.id, node, attempt }, output));
      continue;
    }
    const failed = status === StepStatus.failed;
    const interrupted = status === StepStatus.interrupted;
    // A re-run begins its retries anew; a resume continues them.
    const isContinued =
      (failed || interrupted) && batchAttempt === scope.attempt && session >= run.stored.lastFreshSession;
    const waits = isContinued ? stored.waits : undefined;
    // Only a sleep stores an output before it has succeeded: the time at which it ends.
    scope.setResult(node, { attempt, output: interrupted ? output : null, failed, waits });
    // An attempt that a kill ended may have done its work: it counts. One that was in its delay has not begun.
    if (isContinued && (failed || !waits)) scope.countAttempt(node);
  }
  const seen = run.stored.seenIn(scope.id);
  if (seen.length > 0) restoreSeen(scope.seenState, seen);
}
