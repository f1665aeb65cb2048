import type { Database } from 'better-sqlite3';
import { prepared, preparedColumn } from './prepared-queries.ts';

/** Larger values are not read for a list: it shows the beginning of each, and there may be a thousand of them. */
export const MOST_LISTED = 20_000;
const listed = (column: string) => `case when length(${column}) <= ${MOST_LISTED} then ${column} end`;

export interface StateLine {
  readonly key: string;
  /** In the codec's text; null where it is too large for a list. */
  readonly value: string | null;
  readonly size: number;
  readonly version: number;
}

/** The state of a run by key, the first `limit` keys, and how many there are. */
export function stateLines(db: Database, run: number, limit: number): { lines: StateLine[]; total: number } {
  const lines = prepared<[number, number], StateLine>(
    db,
    `select key, ${listed('value')} as value, length(value) as size, version from state where run = ? order by key limit ?`,
  ).all(run, limit);
  const total =
    lines.length < limit
      ? lines.length
      : (preparedColumn<[number], number>(db, 'select count(*) from state where run = ?').get(run) ?? 0);
  return { lines, total };
}

export interface StateWriteLine {
  readonly seq: number;
  readonly key: string;
  readonly op: 'set' | 'incr' | 'update' | 'delete' | 'revert';
  /** In the codec's text; null where it is too large for a list, and where the key was deleted. */
  readonly value: string | null;
  /** Null where the key was deleted. */
  readonly size: number | null;
  readonly delta: number | null;
  readonly attempt: number;
  readonly reverted: number;
  readonly path: string | null;
  readonly idx: number | null;
  readonly lostAttempt: number | null;
  readonly lostPath: string | null;
  readonly lostIdx: number | null;
}

/** The writes to one key, the latest first. */
export function stateWrites(
  db: Database,
  run: number,
  key: string,
  before: number | undefined,
  limit: number,
): StateWriteLine[] {
  return prepared<[number, string, number, number], StateWriteLine>(
    db,
    `select w.seq, w.key, w.op, ${listed('w.value')} as value, length(w.value) as size, w.delta, w.attempt, w.reverted, n.path, b.idx,
            w.lost_attempt as lostAttempt, ln.path as lostPath, lb.idx as lostIdx
     from state_writes w
     left join nodes n on n.run = w.run and n.node = w.node left join batches b on b.run = w.run and b.scope = w.scope
     left join nodes ln on ln.run = w.run and ln.node = w.lost_node left join batches lb on lb.run = w.run and lb.scope = w.lost_scope
     where w.run = ? and w.key = ? and w.seq < ? order by w.seq desc limit ?`,
  ).all(run, key, before ?? Number.MAX_SAFE_INTEGER, limit);
}
