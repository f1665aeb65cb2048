import { nodePath } from '../../common/node-paths.ts';
import type { ParallelNode, StepNode } from '../workflow/nodes.ts';
import { StepContext } from './context.ts';
import type { Abortable } from './abort-registry.ts';
import { ParallelTimeout } from './parallel-timeout.ts';
import type { Run } from './run.ts';
import type { Checkpoint, Scope } from './scope.ts';
import { runAttempt, StepFailed } from './run-attempt.ts';
import { runStep } from './steps.ts';
import { BatchCancelled, RaceLost, StopError } from './stop.ts';
import { asError } from './stored-error.ts';

/**
 * Executes the members of a `parallel` or a `race` at the same time, each with its own checkpoint, and then stores
 * the result of all.
 */
export async function runParallel(run: Run, scope: Scope, node: ParallelNode, path: string): Promise<Checkpoint> {
  const id = run.numbering.node(path, node.kind);
  const done = scope.checkpoints.get(id);
  if (done) return done;
  // `onError` is for the node as a whole; the other rules are for each member.
  const { onError, ...rules } = node.rules;
  const members = node.members.map(member => ({ ...member, rules, explain: node.explain }));
  const spec = { scope, node: id, path, at: node.at, explain: node.explain };
  try {
    const output =
      node.kind === 'parallel' ? await all(run, scope, node, members, path) : await first(run, scope, members, path);
    return await runAttempt(run, { ...spec, call: () => output });
  } catch (error) {
    if (!onError || !(error instanceof StepFailed)) throw error;
    return await runAttempt(run, {
      ...spec,
      answers: error.stored,
      call: attempt => onError(new StepContext(run, scope, attempt, asError(error.thrown)) as never),
    });
  }
}

/**
 * Waits for all members, so that those that succeed are not executed again. Then the first failure counts; the end of the time
 * for all of them counts before those of single ones.
 */
async function all(
  run: Run,
  scope: Scope,
  node: ParallelNode,
  members: readonly StepNode[],
  path: string,
): Promise<unknown> {
  const timeout = ParallelTimeout.start(run, node, path);
  const execute = async (member: StepNode): Promise<Checkpoint> => {
    timeout?.check();
    const checkpoint = await runStep(run, scope, member, nodePath(path, member.id), timeout);
    scope.setCheckpoint(undefined, checkpoint);
    return checkpoint;
  };
  const settled = await settleAll(members, node.maxConcurrency ?? members.length, execute);
  timeout?.cancel();
  const failed = settled.filter(result => result.status === 'rejected');
  if (failed.length > 0) throw timeout?.failureOf(failed) ?? failed[0]?.reason;
  const outputs = settled.map(result => (result.status === 'fulfilled' ? result.value.output : undefined));
  return node.keyed ? Object.fromEntries(members.map((member, index) => [member.id, outputs[index]])) : outputs;
}

/** Executes all members in their order, so many at a time: the next begins when one has ended, however that was. */
async function settleAll(
  members: readonly StepNode[],
  most: number,
  execute: (member: StepNode) => Promise<Checkpoint>,
): Promise<PromiseSettledResult<Checkpoint>[]> {
  const left = members.entries();
  const settled: PromiseSettledResult<Checkpoint>[] = [];
  const place = async () => {
    // The places share the iterator.
    for (const [index, member] of left) [settled[index]] = await Promise.allSettled([execute(member)]);
  };
  await Promise.all(Array.from({ length: Math.min(most, members.length) }, place));
  return settled;
}

/** The first member to succeed wins; the others are asked to stop and are not waited for. */
async function first(run: Run, scope: Scope, members: readonly StepNode[], path: string): Promise<unknown> {
  const begun: Abortable[] = [];
  const paths = members.map(member => nodePath(path, member.id));
  const ids = new Set(members.map((member, index) => run.numbering.node(paths[index] ?? '', member.kind)));
  // Several may have succeeded before the process was gone: checkpoints are in the order in which they were written.
  for (const [id, won] of scope.checkpoints) if (ids.has(id)) return won.output;
  let winner: Checkpoint | undefined;
  const lost = () => (winner ? new RaceLost('another member of the race succeeded first') : undefined);
  const racing = members.map(async (member, index) => {
    const checkpoint = await runStep(run, scope, member, paths[index] ?? '', {
      onWork: work => begun.push(work),
      isOver: lost,
    });
    winner ??= checkpoint;
    return checkpoint;
  });
  try {
    const checkpoint = await Promise.any(racing);
    winner ??= checkpoint;
    scope.setCheckpoint(undefined, winner);
    return winner.output;
  } catch (error) {
    const reasons: unknown[] = error instanceof AggregateError ? error.errors : [error];
    throw reasons.find(reason => reason instanceof StopError || reason instanceof BatchCancelled) ?? reasons[0];
  } finally {
    const reason = lost();
    if (reason) for (const work of begun) work.abort(reason);
  }
}
