import type { DamagedRun, ListedRun, RunItem } from '../../../host/api/api.ts';
import { BATCH, counted, dateAndTime, duration, LOST_UPDATE, number } from '../../../common/format.ts';
import { failedInside } from '../../../common/run-summary.ts';
import { runStatusWord } from '../../../common/waits-for.ts';
import type { RowStop } from '../../hooks/use-row-focus.ts';
import { queuedSummary } from '../../model/queued-text.ts';
import { startedText } from '../../model/run-rows.ts';
import { label } from '../../model/shown-text.ts';
import { openRun } from '../../stores/open-run.ts';
import { studio, useStudio } from '../../stores/studio.ts';
import { Bar } from '../../ui/bar.tsx';
import { DemoTag } from '../../ui/demo-tag.tsx';
import { Glyph } from '../../ui/glyph.tsx';
import { RunMenu } from './run-menu.tsx';

/** A run in the list of runs. */
export function Row({ run, isPart, focus }: { run: ListedRun; isPart: boolean; focus: RowStop }) {
  return run.status === 'damaged' ? (
    <DamagedRow run={run} focus={focus} />
  ) : (
    <RunRow run={run} isPart={isPart} focus={focus} />
  );
}

const STATES = { running: 'running', cancelled: 'cancelling…', paused: 'pausing…' } as const;

function RunRow({ run, isPart, focus }: { run: RunItem; isPart: boolean; focus: RowStop }) {
  const chosen = useStudio(state => state.runId === run.run);
  const numbered = run.title === undefined ? undefined : `Run ${run.run}`;
  return (
    <RunMenu run={run}>
      <button
        type="button"
        className={isPart ? 'row row-part' : 'row'}
        aria-current={chosen}
        onClick={() => void openRun(run.run)}
        {...(run.note !== undefined && { title: label(run.note, 500) })}
        {...focus}
      >
        <Glyph status={run.status} />
        <span className="title">
          <span>
            {run.demo && (
              <>
                <DemoTag />{' '}
              </>
            )}
            {run.title === undefined ? `Run ${run.run}` : label(run.title)}{' '}
            <small className="inline">
              {[queuedSummary(run.queued ?? []), numbered, partText(run), run.name].filter(Boolean).join(' · ')}
              {run.note !== undefined && ' · ✎'}
            </small>
          </span>
          {/* One that goes on may still come to items: its row stays as high. */}
          {(run.items.total > 0 || run.status === 'running') && (
            <Bar counts={run.items} isOpenEnded={run.isOpenEnded === true} />
          )}
        </span>
        <small className="numbers">
          {run.failedBatches > 0 && (
            <span
              className="tone-failed"
              title={`${counted(run.failedBatches, BATCH)} failed${failedInside(run) > 0 ? `, ${number(failedInside(run))} of them inside batches that tolerated it` : ''}`}
            >
              {number(run.failedBatches)} failed{failedInside(run) === run.failedBatches && ' inside'}
              <br />
            </span>
          )}
          {run.lostUpdates !== undefined && (
            <span className="tone-retrying" title={`${counted(run.lostUpdates, LOST_UPDATE)} of the run’s state`}>
              {number(run.lostUpdates)} lost
              <br />
            </span>
          )}
          {run.rests ? (
            <span className="run-waits tone-retrying">{runStatusWord(run)}</span>
          ) : (
            <TimeText
              run={run}
              isSecond={run.failedBatches > 0 || run.lostUpdates !== undefined}
              isUnderDay={run.pinned !== true}
            />
          )}
        </small>
      </button>
    </RunMenu>
  );
}

/** How long it took, and when it began: what there is room for, and both when it is pointed at. */
function TimeText({
  run: { status, stopping, activeMs, startedAt },
  isSecond,
  isUnderDay,
}: {
  run: RunItem;
  /** What is worse stands above it. */
  isSecond: boolean;
  isUnderDay: boolean;
}) {
  const took = status === 'running' ? STATES[stopping ?? 'running'] : duration(activeMs);
  return (
    <span title={`${took}, started ${dateAndTime(startedAt)}`}>
      {/* That it goes on, or is ending, is told in any case. */}
      {(!isSecond || status === 'running') && took}
      {!isSecond && <br />}
      {(!isSecond || status !== 'running') && startedText(startedAt, Date.now(), isUnderDay)}
    </span>
  );
}

function partText({ partOf }: RunItem): string | undefined {
  return partOf === undefined ? undefined : `of run ${partOf}`;
}

/** What is wrong with it, when it is asked for: there is nothing to open. */
function DamagedRow({ run, focus }: { run: DamagedRun; focus: RowStop }) {
  const message =
    `Run ${run.run} is damaged: ${run.message}. The other runs are as they were. Copy the store, then try ` +
    `"sqlite3 <store> .recover", or put a backup in its place.`;
  return (
    <button
      type="button"
      className="row"
      title={label(message, 500)}
      onClick={() => studio.setState({ notice: { name: 'DamagedRun', message: label(message, 500) } })}
      {...focus}
    >
      <Glyph status="failed" silent />
      <span className="title">
        <span>
          Run {run.run} <small className="inline tone-failed">damaged</small>
        </span>
        <small>{label(run.message, 200)}</small>
      </span>
    </button>
  );
}
