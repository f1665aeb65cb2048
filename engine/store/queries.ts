import type { Database } from 'better-sqlite3';
import { batchLabels } from './batch-labels.ts';
import { batchStatusNow } from '../../common/at-rest.ts';
import { isInside } from '../../common/node-paths.ts';
import type { BatchStatusName, RunStatus } from '../../common/status.ts';
import { patternText } from '../../common/message-pattern.ts';
import type { StoredError } from '../../common/stored-error.ts';
import type { BatchPredicate } from './batch-predicate.ts';
import { batchesAround, batchLine, predicateSql, rangesSql } from './batch-queries.ts';
import { causeLines, cellsOfCause, indicesOfCause } from './cause-queries.ts';
import { decode } from './codec.ts';
import type { FailureCause } from './failure-cause.ts';
import { BATCH_KINDS_SQL } from './kinds.ts';
import { parsePattern } from './message-patterns.ts';
import { parseStoredError } from './parse-stored.ts';
import { prepared, preparedColumn } from './prepared-queries.ts';
import { statusNow } from './run-as-shown.ts';
import { nodesOf, outermostBatchNodes, runTitles } from './run-queries.ts';
import { NOT_DELETED } from './runs.ts';
import { NO_SUBFLOW } from './subflow-store.ts';

/* The read path: everything comes in pages or in aggregates, and nothing here loads a whole run. */

export interface WantedRuns {
  readonly limit: number;
  readonly workflow?: string | undefined;
  /** As they are now: one that lost its process is interrupted. */
  readonly statuses?: readonly RunStatus[] | undefined;
  /** Also those that are a part of another one. */
  readonly withParts?: boolean | undefined;
}

/** Runs, newest first. */
export function listRuns(db: Database, { limit, workflow, statuses, withParts }: WantedRuns): number[] {
  const found: number[] = [];
  for (const title of runTitles(db, undefined, withParts)) {
    if (workflow !== undefined && title.workflow !== workflow) continue;
    if (statuses && !statuses.includes(statusNow(db, title))) continue;
    found.push(title.run);
    if (found.length === limit) break;
  }
  return found;
}

/** @param withParts Also those that are a part of another one. */
export function countRuns(db: Database, withParts = false): number {
  const own = withParts ? '' : ` and r.${NO_SUBFLOW}`;
  return preparedColumn<[], number>(db, `select count(*) from runs r where r.${NOT_DELETED}${own}`).get() ?? 0;
}

export interface ListedBatch {
  /** Its number in the run. */
  readonly scope: number;
  readonly node: string;
  readonly index: number;
  /** What the author calls it. */
  readonly label?: string;
  /** The batches and rounds it stands in, outermost first. */
  readonly around: readonly { readonly node: string; readonly index: number }[];
  readonly status: BatchStatusName;
  readonly items: number;
  /** How often it has been begun: its attempts. */
  readonly attempts: number;
  readonly error: StoredError | undefined;
}

/**
 * Batches of all batch nodes, in the order in which they were created.
 * @param live Whether some process works on the run.
 */
export function* listBatches(db: Database, run: number, where: BatchPredicate, live: boolean): Generator<ListedBatch> {
  const { parts, bound } = predicateSql(where, live);
  const page = prepared<[object], BatchColumns>(
    db,
    `select n.path, b.scope, b.parent, b.idx, b.status, b.items, b.attempt, b.error from batches b
      join nodes n on n.run = b.run and n.node = b.node
     where b.run = @run and b.scope > @after and n.kind in ${BATCH_KINDS_SQL}
      and ${[...parts, ...rangesSql(where)].join(' and ')} order by b.scope limit ${BATCHES_A_PAGE}`,
  );
  const labelOf = batchLabels(db, run);
  for (let after = 0; ;) {
    const rows = page.all({ run, after, ...bound });
    for (const { path, scope, parent, idx, status, items, attempt, error } of rows) {
      after = scope;
      const around =
        parent === 0 ? [] : batchesAround(db, run, scope).map(outer => ({ node: outer.path, index: outer.idx }));
      yield {
        scope,
        node: path,
        index: idx,
        ...labelOf(scope),
        around,
        status: batchStatusNow(status, live),
        items,
        attempts: attempt,
        error: parseOptionalError(error),
      };
    }
    if (rows.length < BATCHES_A_PAGE) return;
  }
}

/** Whoever takes them may be slow: a read that lasts keeps SQLite from shortening its write-ahead log, which grows meanwhile. */
const BATCHES_A_PAGE = 500;

interface BatchColumns {
  readonly path: string;
  readonly scope: number;
  readonly parent: number;
  readonly idx: number;
  readonly status: number;
  readonly items: number;
  readonly attempt: number;
  readonly error: string | null;
}

/**
 * The causes for which batches failed, the most frequent first. A batch that failed only with batches inside it is not
 * counted again.
 */
export function failureCauses(db: Database, run: number, limit: number): FailureCause[] {
  const paths = new Map(nodesOf(db, run).map(({ node, path }) => [node, path]));
  return causeLines(db, run, limit).flatMap(
    ({ node, cause: fingerprint, batches, scope, pattern: json }): FailureCause[] => {
      const path = paths.get(node);
      const line = batchLine(db, run, scope);
      const error = parseOptionalError(line?.error);
      if (path === undefined || !line || !error) return [];
      const { name, explain, at, step, fields } = error;
      const pattern = parsePattern(json);
      const message = patternText(pattern) || error.message;
      const first = { index: line.idx, parent: line.parent };
      return [{ node, path, fingerprint, name, message, pattern, fields, explain, at, step, batches, first }];
    },
  );
}

/** Where the batches of a cause stand, and which code they failed with. */
export interface CausePlaces {
  /** Indices of the first of them, at most 1,000. */
  readonly indices: readonly number[];
  /** Where they stand, when they are inside other batches: the indices of those of the outermost node, at most 1,000. */
  readonly within: { readonly node: string; readonly indices: readonly number[] } | undefined;
  /** Session in which the first of them failed: its source is the code that failed. */
  readonly session: number | undefined;
}

const MOST_PLACES = 1_000;

export function placesOfCause(
  db: Database,
  run: number,
  { node, path, fingerprint, first }: FailureCause,
): CausePlaces {
  const cause = { node, fingerprint };
  const around = outermostBatchNodes(nodesOf(db, run)).find(other => isInside(path, other.path));
  return {
    indices: indicesOfCause(db, run, cause, MOST_PLACES),
    within: around && {
      node: around.path,
      indices: [...cellsOfCause(db, run, around.node, cause).subarray(0, MOST_PLACES)],
    },
    session:
      preparedColumn<[number, number, number, number], number | null>(
        db,
        'select session from batches where run = ? and parent = ? and node = ? and idx = ?',
      ).get(run, first.parent, node, first.index) ?? undefined,
  };
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

/** The runs in which some were: few of 100,000. */
export function runsWithLostUpdates(db: Database): ReadonlySet<number> {
  const sql = 'select distinct run from state_writes where lost_scope is not null';
  return new Set(preparedColumn<[], number>(db, sql).all());
}

/** How many state updates of a run were overwritten unread. */
export function countLostUpdates(db: Database, run: number): number {
  const lost = prepared<[number], { n: number }>(
    db,
    'select count(*) as n from state_writes where run = ? and lost_scope is not null',
  );
  return lost.get(run)?.n ?? 0;
}

export function attemptsExecuted(db: Database, run: number): number {
  return prepared<[number], { n: number }>(db, 'select count(*) as n from steps where run = ?').get(run)?.n ?? 0;
}

export function parseOptionalError(json: string | null | undefined): StoredError | undefined {
  return json === null || json === undefined ? undefined : parseStoredError(json);
}
