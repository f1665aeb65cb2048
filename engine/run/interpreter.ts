import { describeValue, WorkflowError } from '../workflow/errors.ts';
import type { SourceLocations } from '../workflow/flow.ts';
import { CANCEL_REASON, hasResult, type NodeKind } from '../../common/node-kinds.ts';
import { nodePath } from '../../common/node-paths.ts';
import type { BranchNode, CancelNode, FlowNode, LogNode, NodeOf } from '../workflow/nodes.ts';
import { runBatchNode } from './batch-node.ts';
import { StepContext } from './context.ts';
import { runDurableWait } from './durable-waits/run-wait.ts';
import { runParallel } from './parallel.ts';
import { runWhile } from './while.ts';
import type { Run } from './run.ts';
import type { Checkpoint, Scope } from './scope.ts';
import { runAttempt } from './run-attempt.ts';
import { runSleep } from './sleep.ts';
import { runStep } from './steps.ts';
import { CancelRequest } from './stop.ts';

/** Executes a chain. A node that has a checkpoint is skipped, so a resumed run goes through the same code as a new one. */
export async function runChain(
  run: Run,
  scope: Scope,
  nodes: readonly FlowNode[],
  locations: SourceLocations,
): Promise<void> {
  const preparing = run.runner?.numberNodes(scope, nodes);
  if (preparing) await preparing;
  // By index: what waits in the middle of an iterator has to keep that, for each batch.
  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index] as FlowNode;
    const checkpoint = await runNode(run, scope, node, locations);
    // The result of an action is not read by name.
    if (checkpoint) scope.setCheckpoint(hasResult(node.kind) ? node.id : undefined, checkpoint);
  }
}

type Execute<K extends NodeKind> = (
  run: Run,
  scope: Scope,
  node: NodeOf<K>,
  path: string,
  locations: SourceLocations,
) => Promise<Checkpoint | void> | Checkpoint;

/** How a node of each kind is executed: returns the checkpoint of a node that has a result; the others store their own. */
const EXECUTE: { readonly [K in NodeKind]: Execute<K> } = {
  step: (run, scope, node, path) => runStep(run, scope, node, path),
  action: (run, scope, node, path) => runStep(run, scope, node, path),
  if: runBranches,
  batch: (run, scope, node, path, locations) => runBatchNode(run, scope, node, path, locations, runChain),
  forEach: (run, scope, node, path, locations) => runBatchNode(run, scope, node, path, locations, runChain),
  parallel: runParallel,
  race: runParallel,
  while: (run, scope, node, path, locations) => runWhile(run, scope, node, path, locations, runChain),
  sleep: runSleep,
  humanInTheLoop: runDurableWait,
  waitForEvent: runDurableWait,
  subflow: (run, scope, node, path) => runStep(run, scope, node, path),
  log: runLog,
  cancel: runCancel,
};

/** Not async: that saves a promise for every step of every batch. */
function runNode(
  run: Run,
  scope: Scope,
  node: FlowNode,
  locations: SourceLocations,
): Promise<Checkpoint | void> | Checkpoint {
  // The kind of a node says which function of the table takes it, which TypeScript cannot follow.
  return EXECUTE[node.kind](run, scope, node as never, nodePath(scope.path, node.id), locations);
}

/** The chosen branch is a checkpoint: a resumed run takes the same branch, whatever the condition would return now. */
async function runBranches(
  run: Run,
  scope: Scope,
  node: BranchNode,
  path: string,
  locations: SourceLocations,
): Promise<void> {
  const id = run.numbering.node(path, node.kind);
  let taken = scope.checkpoints.get(id);
  if (!taken) {
    taken = await runAttempt(run, {
      scope,
      node: id,
      path,
      at: node.at,
      functions: () => node.branches.map(({ condition }) => condition),
      call: async attempt => {
        const context = new StepContext(run, scope, attempt) as never;
        for (const branch of node.branches) {
          if (!branch.condition || (await branch.condition(context))) return branch.id;
        }
        return null;
      },
    });
    scope.setCheckpoint(undefined, taken);
  }
  const branch = node.branches.find(({ id: name }) => name === taken.output);
  if (branch) await runChain(run, scope, branch.nodes, locations);
  // Where its `else` is gone, nothing stands in it. Any other way has work that must not be passed over.
  else if (taken.output !== null && taken.output !== 'else')
    throw new WorkflowError(
      `The if ${describeValue(node.id)} took the way ${describeValue(taken.output)}, which is not in the file any more. ` +
        'Give the branch its name back, or re-run the batch from its start.',
      node.at,
    );
}

async function runLog(run: Run, scope: Scope, node: LogNode, path: string): Promise<void> {
  const id = run.numbering.node(path, node.kind);
  if (scope.checkpoints.has(id)) return;
  const said = await runAttempt(run, {
    scope,
    node: id,
    path,
    at: node.at,
    functions: () => [node.message],
    call: async attempt => {
      const { message } = node;
      const text: unknown =
        typeof message === 'function'
          ? await (message as (context: StepContext) => unknown)(new StepContext(run, scope, attempt))
          : message;
      run.log.add(
        {
          at: run.clock.now(),
          level: node.level,
          text: typeof text === 'string' ? text : (JSON.stringify(text) ?? String(text)),
        },
        attempt,
      );
    },
  });
  scope.setCheckpoint(undefined, said);
}

async function runCancel(run: Run, scope: Scope, node: CancelNode, path: string): Promise<void> {
  await runAttempt(run, {
    scope,
    node: run.numbering.node(path, node.kind),
    path,
    call: () => {
      throw new CancelRequest(node.reason ?? CANCEL_REASON);
    },
  });
}
