import type { Database } from 'better-sqlite3';
import { descendantsOf } from './subflow-store.ts';
import { preparedColumn } from './prepared-queries.ts';

/*
 * How much of the store a run takes. To add that up would be to read all of it, so its rows are sampled: the figure is to be
 * told as "about".
 */

const SAMPLED = 200;

/** What SQLite keeps of a row beside its values: its header, its place in the page, and the indices. */
const ROW_BYTES = 40;

/** In tables that have one or two of each run. */
const ROWS_OF_EACH = 10;

/** SQL: bytes of a row of a table without row numbers. Of more than 1,002 SQLite puts all but some 700 into pages of their own. */
const withOverflow = (bytes: string): string =>
  `iif(${bytes} > 1002, 700 + 4096 * ((${bytes} - 1002 + 4091) / 4092), ${bytes})`;

const STEP_BYTES = `(${ROW_BYTES} + coalesce(octet_length(output), 0) + coalesce(octet_length(error), 0))`;

const PER_SCOPE: readonly string[] = [
  `select coalesce(sum(${withOverflow(STEP_BYTES)}), 0) from steps where run = ? and scope = ?`,
  `select coalesce(sum(${ROW_BYTES} + length(text)), 0) from logs where run = ? and scope = ?`,
  `select coalesce(sum(${ROW_BYTES} + length(items)), 0) from batch_items where run = ? and scope = ?`,
  `select coalesce(sum(${ROW_BYTES} * 2 + coalesce(length(error), 0)), 0) from batches where run = ? and scope = ?`,
];

/** About how many bytes of the store a run takes, with those that are a part of it. They are free for new runs when it is deleted; the file stays as large. */
export function bytesOfRun(db: Database, run: number): number {
  return [run, ...descendantsOf(db, run)].reduce((sum, each) => sum + bytesOfOne(db, each), 0);
}

function bytesOfOne(db: Database, run: number): number {
  const scopes = last(db, 'select max(scope) from batches where run = ?', run);
  const sampled = Math.min(scopes, SAMPLED);
  let bytes = bytesOfScope(db, run, 0);
  for (let at = 0; at < sampled; at++)
    bytes += (bytesOfScope(db, run, 1 + Math.floor((at * scopes) / sampled)) * scopes) / sampled;
  const writes = last(db, 'select max(seq) from state_writes where run = ?', run);
  bytes += writes * (ROW_BYTES + average(db, `select length(value) as bytes from state_writes where run = ?`, run));
  const pages = last(db, 'select count(*) from item_pages where run = ?', run);
  bytes += pages * average(db, `select length(items) + length(lengths) as bytes from item_pages where run = ?`, run);
  const outputs = last(db, 'select count(*) from output_pages where run = ?', run);
  bytes += outputs * average(db, `select octet_length(text) as bytes from output_pages where run = ?`, run);
  bytes += last(
    db,
    `select length(payload) + length(graph) + coalesce(length(output), 0) + coalesce(length(counts), 0) + length(name) * 2 + length(file) * 2
      from runs where id = ?`,
    run,
  );
  bytes += last(db, 'select length(tally) from tallies where run = ?', run);
  bytes += last(db, `select sum(${ROW_BYTES} * 3 + length(path)) from session_sources where run = ?`, run);
  bytes += last(db, `select sum(${ROW_BYTES} + length(path)) from nodes where run = ?`, run);
  bytes += last(db, `select sum(${ROW_BYTES} * 2 + length(value)) from state where run = ?`, run);
  bytes += ROWS_OF_EACH * ROW_BYTES;
  return Math.round(bytes);
}

function bytesOfScope(db: Database, run: number, scope: number): number {
  return PER_SCOPE.reduce(
    (sum, sql) => sum + (preparedColumn<[number, number], number>(db, sql).get(run, scope) ?? 0),
    0,
  );
}

function last(db: Database, sql: string, run: number): number {
  return preparedColumn<[number], number | null>(db, sql).get(run) ?? 0;
}

function average(db: Database, sql: string, run: number): number {
  return last(db, `select avg(bytes) from (${sql} limit ${SAMPLED})`, run);
}
