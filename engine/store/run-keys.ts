import type { Database } from 'better-sqlite3';
import { prepared } from './prepared-queries.ts';

/* Keys of runs: who starts a run with a key starts it once, however often and from however many processes it is tried. */

/** The run that has a key, and what it was started with. */
export interface KeyedRun {
  readonly run: number;
  readonly workflow: string;
  /** The payload as it was given, in the codec's text. */
  readonly given: string;
}

/** There is a run with this key already. */
export class KeyTakenError extends Error {
  override readonly name = 'KeyTakenError';
  readonly by: KeyedRun;

  constructor(by: KeyedRun) {
    super(`Run ${by.run} has this key.`);
    this.by = by;
  }
}

/** In the transaction that creates the run, so that of two processes one finds the run of the other. @throws KeyTakenError */
export function checkKeyFree(db: Database, key: string): void {
  const by = prepared<[string], KeyedRun>(
    db,
    'select id as run, workflow, coalesce(given_payload, payload) as given from runs where key = ?',
  ).get(key);
  if (by) throw new KeyTakenError(by);
}

/** A run that is being deleted leaves its key to others. */
export function forgetKey(db: Database, run: number): void {
  prepared<[number]>(db, 'update runs set key = null where id = ?').run(run);
}
