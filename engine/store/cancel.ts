import type { Database } from 'better-sqlite3';
import { NEXT } from '../../common/next-steps.ts';
import { isOver } from '../../common/status.ts';
import { told } from '../../common/told.ts';
import { cancelPages, CANCELLED_A_PAGE, nextToCancel, unfinishedCancel } from './cancel-pages.ts';
import { checkFree, ownerOf, type Lease } from './leases.ts';
import { childrenOf } from './subflow-store.ts';
import type { OwnerWatch } from './owner-watch.ts';
import { hasPagesToWrite, writePages } from './rerun-pages.ts';
import { askToStop, cancelUnfinished, forgetStop, putBackInFlight, readRun, requireRun, type RunRow } from './runs.ts';
import { RunStateError } from './run-state-error.ts';
import { withRunningSteps } from './running-steps.ts';
import { takeOver } from './take-over.ts';
import { cancelInTally, settleTally } from './tally-now.ts';
import { inTransaction, pauseForOthers } from './transactions.ts';

/** @throws RunStateError where nothing of the run is left to cancel */
export function checkCancellable({ id, status }: Pick<RunRow, 'id' | 'status'>): void {
  if (status === 'completed' || status === 'cancelled')
    throw new RunStateError(`Run ${id} is ${status} already: there is nothing to cancel.`);
  if (status === 'failed')
    throw new RunStateError(
      told`Run ${id} has failed: nothing of it is running that could be cancelled. To re-run what failed: ${NEXT.rerun(id)}`,
    );
}

/**
 * Marks what is left of a run that nobody works on as cancelled. A run that has completed or failed meanwhile stays as it is.
 * @throws RunTakenError
 */
export function cancelAtRest(db: Database, run: number, reason: string, now: number, watch?: OwnerWatch): void {
  checkFree(db, run, watch);
  cancelChildren(db, run, reason, now, watch);
  finishReopening(db, run, now, watch);
  const begun = inTransaction(db, () => {
    const row = readRun(db, run);
    if (!row || isOver(row.status)) return undefined;
    const lease = takeOver(db, row, now, watch);
    const told = withRunningSteps(db, run, reason);
    putBackInFlight(db, run, now);
    settleTally(db, run);
    if (nextToCancel(db, run, 0).length < CANCELLED_A_PAGE) {
      finish(db, lease, told, now);
      return undefined;
    }
    askToStop(db, run, 'cancelled', told);
    return { lease, told };
  });
  if (!begun) return;
  const { lease, told } = begun;
  for (const { write } of cancelPages(db, lease, told, () => now)) {
    inTransaction(db, write);
    pauseForOthers();
  }
  inTransaction(db, () => {
    lease.check();
    finish(db, lease, told, now);
  });
}

/** What is a part of a run that is cancelled does not go on, either. It ends before that. */
function cancelChildren(db: Database, run: number, reason: string, now: number, watch: OwnerWatch | undefined): void {
  const status = readRun(db, run)?.status;
  if (status !== undefined && isOver(status)) return;
  for (const child of childrenOf(db, run)) {
    if (ownerOf(db, child, watch)) askToStop(db, child, 'cancelled', reason);
    else cancelAtRest(db, child, reason, now, watch);
  }
}

/** Cancels a run of which that was asked before its process was killed. @throws RunTakenError */
export function finishCancel(db: Database, run: number, now: number, watch?: OwnerWatch): void {
  const reason = unfinishedCancel(db, run);
  if (reason !== undefined) cancelAtRest(db, run, reason, now, watch);
}

/** The last page, and the run. In the caller's transaction. */
function finish(db: Database, lease: Lease, reason: string, now: number): void {
  const { run } = lease;
  cancelUnfinished(db, run, now);
  cancelInTally(db, run);
  // The counts are told by the rows from now on.
  db.prepare(
    `update runs set status = 'cancelled', reason = ?, counts = null, ended_at = max(?, started_at) where id = ?`,
  ).run(reason, now, run);
  forgetStop(db, run);
  lease.release();
}

/** What is cancelled is the run as its last re-run has made it, also where that was killed before it had written everything. */
function finishReopening(db: Database, run: number, now: number, watch?: OwnerWatch): void {
  if (!hasPagesToWrite(db, run)) return;
  const lease = inTransaction(db, () => takeOver(db, requireRun(db, run), now, watch));
  for (const _ of writePages(db, lease, () => now)) pauseForOthers();
  lease.release();
}
