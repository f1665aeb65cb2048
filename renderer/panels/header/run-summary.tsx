import { itemsSetAside } from '../../../common/run-summary.ts';
import { Fragment } from 'react';
import type { Counts } from '../../../common/counts.ts';
import type { Progress } from '../../../host/api/api.ts';
import { counted, duration, number, rateText, timeLeft, BATCH, LOST_UPDATE, PARTS } from '../../../common/format.ts';
import { failedInside, isOpenEnded } from '../../../common/run-summary.ts';
import { Amounts } from '../../ui/amounts.tsx';
import { Bar } from '../../ui/bar.tsx';
import { Button } from '../../ui/button.tsx';
import { WithHost } from '../../ui/with-host.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { DemoTag } from '../../ui/demo-tag.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { runFigures } from '../../model/run-figures.ts';
import { restingText } from '../../model/wait-text.ts';
import { triedText } from '../../model/retry-text.ts';
import { inspect, openDialog, show } from '../../stores/actions.ts';
import { useOdd } from '../../stores/odd.ts';
import { currentLink } from '../../stores/link.ts';
import { openItem, stoppingAs, useStudio, type View } from '../../stores/studio.ts';
import { OpenWaits } from './open-waits.tsx';
import { WorkersStrip } from './workers/workers-strip.tsx';
import { QueuedReruns } from './queued-reruns.tsx';
import './run-summary.css';
import { shownCauses } from '../../stores/past-causes.ts';
import { shownPast, shownProgress } from '../../stores/shown.ts';

const VIEWS: readonly { readonly id: View; readonly title: string }[] = [
  { id: 'graph', title: 'Graph' },
  { id: 'batches', title: 'Batches' },
  { id: 'timeline', title: 'Timeline' },
  { id: 'compare', title: 'Compare' },
];

/** How the run stands, in one sentence and in figures that always add up. */
export function RunSummary() {
  const progress = useStudio(shownProgress);
  const graph = useStudio(state => state.detail?.graph);
  const view = useStudio(state => state.view);
  const problems = useStudio(state => shownCauses(state).length);
  const isPast = useStudio(state => shownPast(state) !== undefined);
  const opening = useStudio(state => state.runId);
  const stoppingNow = useStudio(stoppingAs);
  const stopping = isPast ? undefined : stoppingNow;
  const oddNow = useOdd().length;
  const odd = isPast ? 0 : oddNow;
  const isDemo = useStudio(state => openItem(state)?.demo === true);
  if (!progress || !graph) return opening === undefined ? null : <OpeningRun run={opening} />;
  const { counts, unit } = runFigures(graph, progress);
  const isOpen = isOpenEnded(progress.nodes);
  const inside = failedInside(progress);
  return (
    <section className="run-summary" aria-label="Run">
      <h1>
        {isDemo && <DemoTag />}
        <Glyph status={progress.status} silent />
        <span>{stopping ? STOPPING[stopping] : headline(progress, odd)}</span>
        {!isPast && <LostUpdates />}
      </h1>
      <Bar counts={counts} isOpenEnded={isOpen} />
      <Tabs label="Views" tabs={VIEWS} chosen={view} onChoose={show} />
      <div className="run-figures numbers">
        <p>
          <b>{counted(counts.total, unit)}</b>
          {isOpen && ' so far'} = {partsOf(counts)}
          {inside > 0 && (
            <span title="Batches inside these failed, and were tolerated.">
              , with <b className="tone-failed">{counted(inside, BATCH)}</b> failed inside
            </span>
          )}
        </p>
        <span>
          {pace(progress, problems, { isStopping: stopping !== undefined, isPast })}
          <WithHost>
            <CopyButton text={currentLink}>Copy link</CopyButton>
            {opening !== undefined && progress.status !== 'running' && (
              <Button small look="quiet" onClick={() => openDialog({ kind: 'share', run: opening })}>
                Share…
              </Button>
            )}
          </WithHost>
        </span>
      </div>
      <div className="run-amounts">{!isPast && <Amounts />}</div>
      {!isPast && <WorkersStrip />}
      {!isPast && <OpenWaits />}
      <QueuedReruns />
    </section>
  );
}

/** A run can complete and be wrong all the same: what batches wrote over each other is told beside its status. */
function LostUpdates() {
  const lost = useStudio(state => (state.problems?.lost ?? []).reduce((total, { count }) => total + count, 0));
  if (lost === 0) return null;
  return (
    <button
      type="button"
      className="lost-updates tone-retrying"
      title="Batches overwrote each other’s updates of the run’s state: its values are not what your code meant. Show the state."
      onClick={() => inspect({ kind: 'run' }, 'state')}
    >
      <span aria-hidden>⚠ </span>
      {counted(lost, LOST_UPDATE)}
    </button>
  );
}

/** Steps in flight are let end, for some seconds. */
const STOPPING = {
  cancelled: 'Cancelling… steps that run are ending',
  paused: 'Pausing… steps that run are ending',
} as const;

/** Unlike in a list, zeros of the usual parts are shown, so that the figures stay in their places while a run goes on. */
const ALWAYS_SHOWN: ReadonlySet<string> = new Set(['succeeded', 'failed', 'waiting']);

function partsOf(counts: Counts) {
  return PARTS.filter(([part]) => counts[part] > 0 || ALWAYS_SHOWN.has(part)).map(([part, word], index) => (
    <Fragment key={part}>
      {index > 0 && ' + '}
      <b className={toneOf(part, counts[part])}>{number(counts[part])}</b> {word}
    </Fragment>
  ));
}

function toneOf(part: string, count: number): string | undefined {
  if (part === 'succeeded') return 'tone-succeeded';
  if (part === 'setAside') return 'tone-setAside';
  return part === 'failed' && count > 0 ? 'tone-failed' : undefined;
}

/** As high as what takes its place, so that the graph below stays where it is. */
function OpeningRun({ run }: { run: number }) {
  const view = useStudio(state => state.view);
  return (
    <section className="run-summary" aria-label="Run" aria-busy>
      <h1>Opening run {run}…</h1>
      <span />
      <Tabs label="Views" tabs={VIEWS} chosen={view} onChoose={show} />
      <p className="numbers">&nbsp;</p>
    </section>
  );
}

function headline(progress: Progress, odd: number): string {
  const { batches, failedBatches: failed, status } = progress;
  switch (status) {
    case 'running':
      return failed > 0 ? `Running, ${counted(failed, BATCH)} failed so far` : 'Running';
    case 'completed':
      if (failed > 0) return `Completed, ${counted(failed, ['failed batch', 'failed batches'])} tolerated`;
      if (batches.cancelled > 0) return `Completed, ${number(batches.cancelled)} cancelled`;
      return itemsSetAside(progress.nodes) > 0
        ? `Completed, ${number(itemsSetAside(progress.nodes))} set aside`
        : odd > 0
          ? `Completed, ${number(odd)} odd`
          : 'Completed';
    case 'failed':
      return batches.failed > 0
        ? `${number(batches.failed)} of ${counted(batches.total, BATCH)} failed`
        : 'A step failed';
    case 'cancelled':
      return 'Cancelled';
    case 'paused':
      return progress.rests ? restingText(progress) : 'Paused';
    case 'interrupted':
      return `Interrupted${progress.reason ? `: ${progress.reason}` : ''}`;
  }
}

function pace(
  progress: Progress,
  problems: number,
  { isStopping, isPast }: { isStopping: boolean; isPast: boolean },
): string {
  const parts = [];
  // Of a run that is about to stop, neither says anything.
  const goesOn = progress.status === 'running' && !isStopping;
  if (goesOn && progress.rate > 0) parts.push(`${rateText(progress.rate)} a second`);
  if (goesOn && progress.left) parts.push(`${timeLeft(progress.left)} left`);
  if (progress.status !== 'running' || isPast) parts.push(duration(progress.activeMs));
  if (problems > 0) parts.push(counted(problems, ['cause', 'causes']));
  const tried = triedText(progress.steps);
  if (tried !== '') parts.push(tried);
  return parts.join(' · ');
}
