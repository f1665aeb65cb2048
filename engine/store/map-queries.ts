import type { Database } from 'better-sqlite3';
import { lengthUpTo } from './parse-stored.ts';
import { prepared, preparedColumn, preparedRaw } from './prepared-queries.ts';
import { BatchStatus } from '../../common/status.ts';

/* One value a batch of a node, in the order of their places: what a map is painted from. */

const DIGIT_ZERO = 48;

/**
 * The condition for the batches of a node in one scope, where all of them are wanted. The index leads to each of them by a search
 * of its own; where they are most of their run, reading the run from end to end takes half the time.
 */
export function inPlace(db: Database, run: number, node: number, parent: number): string {
  const split =
    preparedColumn<[number, number, number], number>(
      db,
      'select batches from splits where run = ? and node = ? and parent = ?',
    ).get(run, node, parent) ?? 0;
  const all = preparedColumn<[number], number | null>(db, 'select max(scope) from batches where run = ?').get(run) ?? 0;
  // A plus keeps SQLite from using the index.
  return split * 2 > all ? '+parent = @parent and +node = @node' : 'parent = @parent and node = @node';
}

/**
 * The statuses of a node's batches in one scope, a byte each. A million of them cost one query and one string: the digits of
 * all, in the order of their numbers, which is that of their places where the two differ by the same for each. To have SQLite
 * sort them takes twice as long: 1.9 and 3.3 s of processor time for ten million.
 */
export function statusBytes(db: Database, run: number, node: number, parent: number): Uint8Array<ArrayBuffer> {
  const where = `run = @run and ${inPlace(db, run, node, parent)}`;
  const found = prepared<[object], { batches: number; last: number | null; spread: number; digits: string | null }>(
    db,
    `select count(*) as batches, max(idx) as last, max(idx - scope) - min(idx - scope) as spread,
        group_concat(status, '') as digits
      from (select idx, scope, status from batches where ${where} order by scope)`,
  ).get({ run, parent, node });
  const { batches = 0, last = null, spread = 0, digits = null } = found ?? {};
  if (last === null || digits === null) return new Uint8Array(0);
  const bytes = new Uint8Array(lengthUpTo(last));
  if (spread === 0 && batches === last + 1 && digits.length === batches) {
    for (let index = 0; index < batches; index++) bytes[index] = digits.charCodeAt(index) - DIGIT_ZERO;
    return bytes;
  }
  const rows = preparedRaw<[object], [number, number]>(
    db,
    `select idx, status from batches where ${where} and idx >= 0`,
  );
  for (const [index, status] of rows.iterate({ run, parent, node })) bytes[index] = status;
  return bytes;
}

/** How long each batch took, in milliseconds; of one that runs, so far; -1 for one that has not begun. */
export function durations(
  db: Database,
  run: number,
  node: number,
  parent: number,
  now: number,
): { values: Float32Array<ArrayBuffer>; max: number } {
  const values = new Float32Array(lengthOf(db, run, node, parent)).fill(-1);
  const rows = preparedRaw<[object], [number, number]>(
    db,
    `select idx, coalesce(ended_at, @now) - started_at from batches
     where run = @run and ${inPlace(db, run, node, parent)} and started_at is not null and status <> ${BatchStatus.waiting} and idx >= 0`,
  );
  let max = 0;
  for (const [index, ms] of rows.iterate({ now, run, parent, node })) {
    values[index] = ms;
    max = Math.max(max, ms);
  }
  return { values, max };
}

/** One more than the highest index of a node's batches in one scope. */
export function lengthOf(db: Database, run: number, node: number, parent: number): number {
  const last = prepared<[number, number, number], { last: number | null }>(
    db,
    'select max(idx) as last from batches where run = ? and parent = ? and node = ?',
  ).get(run, parent, node)?.last;
  return lengthUpTo(last ?? -1);
}
