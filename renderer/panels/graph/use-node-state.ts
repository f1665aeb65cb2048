import { useShallow } from 'zustand/react/shallow';
import { useStudio, type StudioState } from '../../stores/studio.ts';
import { batchState, roundCount, stepState, type BatchState, type StepState } from '../../model/graph/node-state.ts';
import { failedNodes } from '../../model/graph/failed-nodes.ts';
import { edgeState, type EdgeState } from '../../model/graph/edge-state.ts';
import { branchCount, branchCounts } from '../../model/graph/branch-counts.ts';
import type { RunFigures } from '../../model/graph/progress-index.ts';
import type { Plan, PlanEdge, PlanNode } from '../../model/graph/plan.ts';
import { shownPast, shownProgress } from '../../stores/shown.ts';

/*
 * What a card shows of a run, and nothing else: a card is drawn again when that has changed. Totals come into the store
 * five times a second at most (stores/session.ts).
 */

function runFigures(state: StudioState): RunFigures | undefined {
  const progress = shownProgress(state);
  // What ended the run is not known before its end.
  return progress && { progress, error: shownPast(state) ? undefined : state.detail?.error };
}

/** A run has been asked for and is not there yet. */
export function useIsOpening(): boolean {
  return useStudio(state => state.runId !== undefined && state.detail === undefined);
}

export function useStepState(node: PlanNode): StepState {
  return useStudio(useShallow((state: StudioState) => stepState(node, runFigures(state))));
}

export function useBatchState(node: PlanNode): BatchState {
  return useStudio(useShallow((state: StudioState) => batchState(node, runFigures(state))));
}

export function useRoundCount(node: PlanNode): number {
  return useStudio(state => roundCount(node, runFigures(state)));
}

export function useBranchCounts(node: PlanNode): readonly (number | undefined)[] {
  return useStudio(useShallow((state: StudioState) => branchCounts(node, runFigures(state))));
}

export function useEdgeState(edge: PlanEdge, nodes: Plan['nodes']): EdgeState {
  return useStudio(state => edgeState(edge, nodes, runFigures(state)));
}

export function useBranchCount({ branch, source }: PlanEdge, nodes: Plan['nodes']): number | undefined {
  return useStudio(state => branch && branchCount(branch, nodes, source, runFigures(state)));
}

/** The ids of what failed. */
export function useFailedNodes(plan: Plan): readonly string[] {
  return useStudio(useShallow((state: StudioState) => failedNodes(plan, runFigures(state))));
}

export function useIsInspected({ kind, path }: PlanNode): boolean {
  return useStudio(
    ({ inspected }) => inspected.kind === 'node' && inspected.path === path && kind !== 'start' && kind !== 'end',
  );
}
