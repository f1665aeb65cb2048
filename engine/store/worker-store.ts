import type { Database } from 'better-sqlite3';
import type { StoredWorkerStatus } from '../../common/run-workers.ts';
import { prepared, preparedColumn, preparedRaw } from './prepared-queries.ts';

/* The workers of a run as its process writes them, and what people ask of it about them. */

/** A worker as its runner knows it. Times are in milliseconds since 1970. */
export interface WorkerRow {
  readonly worker: number;
  readonly host: string;
  readonly pid: number | undefined;
  readonly address: string | undefined;
  readonly status: StoredWorkerStatus;
  /** Undefined: it has not said yet. */
  readonly code: 'same' | 'other' | undefined;
  readonly reason: string | undefined;
  readonly beganAt: number;
  readonly heardAt: number | undefined;
  readonly endedAt: number | undefined;
  /** Batches that it has. */
  readonly inFlight: number;
  /** Of these, handed over and not known to have begun. */
  readonly sent: number;
  /** Batches that have come to their ends. */
  readonly batches: number;
  /** Attempts of steps that have begun. */
  readonly steps: number;
  readonly stepsPerSecond: number;
  /** In bytes. */
  readonly memory: number | undefined;
}

export function writeWorker(db: Database, run: number, session: number, row: WorkerRow): void {
  prepared<[object]>(
    db,
    `insert or replace into workers (run, worker, session, host, pid, address, status, code, reason, began_at, heard_at, ended_at,
       in_flight, sent, batches, steps, steps_per_second, memory)
     values (@run, @worker, @session, @host, @pid, @address, @status, @code, @reason, @beganAt, @heardAt, @endedAt,
       @inFlight, @sent, @batches, @steps, @stepsPerSecond, @memory)`,
  ).run({
    ...row,
    run,
    session,
    pid: row.pid ?? null,
    address: row.address ?? null,
    code: row.code ?? null,
    reason: row.reason ?? null,
    heardAt: row.heardAt ?? null,
    endedAt: row.endedAt ?? null,
    memory: row.memory ?? null,
  });
}

export function writeTakeover(
  db: Database,
  run: number,
  worker: number,
  { scope, attempt, epoch }: { readonly scope: number; readonly attempt: number; readonly epoch: number },
  at: number,
  seq: number,
): void {
  prepared<[number, number, number, number, number, number, number]>(
    db,
    'insert or replace into takeovers (run, scope, batch_attempt, epoch, worker, at, seq) values (?, ?, ?, ?, ?, ?, ?)',
  ).run(run, scope, attempt, epoch, worker, at, seq);
}

/**
 * The workers of a process that was killed have what they were last heard of: what they had done by then is counted. Looks at all
 * batches of the run, where there are such workers.
 */
export function settleWorkers(db: Database, run: number, now: number): void {
  const open = prepared<[number]>(db, 'select 1 from workers where run = ? and ended_at is null limit 1').get(run);
  if (open === undefined) return;
  const counts = executedBatches(db, run);
  const settle = prepared<[number, number, number, number]>(
    db,
    `update workers set ended_at = ?, in_flight = 0, sent = 0, steps_per_second = 0, batches = ?
      where run = ? and worker = ? and ended_at is null`,
  );
  for (const { worker } of prepared<[number], { worker: number }>(
    db,
    'select worker from workers where run = ? and ended_at is null',
  ).all(run))
    settle.run(now, counts.get(worker) ?? 0, run, worker);
}

/** How many attempts of batches have come to their ends with each worker. Looks at all batches of the run. */
export function executedBatches(db: Database, run: number): ReadonlyMap<number, number> {
  return new Map(
    preparedRaw<[object], [worker: number, batches: number]>(
      db,
      `select worker, sum(batches) from (
         select worker, count(*) as batches from batches
          where run = @run and worker is not null and ended_at is not null group by worker
         union all
         select worker, count(*) from batch_attempts
          where run = @run and worker is not null and ended_at is not null group by worker
       ) group by worker`,
    ).all({ run }),
  );
}

/** The highest number that a worker of the run has. */
export function lastWorker(db: Database, run: number): number {
  return preparedColumn<[number], number | null>(db, 'select max(worker) from workers where run = ?').get(run) ?? 0;
}

/** Asks the process of a run to give a worker no more batches. */
export function askToDrain(db: Database, run: number, worker: number): void {
  prepared<[number, number]>(db, 'insert or ignore into worker_drains (run, worker) values (?, ?)').run(run, worker);
}

/** The workers that are to be given no more batches. */
export function drainsAsked(db: Database, run: number): readonly number[] {
  return preparedColumn<[number], number>(db, 'select worker from worker_drains where run = ?').all(run);
}
