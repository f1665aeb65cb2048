import Database from 'better-sqlite3';
import { migrate } from './migrations.ts';
import { descendantsOf } from './subflow-store.ts';
import type { StoreDatabase } from './open.ts';

/** The name of a store that no file has, as SQLite calls it. */
export const IN_MEMORY = ':memory:';

/** A store that is gone with its connection. */
export function openMemoryStore(): StoreDatabase {
  const db = new Database(IN_MEMORY);
  db.pragma('foreign_keys = ON');
  migrate(db, 0);
  return db;
}

/** A run that nobody asks for any more, with all that belongs to it, and the runs that are a part of it. */
export function forgetRun(db: StoreDatabase, run: number): void {
  for (const each of [run, ...descendantsOf(db, run)]) db.prepare('delete from runs where id = ?').run(each);
}
