import type { Database } from 'better-sqlite3';
import { failpoint } from '../failpoints.ts';
import { Lease } from './leases.ts';
import type { OwnerWatch } from './owner-watch.ts';
import { preparedColumn } from './prepared-queries.ts';
import { forgetKey } from './run-keys.ts';
import { requireRun } from './runs.ts';
import { inTransaction, pauseForOthers } from './transactions.ts';

/*
 * A run of a million batches has millions of rows. Deleted in one transaction, they would hold the store for minutes. So the run
 * is marked first, from when on it is gone for everybody; then its rows are deleted page by page, and the run itself at the
 * end. Where the process is killed in between, the next one that deletes, or the next Studio, goes on.
 */

/** A transaction of this many rows takes about 20 ms. */
export const DELETED_A_PAGE = 5_000;

/** Tables of which a run may have very many rows, each with what tells its rows apart. The others go with the run itself. */
const LARGE_TABLES: readonly (readonly [table: string, key: string])[] = [
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
  ['batches', 'scope'],
  ['item_pages', 'first_scope'],
  ['amount_totals', 'node, parent'],
  ['splits', 'node, parent'],
  ['state', 'key'],
  ['rerun_pages', 'page'],
];

/**
 * Deletes a run with all that is stored of it. Its number is not given to another run. @throws RunStateError when there is no
 * such run, RunTakenError when a process works on it
 */
export function deleteRun(db: Database, run: number, now: () => number, watch?: OwnerWatch): void {
  const lease = inTransaction(db, () => {
    requireRun(db, run);
    const taken = Lease.take(db, run, now(), watch);
    db.prepare('insert into run_deletions (run) values (?)').run(run);
    forgetKey(db, run);
    return taken;
  });
  deleteRows(db, lease, now);
}

/** Goes on with the deletions that a killed process has left. Those that another process is at are its own. */
export function finishDeletions(db: Database, now: () => number, watch?: OwnerWatch): void {
  for (const run of unfinishedDeletions(db)) {
    const lease = Lease.takeIfFree(db, run, now(), watch);
    if (lease) deleteRows(db, lease, now);
  }
}

export function unfinishedDeletions(db: Database): readonly number[] {
  return preparedColumn<[], number>(db, 'select run from run_deletions order by run').all();
}

function deleteRows(db: Database, lease: Lease, now: () => number): void {
  const { run } = lease;
  for (const [table, key] of LARGE_TABLES) {
    const page = pageOf(db, table, key);
    while (page(run, lease, now)) {
      failpoint('run-page-deleted');
      pauseForOthers();
    }
  }
  inTransaction(db, () => {
    lease.check();
    db.prepare('delete from runs where id = ?').run(run);
    db.prepare('delete from sources where hash not in (select hash from session_sources)').run();
  });
}

/** Deletes the next rows of a table. @returns whether there may be more */
function pageOf(db: Database, table: string, key: string): (run: number, lease: Lease, now: () => number) => boolean {
  const last = db
    .prepare<[number], unknown[]>(
      `select ${key} from ${table} where run = ? order by ${key} limit 1 offset ${DELETED_A_PAGE - 1}`,
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
