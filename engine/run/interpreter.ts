import { encode } from '../store/codec.ts';
import { StepStatus } from '../../common/status.ts';
import type { SourceLocations } from '../workflow/flow.ts';
import { hasResult, type NodeKind } from '../../common/node-kinds.ts';
import { nodePath } from '../../common/node-paths.ts';
import type { BranchNode, CancelNode, FlowNode, LogNode, NodeOf, SleepNode } from '../workflow/nodes.ts';
import { runBatchNode } from './batches.ts';
import { StepContext } from './context.ts';
import { runParallel } from './parallel.ts';
import { runWhile } from './while.ts';
import type { Run } from './run.ts';
import { Checkpoint, type Scope } from './scope.ts';
import { runAttempt, runStep } from './steps.ts';
import { CancelRequest, StopError } from './stop.ts';
import { toStoredError } from './stored-error.ts';

/** Walks a chain. What has a checkpoint is passed over; so a resumed run goes through the same code as a new one. */
export async function runChain(
  run: Run,
  scope: Scope,
  nodes: readonly FlowNode[],
  places: SourceLocations,
): Promise<void> {
  for (const node of nodes) {
    const kept = await runNode(run, scope, node, places);
    // An action is run for what it does: nobody asks for its result by name.
    if (kept) scope.keep(hasResult(node.kind) ? node.id : undefined, kept);
  }
}

type Execute<K extends NodeKind> = (
  run: Run,
  scope: Scope,
  node: NodeOf<K>,
  path: string,
  places: SourceLocations,
) => Promise<Checkpoint | void>;

/** How a node of each kind is executed: gives the checkpoint of what has a result; the others store their own. */
const EXECUTE: { readonly [K in NodeKind]: Execute<K> } = {
  step: (run, scope, node, path) => runStep(run, scope, node, path),
  action: (run, scope, node, path) => runStep(run, scope, node, path),
  if: runBranches,
  batch: (run, scope, node, path, places) => runBatchNode(run, scope, node, path, places, runChain),
  forEach: (run, scope, node, path, places) => runBatchNode(run, scope, node, path, places, runChain),
  parallel: runParallel,
  race: runParallel,
  while: (run, scope, node, path, places) => runWhile(run, scope, node, path, places, runChain),
  sleep: runSleep,
  log: runLog,
  cancel: runCancel,
};

/** Not async: there is one promise less for every step of every batch. */
function runNode(run: Run, scope: Scope, node: FlowNode, places: SourceLocations): Promise<Checkpoint | void> {
  // A node's kind says which of the table's functions takes it, which TypeScript cannot follow.
  return EXECUTE[node.kind](run, scope, node as never, nodePath(scope.path, node.id), places);
}

/** The branch that was taken is a checkpoint: a resumed run goes the same way, whatever the condition would say now. */
async function runBranches(
  run: Run,
  scope: Scope,
  node: BranchNode,
  path: string,
  places: SourceLocations,
): Promise<void> {
  const id = run.nodeId(path, node.kind);
  let taken = scope.checkpoints.get(id);
  if (!taken) {
    await run.ready(scope);
    taken = await runAttempt(run, {
      scope,
      node: id,
      path,
      at: node.at,
      call: async attempt => {
        const context = new StepContext(run, scope, attempt) as never;
        for (const branch of node.branches) {
          if (!branch.condition || (await branch.condition(context))) return branch.id;
        }
        return null;
      },
    });
    scope.keep(undefined, taken);
  }
  const branch = node.branches.find(({ id: name }) => name === taken.output);
  if (branch) await runChain(run, scope, branch.nodes, places);
}

/** A sleep that was interrupted goes on until the time it was to end at. */
async function runSleep(run: Run, scope: Scope, node: SleepNode, path: string): Promise<void> {
  const id = run.nodeId(path, node.kind);
  if (scope.checkpoints.has(id)) return;
  await run.ready(scope);
  const before = scope.previousAttempt(id);
  const begun =
    before?.output === null || before === undefined
      ? undefined
      : new Checkpoint(id, before.attempt, before.output).output;
  const now = run.clock.now();
  const goesOn = typeof begun === 'number';
  const until = goesOn ? begun : now + node.ms;
  const row = {
    scope: scope.id,
    node: id,
    attempt: (before?.attempt ?? 0) + (goesOn ? 0 : 1),
    batchAttempt: scope.attempt,
    startedAt: until - node.ms,
  };
  const output = encode(until, 'output');
  run.journal.write(() =>
    run.writer.attempt({ ...row, status: StepStatus.running, endedAt: null, output, error: null }),
  );
  const end = (status: StepStatus, error: unknown = undefined) => {
    // With a clock that was set back, the sleep may have begun later than now.
    const endedAt = Math.max(run.clock.now(), row.startedAt);
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
    // A clock that was set back since must not make it longer than it was to be.
    await run.wait(Math.min(node.ms, Math.max(0, until - now)), scope);
  } catch (error) {
    scope.setResult(id, { attempt: row.attempt, output: null, failed: !(error instanceof StopError) });
    if (error instanceof StopError) end(error.stop.as === 'cancelled' ? StepStatus.cancelled : StepStatus.interrupted);
    else end(StepStatus.failed, error);
    throw error;
  }
  end(StepStatus.succeeded);
  scope.keep(undefined, new Checkpoint(id, row.attempt, output));
}

async function runLog(run: Run, scope: Scope, node: LogNode, path: string): Promise<void> {
  const id = run.nodeId(path, node.kind);
  if (scope.checkpoints.has(id)) return;
  await run.ready(scope);
  const said = await runAttempt(run, {
    scope,
    node: id,
    path,
    at: node.at,
    call: async attempt => {
      const { message } = node;
      const text: unknown =
        typeof message === 'function'
          ? await (message as (context: StepContext) => unknown)(new StepContext(run, scope, attempt))
          : message;
      run.log(
        {
          at: run.clock.now(),
          level: node.level,
          text: typeof text === 'string' ? text : (JSON.stringify(text) ?? String(text)),
        },
        attempt,
      );
    },
  });
  scope.keep(undefined, said);
}

async function runCancel(run: Run, scope: Scope, node: CancelNode, path: string): Promise<void> {
  await run.ready(scope);
  await runAttempt(run, {
    scope,
    node: run.nodeId(path, node.kind),
    path,
    call: () => {
      throw new CancelRequest(node.reason ?? 'the workflow asked for it');
    },
  });
}
