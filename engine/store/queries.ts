import type { Database } from 'better-sqlite3';
import type { SourceLocation } from '../../common/source-location.ts';
import { batchesAround, batchLine } from './batch-queries.ts';
import { causeLines, cellsOfCause, indicesOfCause } from './cause-queries.ts';
import { decode } from './codec.ts';
import { parseStoredError } from './parse-stored.ts';
import { ownerOf } from './leases.ts';
import { prepared } from './prepared-queries.ts';
import type { StoredError } from '../../common/stored-error.ts';
import { nodesOf, outermostOf } from './run-queries.ts';
import { readRun, type RunRow } from './runs.ts';
import { BatchStatus, batchStatusName, type BatchStatusName, type RunStatus } from '../../common/status.ts';

/* The read path: everything comes in pages or in aggregates, and nothing here loads a whole run. */

/** A run's status as it is now: one whose process has gone is interrupted, whatever that process last wrote. */
export function statusNow(db: Database, run: Pick<RunRow, 'id' | 'status'>, now: number): RunStatus {
  return run.status === 'running' && ownerOf(db, run.id, now) === undefined ? 'interrupted' : run.status;
}

/** Milliseconds in which some process has worked on a run: of one that went without a word, up to its last sign of life. */
export function activeMs(db: Database, run: Pick<RunRow, 'id' | 'ended_at' | 'active_ms'>, now: number): number {
  if (run.ended_at !== null) return run.active_ms;
  const last = prepared<[number], { began: number; heartbeat: number | null }>(
    db,
    `select s.started_at as began, l.heartbeat from sessions s left join leases l on l.run = s.run
     where s.run = ? and s.ended_at is null order by s.session desc limit 1`,
  ).get(run.id);
  if (!last) return run.active_ms;
  const until = ownerOf(db, run.id, now) ? now : (last.heartbeat ?? last.began);
  return run.active_ms + Math.max(0, until - last.began);
}

/** Runs, newest first. */
export function listRuns(db: Database, { limit, before }: { limit: number; before?: number }): RunRow[] {
  const ids = db
    .prepare<[number, number], { id: number }>('select id from runs where id < ? order by id desc limit ?')
    .all(before ?? Number.MAX_SAFE_INTEGER, limit);
  return ids.flatMap(({ id }) => readRun(db, id) ?? []);
}

export interface BatchLine {
  readonly node: string;
  readonly index: number;
  /** The batches and rounds it stands in, outermost first. */
  readonly around: readonly { readonly node: string; readonly index: number }[];
  readonly status: BatchStatusName;
  readonly items: number;
  /** How often it has been begun: its attempts. */
  readonly attempts: number;
  readonly error: StoredError | undefined;
}

/** Which batches to list: those of all statuses and places, unless some are named. */
export interface ListedBatches {
  readonly statuses?: readonly BatchStatusName[] | undefined;
  readonly indices?: readonly number[] | undefined;
}

/** Batches of all batch nodes, in the order in which they were created. */
export function* listBatches(db: Database, run: number, filter: ListedBatches): Generator<BatchLine> {
  const wanted = filter.statuses?.map(name => BatchStatus[name]);
  const indices = filter.indices && new Set(filter.indices);
  const rows = db
    .prepare<
      [number, number],
      {
        path: string;
        scope: number;
        parent: number;
        idx: number;
        status: number;
        items: number;
        attempt: number;
        error: string | null;
      }
    >(
      `select n.path, b.scope, b.parent, b.idx, b.status, b.items, b.attempt, b.error from batches b join nodes n on n.run = b.run and n.node = b.node
     where b.run = ? and b.status <> ? and n.kind in ('batch', 'forEach') order by b.scope`,
    )
    .iterate(run, BatchStatus.superseded);
  for (const { path, scope, parent, idx, status, items, attempt, error } of rows) {
    if (wanted && !wanted.some(code => code === status)) continue;
    if (indices && !indices.has(idx)) continue;
    const around =
      parent === 0 ? [] : batchesAround(db, run, scope).map(outer => ({ node: outer.path, index: outer.idx }));
    yield {
      node: path,
      index: idx,
      around,
      status: batchStatusName(status),
      items,
      attempts: attempt,
      error: parseOptionalError(error),
    };
  }
}

/** Failed batches with the same cause. */
export interface FailureCause {
  readonly node: string;
  readonly message: string;
  readonly explain: string | undefined;
  readonly at: SourceLocation | undefined;
  /** Node path of the step that failed. */
  readonly step: string | undefined;
  readonly batches: number;
  /** Places of the first of them, from 0, at most 1,000. */
  readonly indices: readonly number[];
  /** Where they stand, when they are inside other batches: the places of those of the outermost node, at most 1,000. */
  readonly within: { readonly node: string; readonly indices: readonly number[] } | undefined;
  /** Session in which the first of them failed: its source is the code that failed. */
  readonly session: number | undefined;
}

const MOST_PLACES = 1_000;

/** The causes for which batches failed, the most frequent first. A batch that failed only with batches inside it is not counted again. */
export function failureCauses(db: Database, run: number, limit = 20): FailureCause[] {
  const nodes = nodesOf(db, run);
  const outermost = outermostOf(nodes);
  const session = db.prepare<[number, number], { session: number | null }>(
    'select session from batches where run = ? and scope = ?',
  );
  return causeLines(db, run, limit).flatMap(({ node, cause: fingerprint, batches, scope }): FailureCause[] => {
    const path = nodes.find(other => other.node === node)?.path;
    const error = parseOptionalError(batchLine(db, run, scope)?.error);
    if (path === undefined || !error) return [];
    const cause = { node, fingerprint };
    const around = outermost.find(other => path.startsWith(`${other.path}/`));
    return [
      {
        node: path,
        message: error.message,
        explain: error.explain,
        at: error.at,
        step: error.step,
        batches,
        session: session.get(run, scope)?.session ?? undefined,
        indices: indicesOfCause(db, run, cause, MOST_PLACES),
        within: around && {
          node: around.path,
          indices: [...cellsOfCause(db, run, around.node, cause).subarray(0, MOST_PLACES)],
        },
      },
    ];
  });
}

/** A source file as a session ran it. */
export function sourceOf(db: Database, run: number, session: number, path: string): string | undefined {
  return db
    .prepare<[number, number, string], { text: string }>(
      'select s.text from session_sources u join sources s on s.hash = u.hash where u.run = ? and u.session = ? and u.path = ?',
    )
    .get(run, session, path)?.text;
}

/** The session that worked on a run last; undefined where none has. */
export function latestSession(db: Database, run: number): number | undefined {
  return (
    db
      .prepare<[number], { session: number | null }>('select max(session) as session from sessions where run = ?')
      .get(run)?.session ?? undefined
  );
}

/** The files of a run's latest session, by content. */
export function latestSources(db: Database, run: number): { path: string; hash: string }[] {
  return db
    .prepare<[number, number], { path: string; hash: string }>(
      'select path, hash from session_sources where run = ? and session = (select max(session) from sessions where run = ?)',
    )
    .all(run, run);
}

export function stateOf(db: Database, run: number): Record<string, unknown> {
  const rows = prepared<[number], { key: string; value: string }>(
    db,
    'select key, value from state where run = ? order by key',
  ).all(run);
  return Object.fromEntries(rows.map(({ key, value }) => [key, decode(value)]));
}

/** State keys of which updates were overwritten unread, with how many. */
export function lostUpdates(db: Database, run: number): { key: string; count: number }[] {
  return db
    .prepare<[number], { key: string; count: number }>(
      'select key, count(*) as count from state_writes where run = ? and lost_scope is not null group by key order by count desc',
    )
    .all(run);
}

export function attemptsExecuted(db: Database, run: number): number {
  return prepared<[number], { n: number }>(db, 'select count(*) as n from steps where run = ?').get(run)?.n ?? 0;
}

export function parseOptionalError(json: string | null | undefined): StoredError | undefined {
  return json === null || json === undefined ? undefined : parseStoredError(json);
}
