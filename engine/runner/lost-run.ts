import type { Database } from 'better-sqlite3';
import { debugRunner } from '../debug.ts';
import type { Stop } from '../run/stop.ts';
import { cancelAtRest } from '../store/cancel.ts';
import { readRun, recordLoss } from '../store/runs.ts';

/** A run whose process ended without saying how. */
export interface LostRun {
  /** In words, why its process ended. */
  readonly reason: string;
  /** The lease which that process had: see `Lease.owner`. */
  readonly owner: string;
  /** What that process was asked to stop as, if it was. */
  readonly stop?: Stop | undefined;
}

/**
 * Writes into the store that the process of a run is gone, as the run would have done itself. A run that was asked to cancel is
 * cancelled, even when its process had to be killed for it.
 */
export function recordLostRun(db: Database, run: number, { reason, owner, stop }: LostRun, now: number): void {
  debugRunner('run %d is lost: %s', run, reason);
  recordLoss(db, run, owner, reason, now);
  const noted = readRun(db, run);
  // Its reason names the steps that were running.
  if (stop?.as === 'cancelled' && noted?.status === 'interrupted')
    cancelAtRest(db, run, `${stop.reason}, and ${noted.reason ?? reason}`, now);
}
