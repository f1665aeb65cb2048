import type { Database } from 'better-sqlite3';
import { checkFree } from './leases.ts';
import { cancelUnfinished, putBackInFlight, readRun } from './runs.ts';
import { takeOver } from './take-over.ts';

/**
 * Marks what is left of a run that nobody works on as cancelled. A run that has completed or failed meanwhile stays as it is.
 * @throws RunTakenError
 */
export function cancelAtRest(db: Database, run: number, reason: string, now: number): void {
  checkFree(db, run);
  const cancel = db.transaction(() => {
    const row = readRun(db, run);
    if (!row || row.status === 'completed' || row.status === 'failed' || row.status === 'cancelled') return;
    const lease = takeOver(db, row, now);
    putBackInFlight(db, run, now);
    cancelUnfinished(db, run, now);
    // The counts are told by the rows from now on.
    db.prepare(
      `update runs set status = 'cancelled', reason = ?, counts = null, ended_at = max(?, started_at) where id = ?`,
    ).run(reason, now, run);
    lease.release();
  });
  cancel.immediate();
}
