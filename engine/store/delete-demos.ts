import type { Database } from 'better-sqlite3';
import { deleteRun, finishDeletions } from './delete-run.ts';
import { checkFree } from './leases.ts';
import type { OwnerWatch } from './owner-watch.ts';
import { preparedColumn } from './prepared-queries.ts';
import { readRun } from './runs.ts';
import { giveBackSpace } from './store-space.ts';
import { inTransaction } from './transactions.ts';

/**
 * Deletes all demos of a store, and no other run. Where nothing is left in it, the next run has the number 1 again: each demo is
 * the same. @returns those that there were @throws RunTakenError, before anything is deleted, when a process works on one of them
 */
export function deleteDemos(db: Database, now: () => number, watch?: OwnerWatch): readonly number[] {
  finishDeletions(db, now, watch);
  const demos = preparedColumn<[], number>(db, 'select id from runs where demo = 1 order by id').all();
  for (const run of demos) checkFree(db, run, watch);
  // A part of another one goes with that.
  for (const run of demos) if (readRun(db, run)) deleteRun(db, run, now, watch);
  inTransaction(db, () => {
    db.prepare("delete from sqlite_sequence where name = 'runs' and not exists (select 1 from runs)").run();
  });
  giveBackSpace(db);
  return demos;
}
