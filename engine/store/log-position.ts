import type { Database, Statement } from 'better-sqlite3';

/**
 * Keeps the place of a connection in the write-ahead log from one transaction to the next. Each transaction begins with a
 * read of the store as it is now, for which SQLite takes a lock, moves it to the end of the log, and gives it back with the
 * commit: four of the six system calls that locks cost a transaction (bench/queue.ts). Where one transaction
 * follows the other, a statement that has not been read to its end keeps the lock.
 *
 * Meanwhile the log cannot be shortened, and a transaction fails to begin when another process has written: let go first.
 */
export class LogPosition {
  readonly #db: Database;
  readonly #statement: Statement;
  #rows: IterableIterator<unknown> | undefined;

  constructor(db: Database) {
    this.#db = db;
    this.#statement = db.prepare('select 1 from sqlite_schema');
    // Otherwise better-sqlite3 lets nothing be written before the statement has been read to its end.
    db.unsafeMode(true);
  }

  get isKept(): boolean {
    return this.#rows !== undefined;
  }

  /** Inside a transaction: the lock stays when that commits. A store in memory has no log. */
  keep(): void {
    if (this.#rows || this.#db.memory) return;
    this.#rows = this.#statement.iterate();
    this.#rows.next();
  }

  release(): void {
    this.#rows?.return?.();
    this.#rows = undefined;
  }
}
