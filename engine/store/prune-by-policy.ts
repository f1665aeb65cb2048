import type { Database } from 'better-sqlite3';
import { deleteIdleRuns } from './delete-run.ts';
import { judgeRuns } from './prune.ts';
import { deleteExpiredShared } from './shared-state.ts';
import { inTransaction } from './transactions.ts';
import { isPruneDue, takeDuePrune } from './store-policies.ts';
import { giveBackSpace } from './store-space.ts';

/**
 * Deletes the runs that the store's own policy names, where it is due, and the values whose time is over.
 * @returns how many runs it has deleted
 */
export function pruneByPolicy(db: Database, now: () => number): number {
  // Without a policy, as most stores are, nothing is written.
  if (!isPruneDue(db, now())) return 0;
  const rule = takeDuePrune(db, now());
  if (!rule) return 0;
  const runs = judgeRuns(db, rule, now()).filter(({ kept }) => kept === undefined);
  let deleted = 0;
  for (const _ of deleteIdleRuns(
    db,
    runs.map(({ run }) => run),
    now,
  ))
    deleted += 1;
  const expired = deleteExpiredValues(db, now());
  if (deleted > 0 || expired > 0) giveBackSpace(db);
  return deleted;
}

/** Deletes the values that runs share and whose time is over. @returns how many there were */
export function deleteExpiredValues(db: Database, now: number): number {
  const deletions = inTransaction(db, () => deleteExpiredShared(db, now));
  return deletions.reduce((sum, { deleted }) => sum + deleted, 0);
}
