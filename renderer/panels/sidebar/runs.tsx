import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import type { DamagedRun, ListedRun, RunItem } from '../../../host/api/api.ts';
import { ago, counted, duration, number, BATCH, LOST_UPDATE } from '../../../common/format.ts';
import { useRowFocus } from '../../hooks/use-row-focus.ts';
import { queuedSummary } from '../../model/queued-text.ts';
import { label } from '../../model/shown-text.ts';
import { openRun } from '../../stores/open-run.ts';
import { loadMoreFound, searchRuns } from '../../stores/run-search.ts';
import { loadMoreRuns } from '../../stores/session.ts';
import { studio, useStudio } from '../../stores/studio.ts';
import { failedInside } from '../../../common/run-summary.ts';
import { Bar } from '../../ui/bar.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Glyph } from '../../ui/glyph.tsx';

const ROW = 46;

export function Runs() {
  const all = useStudio(state => state.runs);
  const found = useStudio(state => state.runSearch);
  const shown = found ? (found.runs ?? all) : all;
  const scroll = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 8,
    onChange: view => {
      if (view.range && view.range.endIndex >= shown.length - 10) void (found ? loadMoreFound() : loadMoreRuns());
    },
  });
  const items = rows.getVirtualItems();
  const { list, row } = useRowFocus<HTMLUListElement>(
    shown.length,
    { first: rows.range?.startIndex ?? 0, last: rows.range?.endIndex ?? 0 },
    index => rows.scrollToIndex(index),
  );
  return (
    <section aria-label="Runs" className="runs">
      <header>
        <h2 className="label">Runs</h2>
        <input
          data-filter
          type="search"
          placeholder="Filter"
          aria-label="Filter all runs by name, number or status"
          value={found?.search ?? ''}
          onChange={event => searchRuns(event.target.value)}
        />
      </header>
      {all.length === 0 && <Empty>No runs yet. Select a workflow, then click Run.</Empty>}
      {all.length > 0 && shown.length === 0 && <Empty>No runs match the filter.</Empty>}
      <div ref={scroll} className="scroll">
        <ul {...list} style={{ height: rows.getTotalSize(), position: 'relative' }}>
          {items.map(({ index, start }) => {
            const run = shown[index];
            return (
              run && (
                <li key={run.run} style={{ position: 'absolute', top: start, left: 8, right: 8 }}>
                  <Row run={run} focus={row(index)} />
                </li>
              )
            );
          })}
        </ul>
      </div>
    </section>
  );
}

type RowProps = ReturnType<ReturnType<typeof useRowFocus>['row']>;

function Row({ run, focus }: { run: ListedRun; focus: RowProps }) {
  return run.status === 'damaged' ? <DamagedRow run={run} focus={focus} /> : <RunRow run={run} focus={focus} />;
}

const STATES = { running: 'running', cancelled: 'cancelling…', paused: 'pausing…' } as const;

function RunRow({ run, focus }: { run: RunItem; focus: RowProps }) {
  const chosen = useStudio(state => state.runId === run.run);
  return (
    <button type="button" className="row" aria-current={chosen} onClick={() => void openRun(run.run)} {...focus}>
      <Glyph status={run.status} />
      <span className="title">
        <span>
          Run {run.run}{' '}
          <small className="inline">
            {[queuedSummary(run.queued ?? []), run.name, ago(run.startedAt, Date.now())].filter(Boolean).join(' · ')}
          </small>
        </span>
        <Bar counts={run.items} isOpenEnded={run.isOpenEnded === true} />
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
        {run.status === 'running' ? STATES[run.stopping ?? 'running'] : duration(run.activeMs)}
      </small>
    </button>
  );
}

/** What is wrong with it, when it is asked for: there is nothing to open. */
function DamagedRow({ run, focus }: { run: DamagedRun; focus: RowProps }) {
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
