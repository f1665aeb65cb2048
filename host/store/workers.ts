import type { Database } from 'better-sqlite3';
import { workerStatusNow } from '../../common/run-workers.ts';
import { drainWorker as drain } from '../../engine/store/drain-worker.ts';
import {
  latestSession,
  takeoversOf,
  workerLines,
  wasOnQueue as wasOnQueueIn,
  workerWords,
  type WorkerLine,
} from '../../engine/store/worker-queries.ts';
import { executedBatches } from '../../engine/store/worker-store.ts';
import type { AttemptLine } from '../../engine/store/step-queries.ts';
import type { Args, Overlay, Result, RunWorker } from '../api/api.ts';
import { lineOf } from './runs.ts';
import type { StoreConnection } from './store-connection.ts';

/** Of a run whose workers were started again and again, the latest. */
const MOST_WORKERS = 2_000;

export function getWorkers(store: StoreConnection, { run }: Args<'getWorkers'>): Result<'getWorkers'> {
  const { db, line } = lineOf(store, run);
  const lines = workerLines(db, run, MOST_WORKERS);
  const session = lines.length > 0 ? latestSession(db, run) : 0;
  // Those of a process that was killed have what they were last heard of. The next process counts what they have done; until then
  // it is counted here.
  const isKilled = !line.live && lines.some(({ endedAt }) => endedAt === null);
  const counts = isKilled ? executedBatches(db, run) : undefined;
  const asCounted = (of: WorkerLine) =>
    counts && of.endedAt === null ? { ...of, batches: counts.get(of.worker) ?? 0 } : of;
  return {
    workers: lines.map(of => shownWorker(asCounted(of), line.live && of.session === session)),
    now: Date.now(),
  };
}

/** Asks the process of a run to give a worker no more batches. @throws RunStateError */
export function drainWorker(store: StoreConnection, { run, worker }: Args<'drainWorker'>): void {
  drain(lineOf(store, run).db, run, worker);
}

/** Whether workers on other machines execute the batches of a run, or did when it was worked on last. */
export function wasOnQueue(store: StoreConnection, run: number): boolean {
  return wasOnQueueIn(store.dbOf(run), run);
}

/** Which worker has, or had, the latest attempt of each batch. */
export function workerOverlay(db: Database, run: number, node: number): Extract<Overlay, { by: 'worker' }> {
  return { by: 'worker', values: workerWords(db, run, node, 0) };
}

interface ExecutedBatch {
  readonly scope: number;
  /** The worker of each attempt; null: the process of the run. */
  readonly attempts: ReadonlyMap<number, number | null>;
  /** The scopes of the batches around it. */
  readonly around: readonly number[];
}

/** Which worker has executed an attempt of a step in a batch; undefined: the process of the run. */
export function executorOf(
  db: Database,
  run: number,
  { scope, attempts, around }: ExecutedBatch,
): (step: Pick<AttemptLine, 'batchAttempt' | 'seq' | 'startedAt'>) => number | undefined {
  const taken = [...attempts.values()].some(worker => worker !== null) ? takeoversOf(db, run, [scope, ...around]) : [];
  return ({ batchAttempt, seq, startedAt }) => {
    // What was written before a worker was lost, that one has executed.
    const lost = taken.find(
      of => seq <= of.seq && (of.scope === scope ? of.batchAttempt === batchAttempt : startedAt >= of.since),
    );
    return lost?.worker ?? attempts.get(batchAttempt) ?? undefined;
  };
}

function shownWorker(line: WorkerLine, isCurrent: boolean): RunWorker {
  const { worker, session, host, pid, address, status, code, reason, beganAt, heardAt, endedAt, memory } = line;
  const now = workerStatusNow(status, isCurrent);
  const isEnded = now === 'ended';
  return {
    worker,
    session,
    host,
    ...(pid !== null && { pid }),
    ...(address !== null && { address }),
    status: now,
    ...(code !== null && { code }),
    ...(reason !== null && { reason }),
    beganAt,
    ...(heardAt !== null && { heardAt }),
    ...(endedAt !== null && { endedAt }),
    // It has none any more, whatever it had when its run lost its process.
    inFlight: isEnded ? 0 : line.inFlight,
    sent: isEnded ? 0 : line.sent,
    batches: line.batches,
    steps: line.steps,
    stepsPerSecond: isEnded ? 0 : line.stepsPerSecond,
    ...(memory !== null && { memory }),
  };
}
