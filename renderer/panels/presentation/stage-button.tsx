import { useRef, useState } from 'react';
import { outermost } from '../../../common/node-paths.ts';
import { titleOf } from '../../../common/graph-nodes.ts';
import type { Graph, Problem, Progress, RerunReport } from '../../../host/api/api.ts';
import { partOf, stations, type Mapped } from '../../model/presentation/stage.ts';
import type { Figures, PresentationText, Who as WhoText } from '../../model/presentation/text.ts';
import { usePresentationText } from '../../hooks/use-presentation-text.ts';
import { rerun, resume } from '../../stores/actions.ts';
import { api } from '../../stores/host.ts';
import { notice } from '../../stores/notice.ts';
import { useStudio } from '../../stores/studio.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { RunButton } from '../../ui/run-button.tsx';
import { Who } from './cards.tsx';
import type { Stage } from './use-stage.ts';

/** The one thing that can be done here, with what it will do; or who must do something first. */
export function StageButton({ stage }: { readonly stage: Stage }) {
  const text = usePresentationText();
  const run = useStudio(state => state.runId);
  const isExportedFile = useStudio(state => state.recording !== undefined);
  const { action, kind, figures } = stage;
  // An exported file shows what was, and nothing can be done in it.
  if (isExportedFile) return null;
  // Nobody has to correct a demo.
  const can = kind === 'failed' && action ? undefined : text.can[kind](figures);
  if (!action || run === undefined) return can ? <Who {...can} /> : null;
  return action.does === 'continue' ? (
    <Continue run={run} can={can} />
  ) : (
    <Again run={run} stage={stage} can={can} isNext={action.isNext} isOthers={action.does === 'others'} />
  );
}

/** What has changed in the file may have to be answered for: by somebody who knows it. */
function Continue({ run, can }: { readonly run: number; readonly can: WhoText | undefined }) {
  const text = usePresentationText();
  const detail = useStudio(state => state.detail);
  const version = useChanges(detail);
  const planned = useLoad(() => api().planResume({ run }), [run, detail?.item.endedAt], version);
  if (planned.state === 'loading') return null;
  if (planned.state === 'loaded' && !planned.value.ok && planned.value.problem.changed)
    return <Who {...text.askDeveloper} />;
  return <Act does={text.goOn} can={can} isNext act={() => resume(run)} />;
}

const FAILED = { select: 'failed' } as const;

interface AgainProps {
  readonly run: number;
  readonly stage: Stage;
  readonly can: WhoText | undefined;
  readonly isNext: boolean;
  readonly isOthers: boolean;
}

/** What is shown before is the plan of the very re-run that the button starts. */
function Again({ run, stage: { figures, map }, can, isNext, isOthers }: AgainProps) {
  const text = usePresentationText();
  const detail = useStudio(state => state.detail);
  const progress = useStudio(state => state.progress);
  const version = useChanges(detail);
  const planned = useLoad(() => api().planRerun({ run, request: FAILED }), [run, progress?.endedAt], version);
  const graph = detail?.graph;
  if (!graph || !progress || planned.state === 'loading') return null;
  if (planned.state === 'failed') return <Who {...text.cannotYet} />;
  if (!planned.value.ok) return <Who {...(planned.value.problem.changed ? text.askDeveloper : text.cannotYet)} />;
  const others = figures.isOpenEnded ? 0 : figures.cancelled + figures.failed;
  return (
    <Act
      does={isOthers ? text.doTheOthers(others, figures.unit) : text.tryAgain}
      can={can ?? { what: text.oneClick }}
      plan={planText(text, planned.value.value, figures, graph, progress, map)}
      isNext={isNext}
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
  { unit, failed, cancelled }: Figures,
  graph: Graph,
  progress: Progress,
  map: Mapped | undefined,
): string {
  // Batches inside others are repeated with them, and counted as parts of them.
  const repeated = outermost(report.nodes);
  const parts = repeated.reduce((total, { batches }) => total + batches, 0);
  const waiting = stations(graph, progress).filter(({ state }) => state === 'waiting');
  const next = [
    ...new Set([
      ...[...report.steps, ...report.repeats].map(path => titleOf(graph, path)),
      ...waiting.map(({ title }) => title),
    ]),
  ];
  return text
    .again({
      unit,
      parts,
      as: partOf(
        repeated.map(({ path }) => path),
        map,
      ),
      items: parts === progress.failedBatches && cancelled === 0 ? failed : 0,
      next,
      done: progress.items.succeeded,
    })
    .join(' ');
}

interface ActProps {
  readonly does: string;
  readonly can: WhoText | undefined;
  readonly plan?: string;
  readonly isNext: boolean;
  readonly act: () => Promise<Problem | undefined>;
}

function Act({ does, can, plan, isNext, act }: ActProps) {
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
      <p>
        {can && <b>{can.what}</b>} {can?.why} {plan}
      </p>
      <RunButton look={isNext ? 'primary' : 'plain'} disabled={isBusy} onClick={() => void go()}>
        {does}
      </RunButton>
    </div>
  );
}
