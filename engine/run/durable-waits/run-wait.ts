import { CONDITION_KIND } from '../../../common/node-kinds.ts';
import { conditionPath } from '../../../common/node-paths.ts';
import type { StoredError } from '../../../common/stored-error.ts';
import { StepStatus } from '../../../common/status.ts';
import { encode } from '../../store/codec.ts';
import type { WaitRow } from '../../store/wait-store.ts';
import { describeValue } from '../../workflow/errors.ts';
import type { DurableWaitNode, HumanNode } from '../../workflow/nodes.ts';
import { Stopwatch } from '../clock.ts';
import { StepContext } from '../context.ts';
import type { Run } from '../run.ts';
import { runAttempt, StepFailed } from '../run-attempt.ts';
import { Checkpoint, type Scope } from '../scope.ts';
import { BatchCancelled, StopError, stoppedStatus } from '../stop.ts';
import { toStoredError } from '../stored-error.ts';
import { ready } from '../waits.ts';
import { chosenAnswer } from './chosen-event.ts';
import type { Answer, Waits } from './waits.ts';

/**
 * Executes a step that waits for a person or an event. The wait is on record before anybody is told of it; that they were told
 * is a checkpoint of its own; and the answer is in the store before the step comes to it. So a process may end at any moment:
 * the next one tells nobody twice who was told, and takes the answer that is there.
 */
export async function runDurableWait(run: Run, scope: Scope, node: DurableWaitNode, path: string): Promise<Checkpoint> {
  const id = run.numbering.node(path, node.kind);
  const done = scope.checkpoints.get(id);
  if (done) return done;
  const { waits } = run;
  if (!waits)
    throw new Error(
      `${node.kind} ${describeValue(node.id)} cannot wait here: ${
        run.runner
          ? 'a worker executes its batch. Take workers out of the options of the batch.'
          : 'its batch is executed alone, without its run, and nobody could answer.'
      }`,
    );
  await ready(run, scope);
  const wait = await waits.open({
    scope,
    node: id,
    path,
    kind: node.kind,
    event: node.kind === 'waitForEvent' ? node.event : null,
    description: node.description ?? node.title ?? null,
    timeout: node.timeout,
  });
  try {
    if (node.kind === 'humanInTheLoop' && wait.status === 'open') await tell(run, waits, { scope, node, path, wait });
    return await waitForAnswer(run, waits, { scope, node, path, wait, id });
  } catch (error) {
    if (!(error instanceof StopError)) waits.withdraw(wait);
    throw error;
  }
}

interface Asking<N extends DurableWaitNode> {
  readonly scope: Scope;
  readonly node: N;
  readonly path: string;
  readonly wait: WaitRow;
}

/** Tells whoever is to decide: a checkpoint of its own, so that a later process does not tell them again. */
async function tell(run: Run, waits: Waits, { scope, node, path, wait }: Asking<HumanNode>): Promise<void> {
  const { onPause, payload } = node;
  if (!onPause && !payload) return;
  const asked = conditionPath(path);
  const id = run.numbering.node(asked, CONDITION_KIND);
  if (scope.checkpoints.get(id)?.output === wait.token) return;
  let shown: string | undefined;
  const told = await runAttempt(run, {
    scope,
    node: id,
    path: asked,
    at: node.at,
    functions: () => [payload, onPause],
    call: async attempt => {
      const context = new StepContext(run, scope, attempt) as never;
      if (payload) shown = encode(await payload(context), 'payload');
      await onPause?.(context, wait.token);
      return wait.token;
    },
    alongside: () => {
      const text = shown;
      if (text !== undefined) run.journal.write(() => waits.shows(wait, text));
    },
  });
  scope.setCheckpoint(undefined, told);
}

/** Like a sleep, it is one attempt over all the processes that wait. */
async function waitForAnswer(
  run: Run,
  waits: Waits,
  { scope, node, path, wait, id }: Asking<DurableWaitNode> & { readonly id: number },
): Promise<Checkpoint> {
  const before = scope.previousAttempt(id);
  const isResumed = before !== undefined && !before.failed;
  const stopwatch = new Stopwatch(run.clock);
  const row = {
    scope: scope.id,
    node: id,
    attempt: (before?.attempt ?? 0) + (isResumed ? 0 : 1),
    batchAttempt: scope.attempt,
    startedAt: wait.since,
  };
  const write = (status: StepStatus, end: { output?: string; error?: unknown } = {}) =>
    run.writer.attempt({
      ...row,
      status,
      endedAt: status === StepStatus.running ? null : Math.max(stopwatch.endedAt(), row.startedAt),
      output: end.output ?? null,
      error: end.error === undefined ? null : JSON.stringify(storedErrorOf(end.error)),
    });
  run.journal.write(() => write(StepStatus.running));
  run.progress.steps.waits(id, path);
  let answer: Answer;
  let answered = wait;
  try {
    ({ answer, wait: answered } = await chosenAnswer(run, waits, { scope, node, path, wait }));
  } catch (error) {
    scope.setResult(id, { attempt: row.attempt, output: null, failed: false });
    // In a run that rests it goes on waiting.
    if (!waits.hasRested) run.progress.steps.ends(id, path, undefined);
    const status =
      error instanceof StopError
        ? stoppedStatus(error.stop)
        : error instanceof BatchCancelled
          ? StepStatus.cancelled
          : StepStatus.failed;
    run.journal.write(() => write(status, status === StepStatus.failed ? { error } : {}));
    throw error;
  }
  const onTimeout = node.kind === 'humanInTheLoop' && answer.status === 'timeout' ? node.onTimeout : undefined;
  run.progress.steps.ends(id, path, onTimeout ? undefined : 'succeeded');
  if (onTimeout) {
    // What the author does then belongs to the same attempt.
    scope.setResult(id, { attempt: row.attempt - 1, output: null, failed: false });
    return await runAttempt(run, {
      scope,
      node: id,
      path,
      at: node.at,
      functions: () => [onTimeout],
      call: async attempt => {
        await onTimeout(new StepContext(run, scope, attempt) as never);
        return new Checkpoint(id, row.attempt, answer.text).output;
      },
      alongside: () => run.journal.write(() => waits.take(answered)),
    });
  }
  run.journal.write(() => {
    write(StepStatus.succeeded, { output: answer.text });
    waits.take(answered);
  });
  return new Checkpoint(id, row.attempt, answer.text);
}

function storedErrorOf(error: unknown): StoredError {
  return error instanceof StepFailed ? error.stored : toStoredError(error);
}
