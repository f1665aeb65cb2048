import { useEffect, useMemo, useState } from 'react';
import { bytes, counted, number, rateText, BATCH } from '../../../../common/format.ts';
import { isOver } from '../../../../common/run-workers.ts';
import { useNow } from '../../../hooks/use-now.ts';
import {
  isSilent,
  otherCodeText,
  workersText,
  byNeed,
  workersTotals,
  workerNames,
  workerState,
} from '../../../model/workers/worker-groups.ts';
import { loadWorkers, useWorkers, useWorkersMoment } from '../../../stores/workers.ts';
import { useStudio } from '../../../stores/studio.ts';
import type { RunWorker } from '../../../../host/api/api.ts';
import { WorkersTable } from './workers-table.tsx';
import './workers.css';

/** More signs in a row say no more. */
const MOST_SIGNS = 24;

/** Workers come when a batch node begins; most runs never have any. */
const COMING_MS = 10_000;
const SELDOM_MS = 10_000;

/** Changes when the workers of the open run are to be asked for: each second where there are some, or where some may just be coming. */
function useMomentToAsk(isRunning: boolean, hasWorkers: boolean): number {
  const hasQueue = useStudio(state => state.workspace?.queue !== undefined);
  const begun = useStudio(state => `${state.runId} ${state.progress?.nodes.length ?? 0}`);
  const now = useNow(isRunning);
  const since = useMemo(() => Date.now(), [begun]);
  if (!isRunning) return 0;
  const isSoon = hasWorkers || hasQueue || now - since < COMING_MS;
  return isSoon ? now : Math.floor(now / SELDOM_MS);
}

/** The processes that execute batches of the open run: one line, and a row for each of them below it. */
export function WorkersStrip() {
  const run = useStudio(state => state.runId);
  const isRunning = useStudio(state => state.progress?.status === 'running');
  const isLive = useStudio(state => state.connection === 'live');
  const workers = useWorkers();
  const moment = useMomentToAsk(isRunning, workers.length > 0);
  useEffect(() => {
    if (run !== undefined) void loadWorkers(run);
  }, [run, isRunning, isLive, moment]);
  const now = useWorkersMoment();
  const [isOpen, setIsOpen] = useState(false);
  if (run === undefined || workers.length === 0) return null;
  const other = otherCodeText(workers);
  const text = figures(workers, now, isRunning);
  return (
    <section className="workers" aria-label="Workers">
      <div className="workers-line numbers">
        <button
          type="button"
          className="workers-toggle"
          aria-expanded={isOpen}
          aria-label={`${workersText(workers, isRunning)}: ${isOpen ? 'fold them' : 'show each'}`}
          onClick={() => setIsOpen(!isOpen)}
        >
          <span aria-hidden>{isOpen ? '▾' : '▸'}</span> <b>{workersText(workers, isRunning)}</b>
        </button>
        <Signs workers={byNeed(workers, now)} now={now} isRunning={isRunning} />
        <span className="workers-figures" title={text}>
          {text}
        </span>
        {other && (
          <span className="workers-other tone-cancelled" title={other.next}>
            <span aria-hidden>⊘ </span>
            {other.what}
          </span>
        )}
      </div>
      {isOpen && other && <p className="workers-next">{other.next}</p>}
      {isOpen && <WorkersTable workers={workers} now={now} isRunning={isRunning} />}
    </section>
  );
}

/** One sign for each that is there: what is wrong with one of two hundred is seen without opening them. */
function Signs({ workers, now, isRunning }: { workers: readonly RunWorker[]; now: number; isRunning: boolean }) {
  if (!isRunning) return null;
  const there = workers.filter(({ status }) => !isOver(status));
  const nameOf = workerNames(workers);
  return (
    <span className="workers-signs" aria-hidden>
      {there.slice(0, MOST_SIGNS).map(worker => {
        const { word, sign, tone } = workerState(worker, now);
        return (
          <i key={worker.worker} className={`tone-${tone}`} title={`${nameOf(worker.worker)}: ${word}`}>
            {sign}
          </i>
        );
      })}
      {there.length > MOST_SIGNS && <small>+{number(there.length - MOST_SIGNS)}</small>}
    </span>
  );
}

function figures(workers: readonly RunWorker[], now: number, isRunning: boolean): string {
  const lost = workers.filter(({ status }) => status === 'lost').length;
  const drained = workers.filter(({ status }) => status === 'drained').length;
  const ended = [lost > 0 && `${number(lost)} lost`, drained > 0 && `${number(drained)} drained`];
  if (!isRunning) {
    const batches = workers.reduce((sum, worker) => sum + worker.batches, 0);
    return [`executed ${counted(batches, BATCH)}`, ...ended].filter(part => part !== false).join(' · ');
  }
  const { inFlight, sent, stepsPerSecond, memory } = workersTotals(workers);
  const silent = workers.filter(worker => isSilent(worker, now)).length;
  return [
    `${number(inFlight)} in flight${sent > 0 ? `, ${number(sent)} of them sent and not begun` : ''}`,
    `${rateText(stepsPerSecond)} steps/s`,
    memory > 0 && bytes(memory),
    silent > 0 && `${number(silent)} silent`,
    ...ended,
  ]
    .filter(part => part !== false)
    .join(' · ');
}
