import { useRef, useState } from 'react';
import { titleOf, unitOfRun } from '../../../common/graph-nodes.ts';
import type { Graph, Progress, RerunReport } from '../../../host/api/api.ts';
import { stations, type StageAction, type StageKind } from '../../model/presentation.ts';
import { ENGLISH as text } from '../../model/presentation-text.ts';
import { rerun, resumeRun } from '../../stores/actions.ts';
import { api } from '../../stores/host.ts';
import { notice } from '../../stores/notice.ts';
import { useStudio } from '../../stores/studio.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { RunButton } from '../../ui/run-button.tsx';
import { Who } from './cards.tsx';

/** The one thing that can be done here, with what it will do; or who must do something first. */
export function StageButton({ kind, action }: { kind: StageKind; action: StageAction | undefined }) {
  const run = useStudio(state => state.runId);
  if (kind === 'failed') return <Who {...text.correctFirst} />;
  if (run === undefined) return null;
  if (action === 'continue') return <Act does={text.goOn} act={() => resumeRun(run)} />;
  if (action === 'again' || action === 'others')
    return <Again run={run} does={action === 'again' ? text.tryAgain : text.doTheOthers} />;
  return null;
}

const FAILED = { select: 'failed' } as const;

/** What is shown before is the plan of the very re-run that the button starts. */
function Again({ run, does }: { run: number; does: string }) {
  const detail = useStudio(state => state.detail);
  const progress = useStudio(state => state.progress);
  const version = useChanges(detail);
  const planned = useLoad(() => api().planRerun({ run, request: FAILED }), [run, progress?.endedAt], version);
  const graph = detail?.graph;
  if (!graph || !progress || planned.state === 'loading') return null;
  if (planned.state === 'failed' || !planned.value.ok) return <Who {...text.cannotYet} />;
  return <Act does={does} says={planText(planned.value.value, graph, progress)} act={() => again(run)} />;
}

async function again(run: number): Promise<boolean> {
  const problem = await rerun(run, FAILED);
  if (problem) notice(problem);
  return problem === undefined;
}

/** Another number whenever the details of the run have been renewed, which each saved file brings about. */
function useChanges(detail: unknown): number {
  const seen = useRef({ detail, count: 0 });
  if (seen.current.detail !== detail) seen.current = { detail, count: seen.current.count + 1 };
  return seen.current.count;
}

function planText(report: RerunReport, graph: Graph, progress: Progress): string {
  const waiting = stations(graph, progress).filter(({ state }) => state === 'waiting');
  const next = [
    ...new Set([
      ...[...report.steps, ...report.repeats].map(path => titleOf(graph, path)),
      ...waiting.map(({ title }) => title),
    ]),
  ];
  return text
    .again({
      unit: unitOfRun(graph, progress.nodes),
      squares: report.nodes.reduce((total, { batches }) => total + batches, 0),
      next,
      done: progress.items.succeeded,
    })
    .join(' ');
}

function Act({ does, says, act }: { does: string; says?: string; act: () => Promise<boolean> }) {
  const [isBusy, setIsBusy] = useState(false);
  return (
    <div className="present-action">
      {says !== undefined && <p>{says}</p>}
      <RunButton
        look="primary"
        disabled={isBusy}
        onClick={() => {
          setIsBusy(true);
          void act().then(isDone => {
            if (!isDone) setIsBusy(false);
          });
        }}
      >
        {does}
      </RunButton>
    </div>
  );
}
