import { NODE_KINDS } from '../../../common/node-kinds.ts';
import type { GraphNode } from '../../../host/api/api.ts';
import type { PlanNode, PlanBranch } from './plan.ts';
import { type RunFigures, type ProgressIndex, startedSteps, progressIndex } from './progress-index.ts';

/** How often each way out of an `if` was taken, in the order of `wayLabels`; undefined where that cannot be told. */
export function branchCounts(fork: PlanNode, figures: RunFigures | undefined): readonly (number | undefined)[] {
  const branches = fork.node?.branches ?? [];
  const count = branches.length + (branches.at(-1)?.id === 'else' ? 0 : 1);
  if (!figures) return Array.from({ length: count }, () => undefined);
  const index = progressIndex(figures.progress);
  const taken = Array.from({ length: count }, (_, at) => {
    const [first] = branches[at]?.nodes ?? [];
    return first && startCount(first, fork.repetition === 'once', index);
  });
  // The rest of those that were asked went the one way of which nothing is known.
  const open = taken.filter(count => count === undefined).length;
  if (open !== 1) return taken;
  const asked = index.steps.get(fork.path)?.succeeded ?? 0;
  const known = taken.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  return taken.map(count => count ?? Math.max(0, asked - known));
}

export function branchCount(
  branch: PlanBranch,
  nodes: ReadonlyMap<string, PlanNode>,
  fork: string,
  figures: RunFigures | undefined,
): number | undefined {
  const node = nodes.get(fork);
  return node && node.repetition !== 'once' ? branchCounts(node, figures)[branch.index] : undefined;
}

/** How often a node was begun; undefined where the totals do not tell. */
function startCount(node: GraphNode, isOnce: boolean, { steps, batches, reached }: ProgressIndex): number | undefined {
  if (!reached.has(node.path)) return node.kind === 'sleep' ? undefined : 0;
  if (isOnce) return 1;
  if (node.members) return Math.max(0, ...node.members.map(member => startedSteps(steps.get(member.path))));
  if (NODE_KINDS[node.kind].repeats !== undefined || node.kind === 'sleep')
    return steps.has(node.path) && !batches.has(node.path) ? startedSteps(steps.get(node.path)) : undefined;
  return startedSteps(steps.get(node.path));
}
