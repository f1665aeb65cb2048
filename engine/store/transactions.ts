import type { Database } from 'better-sqlite3';

/** Reads several things as they are at one moment, whatever others write meanwhile. */
export function consistently<T>(db: Database, read: () => T): T {
  return db.transaction(read)();
}
