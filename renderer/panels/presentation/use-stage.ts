import { useEffect, useMemo } from 'react';
import type { Graph, Progress, RunDetail } from '../../../host/api/api.ts';
import { correctionOf, isTestDue, type Correction } from '../../model/presentation/correction.ts';
import {
  figuresOf,
  mappedNode,
  stageAction,
  stageKind,
  type Mapped,
  type StageAction,
  type StageKind,
} from '../../model/presentation/stage.ts';
import type { Figures } from '../../model/presentation/text.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import { api } from '../../stores/host.ts';
import { notice } from '../../stores/notice.ts';
import { stoppingAs, useStudio } from '../../stores/studio.ts';
import { questionOf } from '../../stores/trust.ts';

export interface Stage {
  readonly kind: StageKind;
  readonly figures: Figures;
  readonly correction: Correction;
  readonly action: StageAction | undefined;
  readonly map: Mapped | undefined;
  /** Since when it stands so, where that is known. */
  readonly since: number | undefined;
  readonly repaired: ReadonlySet<number>;
  /** Whether the store proves that nothing was done twice; undefined where the run was not tried again. */
  readonly isOnce: boolean | undefined;
}

/** How the open run stands, for people who are presented to. */
export function useStage(progress: Progress, detail: RunDetail): Stage {
  const text = usePresentationText();
  const findings = useStudio(state => state.findings);
  const check = useStudio(state => state.check);
  const stopping = useStudio(stoppingAs);
  const { graph, codeChanged, error } = detail;
  const map = useMapped(graph, progress);
  const { failedBatches, endedAt } = progress;
  const input = { findings, check, failedBatches, endedAt, codeChanged };
  const correction = correctionOf(input);
  useTests(progress, isTestDue(input));
  const { repaired, items, isOnce } = useRepaired(detail, progress, map);
  const kind = stageKind(progress, correction.kind, stopping);
  return {
    kind,
    correction,
    map,
    repaired,
    isOnce,
    action: stageAction(kind, correction.kind, failedBatches > 0, detail.item.demo),
    figures: figuresOf(text, { progress, graph, failedStep: error?.step, map, findings, correction, repaired: items }),
    since: sinceOf(kind, progress, check?.begunAt),
  };
}

function sinceOf(kind: StageKind, { startedAt, endedAt }: Progress, testedAt: number | undefined): number | undefined {
  switch (kind) {
    case 'running':
      return startedAt;
    case 'corrected':
    case 'partly':
      return testedAt;
    case 'testing':
    case 'changed':
    case 'pausing':
    case 'cancelling':
      return undefined;
    default:
      return endedAt;
  }
}

const NONE = { repaired: new Set<number>(), items: 0, isOnce: undefined } as const;

function useRepaired(
  { sessions }: RunDetail,
  { status }: Progress,
  map: Mapped | undefined,
): Pick<Stage, 'repaired' | 'isOnce'> & { readonly items: number } {
  const run = useStudio(state => state.runId);
  const endedAt = useStudio(state => state.progress?.endedAt);
  const wanted =
    run === undefined || !map || sessions.length < 2 || status !== 'completed' ? undefined : { run, node: map.node };
  const loaded = useLoad(wanted && (() => api().getRepeated(wanted)), [wanted, endedAt]);
  const found = wanted && loaded.state === 'loaded' ? loaded.value : undefined;
  return useMemo(
    () => (found ? { repaired: new Set(found.repaired), items: found.items, isOnce: found.isOnce } : NONE),
    [found],
  );
}

/** In so few failed batches who is at fault is looked for without a person asking; more may take long. */
const MOST_SEARCHED = 100;
const TEST_AFTER_MS = 2_000;

/**
 * Whoever presents has no time to look for those at fault, and to test a change: both happen by themselves, where nobody has to be
 * asked whether steps may be executed. Where somebody has to, nothing happens, and the presentation says less.
 */
function useTests({ status, failedBatches, endedAt }: Progress, isDue: boolean): void {
  const run = useStudio(state => state.runId);
  const canTest = useStudio(state => questionOf(state) === undefined && state.recording === undefined);
  const isToSearch = useStudio(
    ({ findings, search }) =>
      findings !== undefined && findings.searches.length === 0 && findings.searchable > 0 && search === undefined,
  );
  const isStopped = status === 'failed' && canTest;
  const searches = isStopped && isToSearch && failedBatches <= MOST_SEARCHED;
  useEffect(() => {
    // An answer that is no success says that it cannot be done now, which nobody has asked for.
    if (searches && run !== undefined) api().findItems({ run }).catch(notice);
  }, [run, endedAt, searches]);
  useEffect(() => {
    if (!isStopped || !isDue || run === undefined) return undefined;
    // A save brings a test by itself; this is for one that nobody looked on.
    const timer = setTimeout(() => void api().checkItems({ run }).catch(notice), TEST_AFTER_MS);
    return () => clearTimeout(timer);
  }, [run, isStopped, isDue]);
}

function useMapped(graph: Graph, progress: Progress): Mapped | undefined {
  return useMemo(() => mappedNode(graph, progress), [graph, progress]);
}
