import type { Database } from 'better-sqlite3';
import { failpoint } from '../failpoints.ts';
import { Lease, ownerOf, RunTakenError } from './leases.ts';
import { childrenOf, descendantsOf } from './subflow-store.ts';
import type { OwnerWatch } from './owner-watch.ts';
import { prepared, preparedColumn } from './prepared-queries.ts';
import { forgetKey } from './run-keys.ts';
import { readRun, requireRun } from './runs.ts';
import { inTransaction, pauseForOthers } from './transactions.ts';

/*
 * A run of a million batches has millions of rows. Deleted in one transaction, they would hold the store for minutes. So the run
 * is marked first, from when on it is gone for everybody; then its rows are deleted page by page, and the run itself at the
 * end. Where the process is killed in between, the next one that deletes, or the next Studio, goes on.
 */

/** A transaction of this many rows takes about 20 ms. */
export const DELETED_A_PAGE = 5_000;
const LONGEST_TRANSACTION_MS = 20;

type LargeTable = readonly [table: string, key: string, rowsAPage?: number];

/** Tables of which a run may have very many rows, each with what tells its rows apart. The others go with the run itself. */
const LARGE_TABLES: readonly LargeTable[] = [
  // Its rows have 256 kB each.
  ['output_pages', 'at, page', 64],
  ['steps', 'scope, node, attempt'],
  ['logs', 'id'],
  ['state_writes', 'seq'],
  ['effects', 'key'],
  ['findings', 'scope, batch_attempt, item'],
  ['searches', 'scope, batch_attempt'],
  ['set_aside', 'scope, item, since_attempt'],
  ['batch_amounts', 'scope'],
  ['batch_items', 'scope, attempt'],
  ['batch_attempts', 'scope, attempt'],
  ['takeovers', 'scope, batch_attempt, epoch'],
  ['batches', 'scope'],
  ['item_pages', 'first_scope'],
  ['amount_totals', 'node, parent'],
  ['splits', 'node, parent'],
  ['state', 'key'],
  ['rerun_pages', 'page'],
];

/**
 * Deletes a run with all that is stored of it, and the runs that are a part of it. Its number is not given to another run. @throws RunStateError when there is no
 * such run, RunTakenError when a process works on it
 */
export function deleteRun(db: Database, run: number, now: () => number, watch?: OwnerWatch): void {
  const leases = inTransaction(db, () => {
    requireRun(db, run);
    return takeAll(db, run, now(), watch);
  });
  for (const lease of leases) deleteRows(db, lease, now);
  deleteUnusedSources(db);
}

/**
 * Deletes runs that nobody works on: small ones many at a time. @returns which it has deleted; the others are gone, or are
 * worked on now
 */
export function* deleteIdleRuns(
  db: Database,
  runs: readonly number[],
  now: () => number,
  watch?: OwnerWatch,
): Generator<number> {
  for (let at = 0; at < runs.length;) {
    const deleted = inTransaction(db, () => {
      const small: number[] = [];
      const until = performance.now() + LONGEST_TRANSACTION_MS;
      for (; at < runs.length && performance.now() < until; at++) {
        const run = runs[at] ?? 0;
        if (!readRun(db, run) || ownerOf(db, run, watch)) continue;
        if (isLarge(db, run) || childrenOf(db, run).length > 0) break;
        deleteRow(db, run);
        small.push(run);
      }
      return small;
    });
    yield* deleted;
    const next = runs[at];
    // It may be gone since: then nothing happens.
    if (next !== undefined && deleted.length === 0) {
      at += 1;
      if (deleteIfIdle(db, next, now, watch)) yield next;
    } else pauseForOthers();
  }
  deleteUnusedSources(db);
}

function deleteIfIdle(db: Database, run: number, now: () => number, watch?: OwnerWatch): boolean {
  try {
    const leases = inTransaction(db, () => (readRun(db, run) ? takeAll(db, run, now(), watch) : []));
    for (const lease of leases) deleteRows(db, lease, now);
    return leases.length > 0;
  } catch (error) {
    if (error instanceof RunTakenError) return false;
    throw error;
  }
}

/** Takes a run and all that are a part of it, or none of them. From then on they are gone for everybody. @throws RunTakenError */
function takeAll(db: Database, run: number, now: number, watch: OwnerWatch | undefined): Lease[] {
  return [run, ...descendantsOf(db, run)].map(each => {
    const lease = Lease.take(db, each, now, watch);
    markDeleted(db, each);
    return lease;
  });
}

function markDeleted(db: Database, run: number): void {
  db.prepare('insert into run_deletions (run) values (?)').run(run);
  forgetKey(db, run);
}

/** Whether some table has a page of its rows, or more. */
function isLarge(db: Database, run: number): boolean {
  return LARGE_TABLES.some(
    ([table, , rows = DELETED_A_PAGE]) =>
      prepared<[number], unknown>(db, `select 1 from ${table} where run = ? limit 1 offset ${rows - 1}`).get(run) !==
      undefined,
  );
}

/** With all that is left of it in other tables. */
function deleteRow(db: Database, run: number): void {
  prepared<[number]>(db, 'delete from runs where id = ?').run(run);
}

/** Goes on with the deletions that a killed process has left. Those that another process is at are its own. */
export function finishDeletions(db: Database, now: () => number, watch?: OwnerWatch): void {
  for (const run of unfinishedDeletions(db)) {
    const lease = Lease.takeIfFree(db, run, now(), watch);
    if (lease) deleteRows(db, lease, now);
  }
  deleteUnusedSources(db);
}

export function unfinishedDeletions(db: Database): readonly number[] {
  return preparedColumn<[], number>(db, 'select run from run_deletions order by run').all();
}

function deleteRows(db: Database, lease: Lease, now: () => number): void {
  const { run } = lease;
  for (const table of LARGE_TABLES) {
    const page = pageOf(db, table);
    while (page(run, lease, now)) {
      failpoint('run-page-deleted');
      pauseForOthers();
    }
  }
  inTransaction(db, () => {
    lease.check();
    deleteRow(db, run);
  });
}

/** Files of code that no run has any more. */
function deleteUnusedSources(db: Database): void {
  db.prepare(
    'delete from sources where not exists (select 1 from session_sources s where s.hash = sources.hash)',
  ).run();
}

/** Deletes the next rows of a table. @returns whether there may be more */
function pageOf(
  db: Database,
  [table, key, rows = DELETED_A_PAGE]: LargeTable,
): (run: number, lease: Lease, now: () => number) => boolean {
  const last = db
    .prepare<[number], unknown[]>(
      `select ${key} from ${table} where run = ? order by ${key} limit 1 offset ${rows - 1}`,
    )
    .raw();
  const bound = key.replaceAll(/\w+/g, '?');
  const remove = db.prepare(`delete from ${table} where run = ? and (${key}) <= (${bound})`);
  return (run, lease, now) => {
    const upTo = last.get(run);
    // The rest, less than a page, goes with the run itself.
    if (!upTo) return false;
    inTransaction(db, () => {
      lease.check();
      lease.renew(now());
      remove.run(run, ...upTo);
    });
    return true;
  };
}
