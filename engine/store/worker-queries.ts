import type { Database } from 'better-sqlite3';
import type { StoredWorkerStatus } from '../../common/run-workers.ts';
import { BatchStatus } from '../../common/status.ts';
import { inPlace, lengthOf } from './map-queries.ts';
import { prepared, preparedColumn, preparedRaw } from './prepared-queries.ts';

/* The workers of a run, and what each of them has executed, as whoever looks on asks for it. */

export interface WorkerLine {
  readonly worker: number;
  readonly session: number;
  readonly host: string;
  readonly pid: number | null;
  readonly address: string | null;
  readonly status: StoredWorkerStatus;
  readonly code: 'same' | 'other' | null;
  readonly reason: string | null;
  readonly beganAt: number;
  readonly heardAt: number | null;
  readonly endedAt: number | null;
  readonly inFlight: number;
  readonly sent: number;
  readonly batches: number;
  readonly steps: number;
  readonly stepsPerSecond: number;
  readonly memory: number | null;
}

/** The latest workers of a run, in the order of their numbers. */
export function workerLines(db: Database, run: number, limit: number): WorkerLine[] {
  return prepared<[number, number], WorkerLine>(
    db,
    `select worker, session, host, pid, address, status, code, reason, began_at as beganAt, heard_at as heardAt,
       ended_at as endedAt, in_flight as inFlight, sent, batches, steps, steps_per_second as stepsPerSecond, memory
     from workers where run = ? order by worker desc limit ?`,
  )
    .all(run, limit)
    .toReversed();
}

/** The session of the process that works on a run, or did last. */
export function latestSession(db: Database, run: number): number {
  return preparedColumn<[number], number | null>(db, 'select max(session) from sessions where run = ?').get(run) ?? 0;
}

/** Whether the process that works on a run, or did last, has workers on other machines execute its batches. */
export function wasOnQueue(db: Database, run: number): boolean {
  const sql = 'select on_queue from sessions where run = ? order by session desc limit 1';
  return preparedColumn<[number], number>(db, sql).get(run) === 1;
}

/** The worker that has, or had, the latest attempt of each batch of a node in one scope; 0 for none. */
export function workerWords(db: Database, run: number, node: number, parent: number): Uint32Array<ArrayBuffer> {
  const values = new Uint32Array(lengthOf(db, run, node, parent));
  const rows = preparedRaw<[object], [number, number]>(
    db,
    `select idx, worker from batches
      where run = @run and ${inPlace(db, run, node, parent)} and worker is not null and status <> ${BatchStatus.waiting} and idx >= 0`,
  );
  for (const [index, worker] of rows.iterate({ run, parent, node })) values[index] = worker;
  return values;
}

/** A batch that was taken from a lost worker in the middle of an attempt. */
export interface Takeover {
  readonly scope: number;
  readonly batchAttempt: number;
  /** That had it. */
  readonly worker: number;
  readonly at: number;
  /** Of the last step that was written by then: see `steps.seq`. */
  readonly seq: number;
  /** When that attempt of the batch had begun. */
  readonly since: number;
}

/** Of some batches, in the order in which they were taken. */
export function takeoversOf(db: Database, run: number, scopes: readonly number[]): Takeover[] {
  return prepared<[object], Takeover>(
    db,
    `select t.scope, t.batch_attempt as batchAttempt, t.worker, t.at, t.seq,
       coalesce((select p.started_at from batch_attempts p
                  where p.run = @run and p.scope = t.scope and p.attempt = t.batch_attempt),
                (select b.started_at from batches b where b.run = @run and b.scope = t.scope), 0) as since
     from takeovers t where t.run = @run and t.scope in (select value from json_each(@scopes)) order by t.seq, t.epoch`,
  ).all({ run, scopes: JSON.stringify(scopes) });
}
