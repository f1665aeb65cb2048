import { useRef, useState } from 'react';
import { outermost } from '../../../common/node-paths.ts';
import { titleOf, unitOfRun } from '../../../common/graph-nodes.ts';
import type { Graph, Problem, Progress, RerunReport } from '../../../host/api/api.ts';
import { partOf, stations, type Mapped, type StageAction, type StageKind } from '../../model/presentation/stage.ts';
import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import { unitIn } from '../../model/presentation/languages.ts';
import type { PresentationText } from '../../model/presentation/text.ts';
import { rerun, resume } from '../../stores/actions.ts';
import { api } from '../../stores/host.ts';
import { notice } from '../../stores/notice.ts';
import { useStudio } from '../../stores/studio.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { RunButton } from '../../ui/run-button.tsx';
import { Who } from './cards.tsx';

/** The one thing that can be done here, with what it will do; or who must do something first. */
export function StageButton({
  kind,
  action,
  map,
}: {
  kind: StageKind;
  action: StageAction | undefined;
  map: Mapped | undefined;
}) {
  const text = usePresentationText();
  const run = useStudio(state => state.runId);
  if (kind === 'failed') return <Who {...text.correctFirst} />;
  if (run === undefined) return null;
  if (action === 'continue') return <Continue run={run} />;
  if (action === 'again' || action === 'others')
    return <Again run={run} does={action === 'again' ? text.tryAgain : text.doTheOthers} map={map} />;
  return null;
}

/** What has changed in the file may have to be answered for: by somebody who knows it. */
function Continue({ run }: { run: number }) {
  const text = usePresentationText();
  const detail = useStudio(state => state.detail);
  const version = useChanges(detail);
  const planned = useLoad(() => api().planResume({ run }), [run, detail?.item.endedAt], version);
  if (planned.state === 'loading') return null;
  if (planned.state === 'loaded' && !planned.value.ok && planned.value.problem.changed)
    return <Who {...text.askDeveloper} />;
  return <Act does={text.goOn} says={text.canGoOn} act={() => resume(run)} />;
}

const FAILED = { select: 'failed' } as const;

/** What is shown before is the plan of the very re-run that the button starts. */
function Again({ run, does, map }: { run: number; does: string; map: Mapped | undefined }) {
  const text = usePresentationText();
  const detail = useStudio(state => state.detail);
  const progress = useStudio(state => state.progress);
  const version = useChanges(detail);
  const planned = useLoad(() => api().planRerun({ run, request: FAILED }), [run, progress?.endedAt], version);
  const graph = detail?.graph;
  if (!graph || !progress || planned.state === 'loading') return null;
  if (planned.state === 'failed') return <Who {...text.cannotYet} />;
  if (!planned.value.ok) return <Who {...(planned.value.problem.changed ? text.askDeveloper : text.cannotYet)} />;
  return (
    <Act
      does={does}
      says={planText(text, planned.value.value, graph, progress, map)}
      act={() => rerun(run, { request: FAILED, what: 'the failed batches' })}
    />
  );
}

/** Another number whenever the details of the run have been renewed, which each saved file brings about. */
function useChanges(detail: unknown): number {
  const seen = useRef({ detail, count: 0 });
  if (seen.current.detail !== detail) seen.current = { detail, count: seen.current.count + 1 };
  return seen.current.count;
}

function planText(
  text: PresentationText,
  report: RerunReport,
  graph: Graph,
  progress: Progress,
  map: Mapped | undefined,
): string {
  // Batches inside others are repeated with them, and counted as parts of them.
  const repeated = outermost(report.nodes);
  const waiting = stations(graph, progress).filter(({ state }) => state === 'waiting');
  const next = [
    ...new Set([
      ...[...report.steps, ...report.repeats].map(path => titleOf(graph, path)),
      ...waiting.map(({ title }) => title),
    ]),
  ];
  return text
    .again({
      unit: unitIn(text, unitOfRun(graph, progress.nodes)),
      parts: repeated.reduce((total, { batches }) => total + batches, 0),
      as: partOf(
        repeated.map(({ path }) => path),
        map,
      ),
      next,
      done: progress.items.succeeded,
    })
    .join(' ');
}

function Act({ does, says, act }: { does: string; says?: string; act: () => Promise<Problem | undefined> }) {
  const text = usePresentationText();
  const [isBusy, setIsBusy] = useState(false);
  const [isForDeveloper, setIsForDeveloper] = useState(false);
  if (isForDeveloper) return <Who {...text.askDeveloper} />;
  const go = async () => {
    setIsBusy(true);
    const problem = await act();
    if (!problem) return;
    setIsBusy(false);
    if (problem.changed) setIsForDeveloper(true);
    else notice(problem);
  };
  return (
    <div className="present-action">
      {says !== undefined && <p>{says}</p>}
      <RunButton look="primary" disabled={isBusy} onClick={() => void go()}>
        {does}
      </RunButton>
    </div>
  );
}
