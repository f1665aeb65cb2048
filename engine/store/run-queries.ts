import type { Database } from 'better-sqlite3';
import { outputTextOf } from './output-pages.ts';
import { parseRunStatus } from './parse-stored.ts';
import { prepared, preparedColumn } from './prepared-queries.ts';
import { hasBatches, hasRounds } from '../../common/node-kinds.ts';
import { BatchStatus, type RunStatus } from '../../common/status.ts';
import { isInsideAny, outermost } from '../../common/node-paths.ts';
import type { StoredRun } from '../../common/run-as-shown.ts';
import { NOT_DELETED } from './runs.ts';
import { NO_SUBFLOW, withInner } from './subflow-store.ts';

/* Runs as lists show them: without payload, output and graph, which may be large. */

export interface RunLine extends StoredRun {
  /** JSON of RunCounts. */
  readonly counts: string | null;
  readonly session: number;
}

const LINE = `
  select r.id as run, r.workflow, r.name, r.file, r.status, r.reason, r.counts, r.demo,
         r.started_at as startedAt, r.ended_at as endedAt, r.active_ms as activeMs,
         coalesce(s.session, 0) as session, coalesce(s.started_at, r.started_at) as sessionStartedAt,
         s.ended_at as sessionEndedAt, l.heartbeat, r.rests,
         (select count(*) from waits where run in ${withInner('r.id')} and taken = 0 and status = 'open' and event is null) as approvals,
         (select count(*) from waits where run in ${withInner('r.id')} and taken = 0 and status = 'open' and event is not null) as events,
         (select run from subflows where child = r.id) as partOf
  from runs r left join sessions s on s.run = r.id and s.session = (select max(session) from sessions
   where run = r.id) left join leases l on l.run = r.id`;

export function runLine(db: Database, run: number): RunLine | undefined {
  const line = prepared<[number], RunLine>(db, `${LINE} where r.id = ? and r.${NOT_DELETED}`).get(run);
  if (line) parseRunStatus(line.status);
  return line;
}

/** What names a run, and its status as stored. */
export type RunTitle = Pick<StoredRun, 'run' | 'workflow' | 'name' | 'file' | 'status'>;

const TITLES_A_PAGE = 500;

/**
 * What names the runs, newest first; those that are a part of another one only where they are wanted. All of it is in an index, so that 100,000 runs are searched without reading their
 * payloads and graphs.
 */
export function* runTitles(db: Database, before: number | undefined, withParts = false): Generator<RunTitle> {
  const titles = prepared<[number], RunTitle>(
    db,
    `select id as run, workflow, name, file, status from runs indexed by runs_by_title
      where id < ?${withParts ? '' : ` and ${NO_SUBFLOW}`} and ${NOT_DELETED} order by id desc limit ${TITLES_A_PAGE}`,
  );
  for (let last = before ?? Number.MAX_SAFE_INTEGER; ;) {
    const page = titles.all(last);
    for (const title of page) {
      last = title.run;
      yield title;
    }
    if (page.length < TITLES_A_PAGE) return;
  }
}

/** Whether a batch of the run has failed, also one inside a batch that tolerated it. */
export function hasFailedBatches(db: Database, run: number): boolean {
  return (
    prepared<[number], unknown>(
      db,
      `select 1 from batches where run = ? and status = ${BatchStatus.failed} limit 1`,
    ).get(run) !== undefined
  );
}

/** How a run went, as its rows say: cheaper than the run as lists show it. */
export function storedOutcome(
  db: Database,
  run: number,
): { readonly status: RunStatus; readonly activeMs: number; readonly hasFailures: boolean } | undefined {
  const row = prepared<[number], { status: string; activeMs: number }>(
    db,
    'select status, active_ms as activeMs from runs where id = ?',
  ).get(run);
  return row && { status: parseRunStatus(row.status), activeMs: row.activeMs, hasFailures: hasFailedBatches(db, run) };
}

export interface SessionLine {
  readonly session: number;
  readonly kind: 'start' | 'resume' | 'rerun';
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly outcome: string | null;
  readonly codeHash: string;
  /** Whose process it was; null: a store of before has not kept it. */
  readonly who: string | null;
  /** What a re-run was asked to touch: 'failed', 'all', or what stands for others; null: it is none. */
  readonly batches: string | null;
  /** How many batches it named by their index. */
  readonly named: number;
  /** The first of these. */
  readonly first: number | null;
  readonly isFirstOnly: 0 | 1;
  readonly editsItems: 0 | 1;
  readonly setsAside: 0 | 1;
  readonly takesBack: 0 | 1;
  /** How many cells of a file were corrected. */
  readonly cells: number | null;
  /** Who corrected them, as the file says. */
  readonly by: string | null;
}

export function sessionsOf(db: Database, run: number): SessionLine[] {
  return prepared<[number], SessionLine>(
    db,
    `select session, kind, started_at as startedAt, ended_at as endedAt, outcome, code_hash as codeHash, who,
       iif(json_type(asked, '$.batches') = 'text', json_extract(asked, '$.batches'), json_type(asked, '$.batches')) as batches,
       coalesce(json_array_length(asked, '$.batches'), 0) as named, json_extract(asked, '$.batches[0]') as first,
       json_extract(asked, '$.tryOne') is true as isFirstOnly, json_type(asked, '$.items') is not null as editsItems,
       json_type(asked, '$.setAside') is not null as setsAside, json_type(asked, '$.takeBack') is not null as takesBack,
       json_extract(asked, '$.cells') as cells, iif(json_type(asked, '$.by') = 'text', json_extract(asked, '$.by'), null) as by
     from (select *, iif(kind = 'rerun' and json_valid(note), note, null) as asked from sessions where run = ?) order by session`,
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

/** Batch nodes that are inside no other batch node: what is counted as the run's work. */
export function outermostBatchNodes(nodes: readonly NodeLine[]): NodeLine[] {
  return outermost(nodes.filter(({ kind }) => hasBatches(kind)));
}

/**
 * Batch nodes whose batches all stand in the workflow itself, so that each has an index of its own in it. In a while
 * each round has such.
 */
export function mappedOf(nodes: readonly NodeLine[]): NodeLine[] {
  const whiles = new Set(nodes.filter(({ kind }) => hasRounds(kind)).map(({ path }) => path));
  return outermostBatchNodes(nodes).filter(({ path }) => !isInsideAny(path, whiles));
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

/** The graph a run was last executed with, as JSON; undefined where there is no such run. */
export function graphText(db: Database, run: number): string | undefined {
  return preparedColumn<[number], string>(db, 'select graph from runs where id = ?').get(run);
}

/** The payload of a run, in the codec's text; undefined where there is no such run. */
export function payloadText(db: Database, run: number): string | undefined {
  return preparedColumn<[number], string>(db, 'select payload from runs where id = ?').get(run);
}

/** What a run was given before its schema made its payload of it, in the codec's text; undefined where there is no such run. */
export function givenPayloadText(db: Database, run: number): string | undefined {
  return preparedColumn<[number], string>(db, 'select coalesce(given_payload, payload) from runs where id = ?').get(
    run,
  );
}

/** What a run has put out, in the codec's text: null where it has not, undefined where there is no such run. */
export function resultText(db: Database, run: number): string | null | undefined {
  const stored = preparedColumn<[number], string | null>(db, 'select output from runs where id = ?').get(run);
  return typeof stored === 'string' ? outputTextOf(db, run, stored) : stored;
}

/** What names a run beyond its store; undefined where there is no such run. */
export function uidOf(db: Database, run: number): string | undefined {
  return preparedColumn<[number], string>(db, 'select uid from runs where id = ?').get(run);
}

export function nodePathOf(db: Database, run: number, node: number): string | undefined {
  return preparedColumn<[number, number], string>(db, 'select path from nodes where run = ? and node = ?').get(
    run,
    node,
  );
}

/** Another number after each commit of another connection. */
export function dataVersion(db: Database): number {
  return db.pragma('data_version', { simple: true }) as number;
}
