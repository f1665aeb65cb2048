import type { SourceLocations } from '../../workflow/flow.ts';
import type { BatchNode, FlowNode } from '../../workflow/nodes.ts';
import { startBatchTimeout } from '../batch-attempt.ts';
import { buildBody } from '../body.ts';
import { runChain } from '../interpreter.ts';
import type { Run } from '../run.ts';
import type { Scope } from '../scope.ts';
import { refuseUnstorable } from '../unstorable-item.ts';

export interface ExecutedBody {
  readonly node: BatchNode;
  readonly locations: SourceLocations;
  readonly scope: Scope;
  readonly items: readonly unknown[];
  /** What the body is given in place of them. @default items */
  readonly given?: readonly unknown[] | undefined;
}

/**
 * Executes the body of a batch over items once, in a run that keeps nothing. Rejects with what fails in it.
 * @param onBuilt Hears of the chain of its steps before the first of them is executed.
 */
export async function executeBody(
  run: Run,
  { node, locations, scope, items, given = items }: ExecutedBody,
  onBuilt?: (built: readonly FlowNode[]) => void,
): Promise<void> {
  const cancelTimeout = startBatchTimeout(run, node, scope);
  try {
    refuseUnstorable(items);
    const argument = node.kind === 'batch' ? given : given[0];
    const built = await buildBody(run, scope, locations, flow => node.body(argument as never, flow as never));
    onBuilt?.(built);
    await runChain(run, scope, built, locations);
  } finally {
    cancelTimeout?.();
  }
}
