import { useEffect, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { Graph, ShownValue } from '../../host/api/api.ts';
import { api } from '../stores/session.ts';
import { useStudio, type StudioState } from '../stores/studio.ts';
import type { StepTimes } from '../model/graph/node-text.ts';
import { mapSize, type MapSizes } from '../model/graph/sizes.ts';
import {
  batchState,
  edgeState,
  roundCount,
  stepState,
  branchCount,
  branchCounts,
  type BatchState,
  type EdgeState,
  type RunFigures,
  type StepState,
} from '../model/graph/node-state.ts';
import type { Plan, PlanEdge, PlanNode } from '../model/graph/plan.ts';
import { undrawnPaths } from '../model/graph/what-ran.ts';

/*
 * What a card shows of a run, and nothing else: a card is drawn again when that has changed. Totals come into the store
 * five times a second at most (stores/session.ts).
 */

function runFigures({ progress, detail }: StudioState): RunFigures | undefined {
  return progress && { progress, error: detail?.error };
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

export function useIsInspected({ kind, path }: PlanNode): boolean {
  return useStudio(
    ({ inspected }) => inspected.kind === 'node' && inspected.path === path && kind !== 'start' && kind !== 'end',
  );
}

/** How large the map of each outermost batch node is. Changes twice in a run at most. */
export function useMapSizes(): MapSizes {
  const sizes = useStudio(state =>
    JSON.stringify(
      state.progress?.nodes
        .map(({ path, batches }) => [path, mapSize(batches.total)])
        .filter(([, size]) => size !== 0) ?? [],
    ),
  );
  return useRemembered(sizes, text => new Map(JSON.parse(text) as [string, 0 | 1 | 2][]));
}

/** Paths of the run that its graph does not have, and which of them are batches. Changes when there is a new one. */
export function useUndrawn(graph: Graph): { readonly paths: readonly string[]; readonly batches: readonly string[] } {
  const text = useStudio(state => {
    const drawn = state.detail?.graph;
    if (!state.progress || !drawn || drawn !== graph) return '';
    const { steps, nodes } = state.progress;
    const paths = undrawnPaths(
      drawn,
      [...nodes, ...steps].map(({ path }) => path),
    );
    return paths.length === 0 ? '' : JSON.stringify({ paths, batches: nodes.map(({ path }) => path) });
  });
  return useRemembered(text, known =>
    known === '' ? NONE : (JSON.parse(known) as { paths: string[]; batches: string[] }),
  );
}

const NONE = { paths: [], batches: [] } as const;

/** The same text, the same value. */
function useRemembered<T>(text: string, read: (text: string) => T): T {
  const [known, setKnown] = useState(() => ({ text, value: read(text) }));
  if (known.text === text) return known.value;
  const renewed = { text, value: read(text) };
  setKnown(renewed);
  return renewed.value;
}

/** How long a step took, and at which try: asked for when it is done. Steps inside batches have no one time. */
export function useStepTimes({ path, kind, repetition }: PlanNode, { state }: StepState): StepTimes {
  const run = useStudio(state => state.runId);
  const sessions = useStudio(state => state.detail?.sessions.length ?? 0);
  const [known, setKnown] = useState<StepTimes & { readonly key: string }>();
  const isDone =
    repetition === 'once' && (state === 'succeeded' || state === 'failed') && kind !== 'start' && kind !== 'end';
  const key = isDone && run !== undefined ? `${run} ${sessions} ${path} ${state}` : undefined;
  useEffect(() => {
    if (key === undefined || run === undefined) return undefined;
    return whenAnswered(
      () => api().getStep({ run, path }),
      ({ attempts }) => {
        const last = attempts.at(-1);
        setKnown({
          key,
          ms: last?.endedAt === undefined ? undefined : last.endedAt - last.startedAt,
          attempt: last?.attempt,
        });
      },
    );
  }, [key, run, path]);
  return known?.key === key && known ? known : {};
}

/** The beginning of what the run was given, or of what came out of it. */
export function useRunValue(which: 'payload' | 'result'): string | undefined {
  const run = useStudio(state => (state.detail ? state.runId : undefined));
  const completed = useStudio(state => state.progress?.status === 'completed');
  const [known, setKnown] = useState<{ readonly key: string; readonly json: string }>();
  const key = run !== undefined && (which === 'payload' || completed) ? `${run} ${which}` : undefined;
  useEffect(() => {
    if (key === undefined || run === undefined) return undefined;
    const request = (): Promise<ShownValue | null> =>
      which === 'payload' ? api().getPayload({ run }) : api().getResult({ run });
    return whenAnswered(request, value => setKnown({ key, json: inShort(value?.json ?? '') }));
  }, [key, run, which]);
  return known?.key === key ? known?.json : undefined;
}

/** As much of a value as a card has room for, in one line. */
function inShort(json: string): string {
  const line = json.slice(0, 400).replaceAll(/\s+/g, ' ');
  return line.length <= SHORT ? line : `${line.slice(0, SHORT)}…`;
}

const SHORT = 60;

/** What is only an addition to a card may fail to come: it is then left out. */
function whenAnswered<T>(request: () => Promise<T>, take: (value: T) => void): () => void {
  let wanted = true;
  const asking = async (): Promise<void> => {
    const value = await request();
    if (wanted) take(value);
  };
  asking().catch(() => undefined);
  return () => {
    wanted = false;
  };
}
