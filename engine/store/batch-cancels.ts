import type { Database } from 'better-sqlite3';
import { prepared } from './prepared-queries.ts';

/* What a person asks of the owner of a run about single batches; the owner looks with each check of its heartbeat. */

export interface AskedBatchCancel {
  readonly scope: number;
  readonly reason: string;
}

/** Asks the owner of a run to cancel a batch. It stays asked for over a kill, until the run ends. */
export function askToCancelBatch(db: Database, run: number, scope: number, reason: string): void {
  prepared<[number, number, string]>(
    db,
    'insert or ignore into batch_cancels (run, scope, reason) values (?, ?, ?)',
  ).run(run, scope, reason);
}

export function batchCancelsAsked(db: Database, run: number): readonly AskedBatchCancel[] {
  return prepared<[number], AskedBatchCancel>(db, 'select scope, reason from batch_cancels where run = ?').all(run);
}

/** They have come about, or are over with the run: a re-run of such a batch is another decision. */
export function forgetBatchCancels(db: Database, run: number): void {
  prepared<[number]>(db, 'delete from batch_cancels where run = ?').run(run);
}
