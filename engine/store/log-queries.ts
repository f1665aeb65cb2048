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
}

export interface LogsOf {
  readonly run: number;
  readonly scope?: number | undefined;
  readonly node?: number | undefined;
  readonly attempt?: number | undefined;
  /** Lines with a higher number than this. */
  readonly after: number;
  readonly limit: number;
}

/** What was said, in order: by a run, in a batch, by a step of it, or by one attempt. */
export function logLines(db: Database, { run, scope, node, attempt, after, limit }: LogsOf): StoredLogLine[] {
  const narrow = [
    scope !== undefined && 'l.scope = @scope',
    node !== undefined && 'l.node = @node',
    attempt !== undefined && 'l.attempt = @attempt',
  ].filter(part => part !== false);
  return prepared<[object], StoredLogLine>(
    db,
    `select l.id, l.at, l.level, l.text, n.path, b.idx, l.attempt
     from logs l indexed by ${scope === undefined ? 'logs_by_run' : 'logs_by_step'}
     left join nodes n on n.run = l.run and n.node = l.node left join batches b on b.run = l.run and b.scope = l.scope
     where l.run = @run and ${[...narrow, 'l.id > @after'].join(' and ')} order by l.id limit @limit`,
  ).all({
    run,
    after,
    limit,
    ...(scope !== undefined && { scope }),
    ...(node !== undefined && { node }),
    ...(attempt !== undefined && { attempt }),
  });
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
