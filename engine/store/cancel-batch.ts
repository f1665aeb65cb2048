import type { Database } from 'better-sqlite3';
import { NEXT } from '../../common/next-steps.ts';
import { BatchStatus, isFinished } from '../../common/status.ts';
import { told } from '../../common/told.ts';
import { askToCancelBatch } from './batch-cancels.ts';
import { ownerOf } from './leases.ts';
import { prepared } from './prepared-queries.ts';
import { RunStateError } from './run-state-error.ts';
import { inTransaction } from './transactions.ts';

/**
 * Asks the owner of a run to cancel a batch. `name` is what the batch is called. @throws RunStateError where nobody works on the run, or the
 * batch is over
 */
export function cancelBatch(db: Database, run: number, scope: number, name: string, reason: string): void {
  inTransaction(db, () => {
    checkBatchCancellable(db, run, scope, name);
    askToCancelBatch(db, run, scope, reason);
  });
}

/** @throws RunStateError where the cancel of a batch would be refused */
export function checkBatchCancellable(db: Database, run: number, scope: number, name: string): void {
  const batch = prepared<[number, number], { status: number }>(
    db,
    'select status from batches where run = ? and scope = ?',
  ).get(run, scope);
  if (!batch) throw new RunStateError(`Run ${run} has no ${name}.`);
  if (isFinished(batch.status) || batch.status === BatchStatus.superseded)
    throw new RunStateError(`${capital(name)} of run ${run} is over: there is nothing to cancel.`);
  // The owner may be about to end: it does so before or after this.
  if (!ownerOf(db, run))
    throw new RunStateError(
      told`Nobody works on run ${run}, so that nothing of its ${name} is running. To cancel all that is left of the run, ${NEXT.cancel(run)}`,
    );
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
