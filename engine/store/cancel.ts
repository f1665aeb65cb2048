import type { Database } from 'better-sqlite3';
import { Lease } from './leases.ts';
import { activeMs } from './queries.ts';
import { cancelUnfinished, putBackInFlight, readRun } from './runs.ts';

/**
 * Marks what is left of a run that nobody works on as cancelled. A run that has completed or failed meanwhile stays as it is.
 * @throws RunTakenError
 */
export function cancelAtRest(db: Database, run: number, reason: string, now: number): void {
  const cancel = db.transaction(() => {
    const row = readRun(db, run);
    if (!row || row.status === 'completed' || row.status === 'failed' || row.status === 'cancelled') return;
    // Of a process that went without a word, up to its last sign of life, which goes with its lease.
    const worked = activeMs(db, row, now);
    const lease = Lease.take(db, run, now);
    putBackInFlight(db, run, now);
    cancelUnfinished(db, run, now);
    // The counts are told by the rows from now on.
    db.prepare(`update runs set status = 'cancelled', reason = ?, counts = null, ended_at = max(?, started_at), active_ms = ? where id = ?`).run(reason, now, worked, run);
    db.prepare(`update sessions set ended_at = max(?, started_at), outcome = 'cancelled' where run = ? and ended_at is null`).run(now, run);
    lease.release();
  });
  cancel.immediate();
}
