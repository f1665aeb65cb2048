import { ITEM, type Unit } from '../../common/format.ts';
import type { Counts } from '../../common/counts.ts';
import { allNodes, unitOfRun } from '../../common/graph-nodes.ts';
import { NODE_KINDS } from '../../common/node-kinds.ts';
import type { Graph, Progress } from '../../host/api/api.ts';
import { stations, type Station } from './presentation/stage.ts';

const STEP: Unit = ['step', 'steps'];

/** What a run is counted in. */
export interface CountedRun {
  readonly counts: Counts;
  readonly unit: Unit;
}

/** Items; of a workflow that goes through none, the steps that stand in it one after the other. */
export function runFigures(graph: Graph, progress: Progress): CountedRun {
  const hasItems =
    progress.items.total > 0 || allNodes(graph.nodes).some(({ kind }) => NODE_KINDS[kind].repeats === 'batches');
  if (hasItems) return { counts: progress.items, unit: unitOfRun(graph, progress.nodes) };
  const steps = stations(graph, progress);
  return steps.length === 0
    ? { counts: progress.items, unit: ITEM }
    : { counts: countsOf(steps, progress.status === 'cancelled'), unit: STEP };
}

function countsOf(steps: readonly Station[], isCancelled: boolean): Counts {
  const count = (...states: readonly Station['state'][]) => steps.filter(({ state }) => states.includes(state)).length;
  const left = count('next', 'waiting', 'paused');
  return {
    total: steps.length,
    succeeded: count('done'),
    failed: count('stopped'),
    setAside: 0,
    running: count('working'),
    waiting: isCancelled ? 0 : left,
    cancelled: isCancelled ? left : 0,
  };
}
