import { CONDITION_KIND } from '../../common/node-kinds.ts';
import { conditionPath } from '../../common/node-paths.ts';
import { StepStatus } from '../../common/status.ts';
import { encode } from '../store/codec.ts';
import { describeValue } from '../workflow/errors.ts';
import type { Handler, SleepNode } from '../workflow/nodes.ts';
import { parseDuration } from '../workflow/options.ts';
import { Stopwatch } from './clock.ts';
import { StepContext } from './context.ts';
import type { Run } from './run.ts';
import { runAttempt } from './run-attempt.ts';
import { Checkpoint, type Scope } from './scope.ts';
import { BatchCancelled, StopError, stoppedStatus } from './stop.ts';
import { toStoredError } from './stored-error.ts';
import { ready, wait } from './waits.ts';

/** A sleep that was interrupted ends at the time it was going to. */
export async function runSleep(run: Run, scope: Scope, node: SleepNode, path: string): Promise<void> {
  const id = run.numbering.node(path, node.kind);
  if (scope.checkpoints.has(id)) return;
  await ready(run, scope);
  const ms = typeof node.ms === 'number' ? node.ms : await askedFor(run, scope, node, node.ms, path);
  const before = scope.previousAttempt(id);
  const begun =
    before?.output === null || before === undefined
      ? undefined
      : new Checkpoint(id, before.attempt, before.output).output;
  const stopwatch = new Stopwatch(run.clock);
  const now = stopwatch.startedAt;
  const isResumed = typeof begun === 'number';
  const until = isResumed ? begun : now + ms;
  const row = {
    scope: scope.id,
    node: id,
    attempt: (before?.attempt ?? 0) + (isResumed ? 0 : 1),
    batchAttempt: scope.attempt,
    startedAt: until - ms,
  };
  const output = encode(until, 'output');
  run.journal.write(() =>
    run.writer.attempt({ ...row, status: StepStatus.running, endedAt: null, output, error: null }),
  );
  const end = (status: StepStatus, error: unknown = undefined) => {
    // With a clock that was set back, the sleep may have begun later than now.
    const endedAt = Math.max(stopwatch.endedAt(), row.startedAt);
    run.journal.write(() =>
      run.writer.attempt({
        ...row,
        status,
        endedAt,
        output,
        error: error === undefined ? null : JSON.stringify(toStoredError(error)),
      }),
    );
  };
  try {
    // A clock that was set back must not make the sleep longer.
    await wait(run, Math.min(ms, Math.max(0, until - now)), scope);
  } catch (error) {
    scope.setResult(id, { attempt: row.attempt, output: null, failed: !(error instanceof StopError) });
    if (error instanceof StopError) end(stoppedStatus(error.stop));
    else if (error instanceof BatchCancelled) end(StepStatus.cancelled);
    else end(StepStatus.failed, error);
    throw error;
  }
  end(StepStatus.succeeded);
  scope.setCheckpoint(undefined, new Checkpoint(id, row.attempt, output));
}

/** How long the author's function says: a checkpoint of its own, so that a resume does not ask again. */
async function askedFor(run: Run, scope: Scope, node: SleepNode, duration: Handler, path: string): Promise<number> {
  const asked = conditionPath(path);
  const id = run.numbering.node(asked, CONDITION_KIND);
  let answer = scope.checkpoints.get(id);
  if (!answer) {
    answer = await runAttempt(run, {
      scope,
      node: id,
      path: asked,
      at: node.at,
      functions: () => [duration],
      call: async attempt =>
        parseDuration(
          await duration(new StepContext(run, scope, attempt) as never),
          `sleep ${describeValue(node.id)}: what its function gives`,
        ),
    });
    scope.setCheckpoint(undefined, answer);
  }
  return Number(answer.output);
}
