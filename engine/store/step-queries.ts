import type { Database } from 'better-sqlite3';
import { ItemPageReader } from './item-pages.ts';
import { outputBytesShown, outputTextOf } from './output-pages.ts';
import { prepared, preparedColumn } from './prepared-queries.ts';

/** An attempt without what it put out, which may be large. */
export interface AttemptLine {
  readonly scope: number;
  readonly node: number;
  readonly path: string;
  readonly kind: string;
  readonly attempt: number;
  readonly batchAttempt: number;
  readonly session: number;
  readonly status: number;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly waitsUntil: number | null;
  /** The run whose output it was given, instead of being executed. */
  readonly cachedRun: number | null;
  readonly error: string | null;
  readonly outputSize: number | null;
  readonly logLines: number;
  /** Its place among all that the run has written of steps. */
  readonly seq: number;
}

const COLUMNS = `
  s.seq, s.scope, s.node, n.path, n.kind, s.attempt, s.batch_attempt as batchAttempt,
  s.session, s.status, s.started_at as startedAt, s.ended_at as endedAt, s.waits_until as waitsUntil, s.cached_run as cachedRun, s.error, ${outputBytesShown('s.output')} as outputSize,
  (select count(*) from logs l where l.run = s.run and l.scope = s.scope and l.node = s.node and l.attempt = s.attempt) as logLines`;

/** The attempts made in a scope, in the order in which they were made; of one node, or of all. The last `limit` of them. */
export function attemptLines(
  db: Database,
  run: number,
  scope: number,
  node: number | undefined,
  limit: number,
): AttemptLine[] {
  const lines = prepared<[object], AttemptLine>(
    db,
    `select ${COLUMNS} from steps s join nodes n on n.run = s.run and n.node = s.node
     where s.run = @run and s.scope = @scope ${node === undefined ? '' : 'and s.node = @node'}
      order by s.started_at desc, s.seq desc limit @limit`,
  ).all({ run, scope, limit, ...(node !== undefined && { node }) });
  return lines.toReversed();
}

/** What an attempt put out, in the codec's text. */
export function outputText(
  db: Database,
  run: number,
  scope: number,
  node: number,
  attempt: number,
): string | undefined {
  const stored = storedOutput(db, run, scope, node, attempt);
  return stored === undefined ? undefined : outputTextOf(db, run, stored);
}

/** What the row of an attempt has of its output: see output-pages.ts. */
export function storedOutput(
  db: Database,
  run: number,
  scope: number,
  node: number,
  attempt: number,
): string | undefined {
  return (
    preparedColumn<[number, number, number, number], string | null>(
      db,
      'select output from steps where run = ? and scope = ? and node = ? and attempt = ?',
    ).get(run, scope, node, attempt) ?? undefined
  );
}

/** The items a batch attempt began with, in the codec's text; of the latest attempt, unless one is named. */
export function itemsText(db: Database, run: number, scope: number, attempt: number | undefined): string | undefined {
  const own = preparedColumn<[number, number, number], string>(
    db,
    'select items from batch_items where run = ? and scope = ? and attempt <= ? order by attempt desc limit 1',
  ).get(run, scope, attempt ?? Number.MAX_SAFE_INTEGER);
  return own ?? new ItemPageReader(db, run).textOf(scope);
}
