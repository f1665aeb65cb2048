import { StepStatus } from '../../common/status.ts';
import type { Run } from './run.ts';
import { Checkpoint, type Scope } from './scope.ts';

/** Takes up what earlier processes left of a run. */
export function restoreRun(run: Run, batchSizeOf: (path: string) => number | undefined): void {
  const { stored } = run;
  run.restore(stored.nodes(), stored.lastScope());
  run.state.restore(stored.state());
  run.steps.restore(stored.stepCounts());
  for (const progress of stored.progress(batchSizeOf)) run.progress.set(progress.node, progress);
}

/** Gives a scope its checkpoints back, and the numbers of attempts that came to nothing. */
export function restoreScope(run: Run, scope: Scope): void {
  scope.fresh = false;
  for (const { node, attempt, status, output } of run.stored.steps.attemptsIn(scope.id)) {
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
