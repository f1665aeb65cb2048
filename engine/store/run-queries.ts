import type { Database } from 'better-sqlite3';
import { parseRunStatus } from './parse-stored.ts';
import { prepared } from './prepared-queries.ts';
import type { RunStatus } from '../../common/status.ts';

/* Runs as lists show them: without payload, output and graph, which may be large. */

export interface RunLine {
  readonly run: number;
  readonly workflow: string;
  readonly name: string;
  readonly file: string;
  /** As its process last wrote it: see statusNow. */
  readonly status: RunStatus;
  readonly reason: string | null;
  /** JSON of RunCounts. */
  readonly counts: string | null;
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** Time worked on it in the sessions that have ended. */
  readonly activeMs: number;
  readonly session: number;
  readonly sessionStartedAt: number;
  /** Null while the session goes on, or when its process has gone without a word. */
  readonly sessionEndedAt: number | null;
}

const LINE = `
  select r.id as run, r.workflow, r.name, r.file, r.status, r.reason, r.counts, r.started_at as startedAt, r.ended_at as endedAt, r.active_ms as activeMs,
         s.session, s.started_at as sessionStartedAt, s.ended_at as sessionEndedAt
  from runs r join sessions s on s.run = r.id and s.session = (select max(session) from sessions where run = r.id)`;

export function runLine(db: Database, run: number): RunLine | undefined {
  const line = prepared<[number], RunLine>(db, `${LINE} where r.id = ?`).get(run);
  if (line) parseRunStatus(line.status);
  return line;
}

/** Runs, newest first. */
export function* runLines(db: Database, before: number | undefined): Generator<RunLine> {
  const ids = prepared<[number], { id: number }>(db, 'select id from runs where id < ? order by id desc limit 100');
  for (let last = before ?? Number.MAX_SAFE_INTEGER; ;) {
    const page = ids.all(last);
    for (const { id } of page) {
      last = id;
      const line = runLine(db, id);
      if (line) yield line;
    }
    if (page.length < 100) return;
  }
}

/** A text for each run that is another one when a process has taken it up, ended it, or changed its status. */
export function runMarks(db: Database): Map<number, string> {
  const rows = prepared<[], { run: number; mark: string }>(
    db,
    `select s.run, r.status || ':' || s.session || ':' || coalesce(s.ended_at, '') as mark
     from (select run, max(session) as session, ended_at from sessions group by run) s join runs r on r.id = s.run`,
  ).all();
  return new Map(rows.map(({ run, mark }) => [run, mark]));
}

export interface SessionLine {
  readonly session: number;
  readonly kind: 'start' | 'resume' | 'rerun';
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly outcome: string | null;
  readonly codeHash: string;
}

export function sessionsOf(db: Database, run: number): SessionLine[] {
  return prepared<[number], SessionLine>(
    db,
    'select session, kind, started_at as startedAt, ended_at as endedAt, outcome, code_hash as codeHash from sessions where run = ? order by session',
  ).all(run);
}

export interface NodeLine {
  readonly node: number;
  readonly path: string;
  readonly kind: string;
}

/** The nodes of a run that have been begun. */
export function nodesOf(db: Database, run: number): NodeLine[] {
  return prepared<[number], NodeLine>(db, 'select node, path, kind from nodes where run = ? order by node').all(run);
}

export function isBatchKind(kind: string): boolean {
  return kind === 'batch' || kind === 'forEach';
}

/** Batch nodes that are inside no other batch node: what is counted as the run's work. */
export function outermostOf(nodes: readonly NodeLine[]): NodeLine[] {
  const batchNodes = nodes.filter(({ kind }) => isBatchKind(kind));
  return batchNodes.filter(({ path }) => !batchNodes.some(other => path.startsWith(`${other.path}/`)));
}

/** Batch nodes whose batches all stand in the workflow itself, and so have places of their own in it. In a while each round has some. */
export function mappedOf(nodes: readonly NodeLine[]): NodeLine[] {
  const whiles = nodes.filter(({ kind }) => kind === 'while');
  return outermostOf(nodes).filter(({ path }) => !whiles.some(other => path.startsWith(`${other.path}/`)));
}

/** The runs that some process holds. */
export function heldRuns(db: Database): number[] {
  return prepared<[], { run: number }>(db, 'select run from leases')
    .all()
    .map(({ run }) => run);
}

/** Whether a session of the run loaded this file. */
export function isSourceOf(db: Database, run: number, file: string): boolean {
  return (
    prepared<[number, string]>(db, 'select 1 from session_sources where run = ? and path = ? limit 1').get(
      run,
      file,
    ) !== undefined
  );
}
