import { StepStatus } from '../../common/status.ts';
import type { Run } from './run.ts';
import type { Seen } from './state.ts';
import { Checkpoint, type Scope } from './scope.ts';

/** Continues a run from what earlier processes stored. */
export function restoreRun(run: Run, batchSizeOf: (path: string) => number | undefined): void {
  const { stored, numbering, state, progress } = run;
  numbering.restore(stored.nodes(), stored.lastScope());
  state.restore(stored.state());
  progress.restore(stored.progress(batchSizeOf), stored.stepCounts());
}

/** Gives a scope its checkpoints back, and the numbers of its attempts that did not succeed. */
export function restoreScope(run: Run, scope: Scope): void {
  scope.fresh = false;
  for (const stored of run.stored.steps.attemptsIn(scope.id)) {
    const { node, attempt, status, output, seen, batchAttempt, session } = stored;
    if (seen !== null && status === StepStatus.succeeded)
      for (const [key, of] of JSON.parse(seen) as [string, Seen][]) noteLatest(scope, key, of);
    if (status === StepStatus.succeeded && output !== null)
      scope.checkpoints.set(node, new Checkpoint(node, attempt, output));
    // Only a sleep stores an output before it has succeeded: the time at which it ends.
    else
      scope.setResult(node, {
        attempt,
        output: status === StepStatus.interrupted ? output : null,
        failed: status === StepStatus.failed,
      });
    // A re-run begins its retries anew; a resume continues them.
    if (status === StepStatus.failed && batchAttempt === scope.attempt && session >= run.stored.lastFreshSession)
      scope.countFailure(node);
  }
}

/** What a scope has seen last of a key of the state, whichever of its steps that was. */
function noteLatest({ seenState }: Scope, key: string, seen: Seen): void {
  const known = seenState.get(key);
  const everRead = known?.everRead === true || seen.everRead;
  const latest = known && known.version > seen.version ? known : seen;
  // A number that JSON does not have is no number to add to.
  seenState.set(key, { ...latest, number: latest.number ?? undefined, everRead });
}
