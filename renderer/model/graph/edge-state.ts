import type { PlanEdge, PlanNode } from './plan.ts';
import { hasFailed, isReached } from './node-state.ts';
import { type RunFigures, type ProgressIndex, progressIndex } from './progress-index.ts';
import { branchCounts } from './branch-counts.ts';

export type EdgeState = 'idle' | 'done' | 'stopped' | 'unreached';

export function edgeState(
  edge: PlanEdge,
  nodes: ReadonlyMap<string, PlanNode>,
  figures: RunFigures | undefined,
): EdgeState {
  const source = nodes.get(edge.source);
  const target = nodes.get(edge.target);
  if (!figures || !source || !target) return 'idle';
  const index = progressIndex(figures.progress);
  const arrived = isReached(target, index, figures);
  if (edge.branch)
    return (branchCounts(source, figures)[edge.branch.index] ?? (arrived ? 1 : 0)) > 0 &&
      (arrived || target.kind === 'end')
      ? 'done'
      : untakenEdgeState(source, index, figures);
  if (arrived && isReached(source, index, figures)) return 'done';
  return untakenEdgeState(source, index, figures);
}

function untakenEdgeState(source: PlanNode, index: ProgressIndex, figures: RunFigures): EdgeState {
  return hasFailed(source, index, figures) ? 'stopped' : 'unreached';
}
