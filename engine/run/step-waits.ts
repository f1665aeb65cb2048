import { StepStatus } from '../../common/status.ts';
import type { Abortable } from './abort-registry.ts';
import { Stopwatch } from './clock.ts';
import { showRetryWait } from './retry-shown.ts';
import type { Run } from './run.ts';
import type { Scope } from './scope.ts';
import { BatchCancelled, RaceLost, StopError, stoppedStatus } from './stop.ts';
import { toStoredError } from './stored-error.ts';
import { wait } from './waits.ts';

/* What a step waits for before its attempts. Each wait is on record, so that a resume waits only for what is left of it. */

export interface StepWait {
  readonly run: Run;
  readonly scope: Scope;
  readonly node: number;
  readonly path: string;
  readonly onWork: ((waiting: Abortable) => void) | undefined;
}

/** Waits for the step's `.delay`. The attempt that follows is already on record as running. */
export async function waitForDelay({ run, scope, node, onWork }: StepWait, ms: number): Promise<void> {
  const { clock, journal, writer, stopping } = run;
  stopping.check(scope);
  const before = scope.previousAttempt(node);
  const begun = before?.failed === false ? before.waits?.until : undefined;
  const attempt = (before?.attempt ?? 0) + (begun === undefined ? 1 : 0);
  const stopwatch = new Stopwatch(clock);
  const until = begun ?? stopwatch.startedAt + ms;
  const write = (status: StepStatus, waitsUntil: number | undefined, error?: unknown) =>
    journal.write(() =>
      writer.attempt({
        scope: scope.id,
        node,
        attempt,
        batchAttempt: scope.attempt,
        status,
        startedAt: until - ms,
        endedAt: status === StepStatus.running ? null : Math.max(stopwatch.endedAt(), until - ms),
        error: error === undefined ? null : JSON.stringify(toStoredError(error)),
        output: null,
        waitsUntil,
      }),
    );
  write(StepStatus.running, until);
  try {
    await wait(run, left(stopwatch.startedAt, until, ms), scope, onWork);
  } catch (error) {
    const isCancelled = error instanceof RaceLost || error instanceof BatchCancelled;
    const isFailure = !(error instanceof StopError || isCancelled);
    if (error instanceof StopError) write(stoppedStatus(error.stop), until);
    else if (isCancelled) write(StepStatus.cancelled, undefined);
    else write(StepStatus.failed, undefined, error);
    scope.setResult(node, { attempt, output: null, failed: isFailure });
    throw error;
  }
  // The attempt that begins now has this number.
  scope.setResult(node, { attempt: attempt - 1, output: null, failed: before?.failed ?? false });
}

/**
 * Waits for the next attempt of a step, so many milliseconds; or for what is left where an earlier process began to.
 * @param asked What its error asked for, if it did
 */
export async function waitForNextAttempt(step: StepWait, full: number, asked?: number): Promise<void> {
  const { run, scope, node, path, onWork } = step;
  const { clock, journal, writer } = run;
  const last = scope.previousAttempt(node);
  const now = clock.now();
  const until = last?.waits?.until ?? now + full;
  const { attempt = 0 } = last ?? {};
  const write = (waitsUntil: number | null) =>
    journal.write(() => writer.nextAttemptOfStep({ scope: scope.id, node, attempt }, waitsUntil, asked));
  const ms = left(now, until, full);
  write(until);
  const counted = run.progress.steps.retryWait(node, path, { since: until - full, until }, 'failed');
  const shown = showRetryWait(run, scope, ms);
  try {
    await wait(run, ms, scope, onWork);
    counted.goesOn();
    shown.end();
  } catch (error) {
    if (!(error instanceof StopError)) {
      write(null);
      shown.end();
    }
    throw error;
  } finally {
    counted.end(clock.now());
  }
}

/** A clock that was set back must not make a wait longer than it may be. */
function left(now: number, until: number, most: number): number {
  return Math.min(most, Math.max(0, until - now));
}
