import type { Database } from 'better-sqlite3';
import { deleteIdleRuns } from './delete-run.ts';
import { judgeRuns } from './prune.ts';
import { isPruneDue, takeDuePrune } from './store-policies.ts';
import { giveBackSpace } from './store-space.ts';

/** Deletes what the store's own policy says, where it is due. @returns how many runs it has deleted */
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
  if (deleted > 0) giveBackSpace(db);
  return deleted;
}
