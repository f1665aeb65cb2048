import type { Database } from 'better-sqlite3';
import { BatchStatus } from '../../common/status.ts';
import { prepared, preparedColumn, preparedRaw } from './prepared-queries.ts';

/* All batches and log lines of a run, for a file that is handed over. */

/** Scope, the scope it stands in, index, items, status, attempt, begin, end, the JSON of the error it failed with, and who has executed it. */
export type RecordedBatch = [
  scope: number,
  parent: number,
  index: number,
  items: number,
  status: number,
  attempt: number,
  startedAt: number | null,
  endedAt: number | null,
  error: string | null,
  worker: number | null,
];

/** In the order of the scopes that they stand in, and of their indices: the order of an index. */
export function recordedBatches(db: Database, run: number, node: number): IterableIterator<RecordedBatch> {
  return preparedRaw<[number, number], RecordedBatch>(
    db,
    `select scope, parent, idx, items, status, attempt, started_at, ended_at, iif(status = ${BatchStatus.failed}, error, null), worker
      from batches where run = ? and node = ? order by parent, idx`,
  ).iterate(run, node);
}

/** The texts of all files that sessions of a run have executed. */
export function sourceTexts(db: Database, run: number): string[] {
  return preparedColumn<[number], string>(
    db,
    'select distinct s.text from session_sources u join sources s on s.hash = u.hash where u.run = ?',
  ).all(run);
}

/** The files that each session has executed. */
export function sourcesOfSessions(db: Database, run: number): { session: number; file: string }[] {
  return prepared<[number], { session: number; file: string }>(
    db,
    'select session, path as file from session_sources where run = ? order by session, path',
  ).all(run);
}

export interface RecordedLogLine {
  readonly id: number;
  readonly at: number;
  readonly level: string;
  readonly text: string;
  readonly scope: number | null;
  readonly node: number | null;
  readonly attempt: number | null;
}

export function countLogs(db: Database, run: number): number {
  return (
    preparedColumn<[number], number>(db, 'select count(*) from logs indexed by logs_by_run where run = ?').get(run) ?? 0
  );
}

/** The last lines of a run, and the first ones of some scopes, in order. */
export function recordedLogs(
  db: Database,
  run: number,
  { last, scopes, ofEach }: { readonly last: number; readonly scopes: readonly number[]; readonly ofEach: number },
): RecordedLogLine[] {
  const COLUMNS = 'id, at, level, text, scope, node, attempt';
  const latest = prepared<[number, number], RecordedLogLine>(
    db,
    `select ${COLUMNS} from logs indexed by logs_by_run where run = ? order by id desc limit ?`,
  ).all(run, last);
  const lines = new Map(latest.map(line => [line.id, line]));
  const ofScope = prepared<[number, number, number], RecordedLogLine>(
    db,
    `select ${COLUMNS} from logs indexed by logs_by_step where run = ? and scope = ? order by id limit ?`,
  );
  // Where all lines are there already, none has to be looked for.
  if (latest.length >= last)
    for (const scope of scopes) for (const line of ofScope.all(run, scope, ofEach)) lines.set(line.id, line);
  return [...lines.values()].toSorted((a, b) => a.id - b.id);
}
