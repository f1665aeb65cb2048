import type { Database } from 'better-sqlite3';
import { openStore, storeError } from '../engine/store/open.ts';

/** Opens a store for the time of some work. @throws StoreError, also for what SQLite refuses meanwhile */
export async function withStore<T>(
  store: string,
  mode: 'read' | 'write',
  work: (db: Database) => T | Promise<T>,
): Promise<T> {
  const db = openStore(store, { mode });
  try {
    return await work(db);
  } catch (error) {
    throw storeError(store, error);
  } finally {
    db.close();
  }
}
