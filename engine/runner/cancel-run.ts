import type { Database } from 'better-sqlite3';
import { NEXT } from '../../common/next-steps.ts';
import { told } from '../../common/told.ts';
import { systemClock } from '../run/clock.ts';
import { RunStateError } from '../store/run-state-error.ts';
import { cancelAtRest, checkCancellable } from '../store/cancel.ts';
import { ownerOf } from '../store/leases.ts';
import type { ProcessIdentity } from '../store/process-identity.ts';
import { askToStop, requireRun } from '../store/runs.ts';
import { killVerified } from './kill.ts';

/** The process of the run kills itself earlier, when it still can (see KILL_AFTER_MS of the supervisor). */
const KILL_AFTER_MS = 10_000;
const LOOK_EVERY_MS = 100;

/** Asks the run's process to stop and waits until it has; without a process, marks what is left as cancelled. */
export async function cancelRun(db: Database, run: number, reason: string): Promise<void> {
  checkCancellable(requireRun(db, run));
  const killAt = performance.now() + KILL_AFTER_MS;
  for (let owner = ownerOf(db, run); owner; owner = ownerOf(db, run)) {
    askToStop(db, run, 'cancelled', reason);
    if (owner.isCertain && performance.now() > killAt) killOwner(run, owner);
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
  }
  cancelAtRest(db, run, reason, systemClock.now());
}

/**
 * Ends the run's process, and what it has started, where it does not answer. @throws RunStateError when it must not be
 * ended from here
 */
function killOwner(run: number, owner: ProcessIdentity): void {
  if (killVerified(owner) === 'not-verified')
    throw new RunStateError(
      told`Run ${run} is held by process ${owner.pid} on ${owner.host}, which does not answer. From here, Cronflow cannot verify that this process still is the one that works on the run, so it did not end it. Look at the process there; end it if it is the run's, then try again: ${NEXT.cancelAgain(run)}`,
    );
}
