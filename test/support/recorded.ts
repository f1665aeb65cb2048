import { decode } from '../../engine/store/codec.ts';
import { parseOptionalError } from '../../engine/store/queries.ts';
import type { StoredError } from '../../common/stored-error.ts';
import { batchStatusName, stepStatusName, type BatchStatusName, type StepStatusName } from '../../common/status.ts';
import type { Bench } from './runs.ts';

/** One attempt of a step, as the store has it. */
export interface RecordedAttempt {
  readonly scope: number;
  readonly attempt: number;
  readonly batchAttempt: number;
  readonly session: number;
  readonly status: StepStatusName;
  readonly output: unknown;
  readonly error: StoredError | undefined;
  readonly startedAt: number;
  readonly endedAt: number | null;
}

/** The attempts of a node over all batches, in the order in which they were written. */
export function attemptsOf({ db }: Bench, run: number, path: string): RecordedAttempt[] {
  const rows = db
    .prepare<
      [number, string],
      {
        scope: number;
        attempt: number;
        batchAttempt: number;
        session: number;
        status: number;
        output: string | null;
        error: string | null;
        started_at: number;
        ended_at: number | null;
      }
    >(
      `select s.scope, s.attempt, s.batch_attempt as batchAttempt, s.session, s.status, s.output, s.error, s.started_at, s.ended_at
     from steps s join nodes n on n.run = s.run and n.node = s.node where s.run = ? and n.path = ? order by s.seq`,
    )
    .all(run, path);
  return rows.map(({ status, output, error, started_at, ended_at, ...row }) => ({
    ...row,
    status: stepStatusName(status),
    output: output === null ? undefined : decode(output),
    error: parseOptionalError(error),
    startedAt: started_at,
    endedAt: ended_at,
  }));
}

/** How the attempts of a node came out, in order. */
export function statusesOf(bench: Bench, run: number, path: string): StepStatusName[] {
  return attemptsOf(bench, run, path).map(({ status }) => status);
}

/** One batch or round, or one earlier attempt of it, as the store has it. */
export interface RecordedBatch {
  readonly index: number;
  readonly attempt: number;
  readonly status: BatchStatusName;
  readonly error: StoredError | undefined;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

interface BatchColumns {
  readonly idx: number;
  readonly attempt: number;
  readonly status: number;
  readonly error: string | null;
  readonly started_at: number | null;
  readonly ended_at: number | null;
}

/** The batches or rounds of a node as they are now. */
export function batchesOf({ db }: Bench, run: number, path: string): RecordedBatch[] {
  return db
    .prepare<[number, string], BatchColumns>(
      `select b.idx, b.attempt, b.status, b.error, b.started_at, b.ended_at
     from batches b join nodes n on n.run = b.run and n.node = b.node where b.run = ? and n.path = ? order by b.scope`,
    )
    .all(run, path)
    .map(recordedBatch);
}

/** What the batches or rounds of a node were in earlier attempts. */
export function earlierAttemptsOf({ db }: Bench, run: number, path: string): RecordedBatch[] {
  return db
    .prepare<[number, string], BatchColumns>(
      `select b.idx, p.attempt, p.status, p.error, p.started_at, p.ended_at
     from batch_attempts p join batches b on b.run = p.run and b.scope = p.scope join nodes n on n.run = b.run and n.node = b.node
     where b.run = ? and n.path = ? order by b.scope, p.attempt`,
    )
    .all(run, path)
    .map(recordedBatch);
}

function recordedBatch({ idx, attempt, status, error, started_at, ended_at }: BatchColumns): RecordedBatch {
  return {
    index: idx,
    attempt,
    status: batchStatusName(status),
    error: parseOptionalError(error),
    startedAt: started_at,
    endedAt: ended_at,
  };
}

/** The lines of a run's log. */
export function logOf({ db }: Bench, run: number): { level: string; text: string }[] {
  return db
    .prepare<[number], { level: string; text: string }>('select level, text from logs where run = ? order by id')
    .all(run);
}
