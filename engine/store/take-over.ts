import type { Database } from 'better-sqlite3';
import { Lease } from './leases.ts';
import type { OwnerWatch } from './owner-watch.ts';
import { observedRun } from './run-as-shown.ts';
import type { RunRow } from './runs.ts';

/**
 * Takes a run that may have lost its process. One that went without a word, and had nobody to note it, is put on record: it
 * worked up to its last sign of life, which goes with its lease. In the caller's transaction. @throws RunTakenError
 */
export function takeOver(db: Database, run: RunRow, now: number, watch?: OwnerWatch): Lease {
  const observed = observedRun(db, run.id, watch);
  const lease = Lease.take(db, run.id, now, watch);
  db.prepare(
    `update sessions set ended_at = max(started_at, coalesce(?, 0)), outcome = 'interrupted' where run = ? and ended_at is null`,
  ).run(observed?.heartbeat ?? null, run.id);
  return lease;
}
