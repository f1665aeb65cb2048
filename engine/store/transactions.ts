import type { Database } from 'better-sqlite3';

/** Does the work in one transaction that no other process can write beside. A throw undoes all of it. */
export function inTransaction<T>(db: Database, work: () => T): T {
  return db.transaction(work).immediate();
}

const PAUSE_MS = 5;
const nobody = new Int32Array(new SharedArrayBuffer(4));

/**
 * Between two of many transactions, in a process or thread that has nothing else to do: others that wait for the store look
 * again about as often.
 */
export function pauseForOthers(): void {
  Atomics.wait(nobody, 0, 0, PAUSE_MS);
}

/** Reads several things as they are at one moment, whatever others write meanwhile. */
export function consistently<T>(db: Database, read: () => T): T {
  return db.transaction(read)();
}
