import type { Database } from 'better-sqlite3';

/** Does the work in one transaction that no other process can write beside. A throw undoes all of it. */
export function inTransaction<T>(db: Database, work: () => T): T {
  return db.transaction(work).immediate();
}

/** Reads several things as they are at one moment, whatever others write meanwhile. */
export function consistently<T>(db: Database, read: () => T): T {
  return db.transaction(read)();
}
