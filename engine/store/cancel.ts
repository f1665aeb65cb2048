import type { Database } from 'better-sqlite3';
import { checkFree } from './leases.ts';
import { hasPagesToWrite, writePages } from './rerun-pages.ts';
import { cancelUnfinished, putBackInFlight, readRun, requireRun } from './runs.ts';
import { withRunningSteps } from './running-steps.ts';
import { takeOver } from './take-over.ts';
import { cancelInTally, settleTally } from './tally-now.ts';
import { inTransaction } from './transactions.ts';

/**
 * Marks what is left of a run that nobody works on as cancelled. A run that has completed or failed meanwhile stays as it is.
 * @throws RunTakenError
 */
export function cancelAtRest(db: Database, run: number, reason: string, now: number): void {
  checkFree(db, run);
  finishReopening(db, run, now);
  const cancel = db.transaction(() => {
    const row = readRun(db, run);
    if (!row || row.status === 'completed' || row.status === 'failed' || row.status === 'cancelled') return;
    const lease = takeOver(db, row, now);
    const told = withRunningSteps(db, run, reason);
    putBackInFlight(db, run, now);
    settleTally(db, run);
    cancelUnfinished(db, run, now);
    cancelInTally(db, run);
    // The counts are told by the rows from now on.
    db.prepare(
      `update runs set status = 'cancelled', reason = ?, counts = null, ended_at = max(?, started_at) where id = ?`,
    ).run(told, now, run);
    lease.release();
  });
  cancel.immediate();
}

/** What is cancelled is the run as its last re-run has made it, also where that was killed before it had written everything. */
function finishReopening(db: Database, run: number, now: number): void {
  if (!hasPagesToWrite(db, run)) return;
  const lease = inTransaction(db, () => takeOver(db, requireRun(db, run), now));
  for (const _ of writePages(db, lease, () => lease.renew(now)));
  lease.release();
}
