import type { Database } from 'better-sqlite3';
import { prepared, preparedColumn } from './prepared-queries.ts';

export interface StoredLogLine {
  readonly id: number;
  readonly at: number;
  readonly level: string;
  readonly text: string;
  readonly path: string | null;
  readonly idx: number | null;
  readonly attempt: number | null;
  /** Of the batch in which it was said: its node, the scope it stands in, and its own. */
  readonly batchNode: number | null;
  readonly batchParent: number | null;
  readonly batchScope: number | null;
}

export interface LogsOf {
  readonly run: number;
  readonly scope?: number | undefined;
  readonly node?: number | undefined;
  readonly attempt?: number | undefined;
  /** Only lines with this in their text, or in the path of their step; a to z in upper or lower case. */
  readonly search?: string | undefined;
  readonly levels?: readonly string[] | undefined;
  readonly limit: number;
  /** The first lines with a higher number than `after`; or the last ones, of all or of those before a number. */
  readonly place: { readonly after: number } | { readonly before: number | undefined };
}

/** What was said, in order: by a run, in a batch, by a step of it, or by one attempt. */
export function logLines(
  db: Database,
  { run, scope, node, attempt, search, levels, limit, place }: LogsOf,
): StoredLogLine[] {
  const isForward = 'after' in place;
  const parts = [
    'l.run = @run',
    scope !== undefined && 'l.scope = @scope',
    node !== undefined && 'l.node = @node',
    attempt !== undefined && 'l.attempt = @attempt',
    search !== undefined && `(instr(lower(l.text), @search) > 0 or instr(lower(n.path), @search) > 0)`,
    levels !== undefined && 'l.level in (select value from json_each(@levels))',
    isForward ? 'l.id > @after' : place.before !== undefined && 'l.id < @before',
  ].filter(part => part !== false);
  const lines = prepared<[object], StoredLogLine>(
    db,
    `select l.id, l.at, l.level, l.text, n.path, b.idx, l.attempt, b.node as batchNode, b.parent as batchParent,
       b.scope as batchScope
     from logs l indexed by ${scope === undefined ? 'logs_by_run' : 'logs_by_step'}
     left join nodes n on n.run = l.run and n.node = l.node left join batches b on b.run = l.run and b.scope = l.scope
     where ${parts.join(' and ')} order by l.id ${isForward ? '' : 'desc'} limit @limit`,
  ).all({
    run,
    limit,
    ...(isForward ? { after: place.after } : place.before !== undefined && { before: place.before }),
    ...(scope !== undefined && { scope }),
    ...(node !== undefined && { node }),
    ...(attempt !== undefined && { attempt }),
    ...(search !== undefined && { search: asciiLower(search) }),
    ...(levels !== undefined && { levels: JSON.stringify(levels) }),
  });
  return isForward ? lines : lines.toReversed();
}

/** As SQLite's `lower` does it. */
function asciiLower(text: string): string {
  return text.replaceAll(/[A-Z]/g, letter => letter.toLowerCase());
}

/** The number of the last line so far; lines that come later have higher ones. */
export function lastLogId(db: Database, run: number): number {
  return (
    preparedColumn<[number], number | null>(db, 'select max(id) from logs indexed by logs_by_run where run = ?').get(
      run,
    ) ?? 0
  );
}

export function countLogsAfter(db: Database, run: number, after: number): number {
  return (
    preparedColumn<[number, number], number>(
      db,
      'select count(*) from logs indexed by logs_by_run where run = ? and id > ?',
    ).get(run, after) ?? 0
  );
}
