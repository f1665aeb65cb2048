import { hostname } from 'node:os';
import { forgetBatchCancels } from './batch-cancels.ts';
import type { Database } from 'better-sqlite3';
import { forgetEffectsInFlight } from './effect-store.ts';
import { IN_FLIGHT_SQL } from './at-rest.ts';
import { parseRunStatus } from './parse-stored.ts';
import { prepared, preparedColumn } from './prepared-queries.ts';
import { userName } from '../user-name.ts';
import { RunStateError } from './run-state-error.ts';
import type { Durability } from '../../common/durability.ts';
import { BatchStatus, StepStatus, type RunStatus, type StopAs } from '../../common/status.ts';
import { NEXT } from '../../common/next-steps.ts';
import { told } from '../../common/told.ts';
import { newUuid } from '../new-uuid.ts';
import { withRunningSteps } from './running-steps.ts';

/*
 * Nothing ends before it has begun: the clock may have been set back since, and the process that notes an end may not be
 * the one that noted the beginning.
 */

export interface RunRow {
  readonly id: number;
  readonly uid: string;
  readonly workflow: string;
  readonly name: string;
  readonly file: string;
  readonly status: RunStatus;
  readonly reason: string | null;
  readonly payload: string;
  readonly output: string | null;
  readonly error: string | null;
  readonly graph: string;
  readonly counts: string | null;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly active_ms: number;
  readonly durability: Durability;
  /** What whoever started it calls it, if it was to be started once. */
  readonly key: string | null;
  readonly demo: 0 | 1;
  /** What it has come to, for people: JSON of `Presented`. */
  readonly presented: string | null;
  /** See `RunEnd.rests`. */
  readonly rests: 0 | 1;
}

/** The code a session runs: the author's files as they are now. */
export interface Code {
  readonly hash: string;
  readonly sources: readonly { readonly path: string; readonly hash: string; readonly text: string }[];
}

export interface NewRun {
  readonly workflow: string;
  readonly name: string;
  readonly file: string;
  readonly payload: string;
  /** The payload before the workflow's schema changed it; null where it did not. */
  readonly givenPayload: string | null;
  readonly graph: string;
  readonly startedAt: number;
  readonly durability: Durability;
  /** No other run of the store may have it. */
  readonly key?: string | undefined;
  readonly demo: boolean;
}

/** Of a run that is being deleted the rows go page by page: it is as if it were gone already. */
export const NOT_DELETED = 'id not in (select run from run_deletions)';

const COLUMNS =
  'id, uid, workflow, name, file, status, reason, payload, output, error, graph, counts, started_at, ended_at, active_ms, durability, key, demo, rests, presented';

export function readRun(db: Database, run: number): RunRow | undefined {
  const row = prepared<[number], RunRow>(db, `select ${COLUMNS} from runs where id = ? and ${NOT_DELETED}`).get(run);
  if (row) parseRunStatus(row.status);
  return row;
}

/** @throws RunStateError when there is no such run */
export function requireRun(db: Database, id: number): RunRow {
  const row = readRun(db, id);
  if (!row) throw new RunStateError(told`There is no run ${id} in this store. ${NEXT.listRuns}`);
  return row;
}

export function createRun(db: Database, run: NewRun): number {
  const { lastInsertRowid } = db
    .prepare(
      `insert into runs (uid, workflow, name, file, status, payload, given_payload, graph, started_at, durability, key, demo)
       values (?, ?, ?, ?, 'running', ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      newUuid(),
      run.workflow,
      run.name,
      run.file,
      run.payload,
      run.givenPayload,
      run.graph,
      run.startedAt,
      run.durability,
      run.key ?? null,
      run.demo ? 1 : 0,
    );
  return Number(lastInsertRowid);
}

/** Whether it has been re-run, whatever became of that. */
export function hasBeenRerun(db: Database, run: number): boolean {
  return (
    prepared<[number], unknown>(db, `select 1 from sessions where run = ? and kind = 'rerun' limit 1`).get(run) !==
    undefined
  );
}

/** The number of the session that begins next. */
export function nextSession(db: Database, run: number): number {
  const last = preparedColumn<[number], number | null>(db, 'select max(session) from sessions where run = ?').get(run);
  return (last ?? 0) + 1;
}

export interface NewSession {
  readonly kind: 'start' | 'resume' | 'rerun';
  readonly note?: string | undefined;
  readonly code: Code;
  /** Whether workers on other machines execute its batches. */
  readonly onQueue: boolean;
  readonly now: number;
}

/** Notes that this process takes the run up, with the code it has. Returns the number of the session. */
export function beginSession(db: Database, run: number, { kind, note, code, onQueue, now }: NewSession): number {
  const session = nextSession(db, run);
  if (kind === 'rerun') forgetBatchCancels(db, run);
  db.prepare(
    'insert into sessions (run, session, kind, note, code_hash, on_queue, pid, host, who, started_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  ).run(run, session, kind, note ?? null, code.hash, onQueue ? 1 : 0, process.pid, hostname(), userName(), now);
  const keep = db.prepare('insert or ignore into sources (hash, text) values (?, ?)');
  const use = db.prepare('insert or ignore into session_sources (run, session, path, hash) values (?, ?, ?, ?)');
  for (const { path, hash, text } of code.sources) {
    keep.run(hash, text);
    use.run(run, session, path, hash);
  }
  return session;
}

export interface TakenUp {
  readonly graph: string;
  /** Where the workflow file is now, if that is known. */
  readonly file: string | undefined;
  readonly durability: Durability;
}

/** Marks a run as running again, with the graph of today's code. */
export function markTakenUp(db: Database, run: number, { graph, file, durability }: TakenUp): void {
  prepared<[string, string | null, Durability, number]>(
    db,
    `update runs set status = 'running', rests = 0, presented = null, reason = null, error = null, ended_at = null, graph = ?, file = coalesce(?, file),
       durability = ? where id = ?`,
  ).run(graph, file ?? null, durability, run);
}

/** What was in flight when its process ended is to be begun again; the attempts stay on record as interrupted. */
export function putBackInFlight(db: Database, run: number, now: number): void {
  db.prepare(`update batches set status = ${BatchStatus.waiting} where run = ? and status in ${IN_FLIGHT_SQL}`).run(
    run,
  );
  db.prepare(
    `update steps set status = ${StepStatus.interrupted}, ended_at = max(?, started_at) where run = ? and status = ${StepStatus.running}`,
  ).run(now, run);
  forgetEffectsInFlight(db, run, now);
}

export function cancelUnfinished(db: Database, run: number, now: number): void {
  db.prepare(
    `update batches set status = ${BatchStatus.cancelled}, ended_at = max(?, coalesce(started_at, 0))
      where run = ? and (status = ${BatchStatus.waiting} or status in ${IN_FLIGHT_SQL})`,
  ).run(now, run);
}

/** Milliseconds in which processes have worked on the run, up to the sign of life that is written with it. */
export function setActive(db: Database, run: number, activeMs: number): void {
  prepared<[number, number]>(db, 'update runs set active_ms = ? where id = ?').run(activeMs, run);
}

export interface RunEnd {
  readonly status: RunStatus;
  readonly reason: string | null;
  readonly output: string | null;
  readonly error: string | null;
  readonly counts: string;
  /** Of all its sessions. */
  readonly activeMs: number;
  /** It has paused itself, because nothing was left to do but to wait for people or events. */
  readonly rests: boolean;
  /** What it has come to, for people: JSON of `Presented`. */
  readonly presented: string | null;
}

export function endRun(db: Database, run: number, session: number, end: RunEnd, now: number): void {
  db.prepare(
    `update runs set status = ?, reason = ?, output = ?, error = ?, counts = ?, ended_at = max(?, started_at), active_ms = ?,
       rests = ?, presented = ? where id = ?`,
  ).run(
    ...[end.status, end.reason, end.output, end.error, end.counts, now, end.activeMs],
    ...[Number(end.rests), end.presented, run],
  );
  endSession(db, run, session, end.status, now);
  forgetStop(db, run);
  forgetBatchCancels(db, run);
}

export function endSession(db: Database, run: number, session: number, outcome: RunStatus, now: number): void {
  prepared<[number, RunStatus, number, number]>(
    db,
    'update sessions set ended_at = max(?, started_at), outcome = ? where run = ? and session = ?',
  ).run(now, outcome, run, session);
}

/**
 * Stores what the owner of a run is asked for. A stored cancel stays, whatever is asked for later: whoever asked for it was
 * told that the run is being cancelled. Returns whether it is stored.
 */
export function askToStop(db: Database, run: number, stop: StopAs, reason: string): boolean {
  const { changes } = prepared<[number, StopAs, string]>(
    db,
    `insert into requests (run, stop, reason) values (?, ?, ?)
      on conflict (run) do update set stop = excluded.stop, reason = excluded.reason
        where stop <> 'cancelled' or excluded.stop = 'cancelled'`,
  ).run(run, stop, reason);
  return changes > 0;
}

/** What was asked of a run has come about, or is over with it. In the transaction of its end. */
export function forgetStop(db: Database, run: number): void {
  prepared<[number]>(db, 'delete from requests where run = ?').run(run);
}

export function stopAsked(db: Database, run: number): { stop: StopAs; reason: string | null } | undefined {
  return prepared<[number], { stop: StopAs; reason: string | null }>(
    db,
    'select stop, reason from requests where run = ?',
  ).get(run);
}

/**
 * Notes why a run's process ended without saying so itself. Does nothing when another process has the run.
 * @param owner The lease's, as that process was given it: a process number may be that of another one elsewhere.
 */
export function recordLoss(db: Database, run: number, owner: string, reason: string, now: number): void {
  const note = db.transaction(() => {
    const held = db
      .prepare<[number], { owner: string; heartbeat: number }>('select owner, heartbeat from leases where run = ?')
      .get(run);
    if (held?.owner !== owner) return;
    db.prepare('delete from leases where run = ?').run(run);
    const told = withRunningSteps(db, run, reason);
    putBackInFlight(db, run, now);
    // The counts and the time it took were written with each sign of life. What came after the last is added; a process that
    // was killed before its session began has not worked on the run.
    const hasBegun = db.prepare('select 1 from sessions where run = ? and ended_at is null').get(run) !== undefined;
    const since = hasBegun ? held.heartbeat : now;
    db.prepare(
      `update runs set status = 'interrupted', reason = ?, counts = null, ended_at = max(?, started_at), active_ms = active_ms + ?
        where id = ? and status = 'running'`,
    ).run(told, now, Math.max(0, now - since), run);
    db.prepare(
      `update sessions set ended_at = max(?, started_at), outcome = 'interrupted' where run = ? and ended_at is null`,
    ).run(now, run);
  });
  note.immediate();
}
