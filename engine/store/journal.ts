import type { Database, Statement } from 'better-sqlite3';
import { storeError } from './open.ts';
import { point } from '../points.ts';

/**
 * The write path. Writes asked for in one turn of the event loop, by however many batches, are one transaction:
 * with 50 batches in flight a checkpoint costs a small part of a transaction of its own (bench/steps.ts).
 *
 * Whoever must not go on before its writes are durable awaits `committed()`. After the first failed transaction the
 * journal stays failed: a run whose checkpoints cannot be kept must not go on.
 */
export class Journal {
  readonly #db: Database;
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #file: string;
  readonly #onFailure: (error: unknown) => void;
  #pending: (() => void)[] = [];
  #group: PromiseWithResolvers<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(db: Database, file: string, onFailure: (error: unknown) => void) {
    this.#db = db;
    this.#begin = db.prepare('begin immediate');
    this.#commit = db.prepare('commit');
    this.#file = file;
    this.#onFailure = onFailure;
  }

  /** Adds a write to this turn's transaction. It runs later, synchronously, and must not read what it has not written. */
  write(statement: () => void): void {
    this.#pending.push(statement);
    if (this.#group) return;
    this.#group = Promise.withResolvers();
    // Most writers only leave their writes here; a failure reaches them through #onFailure.
    this.#group.promise.catch(() => undefined);
    setImmediate(() => this.#flush());
  }

  /** Resolves when everything written so far is in the store. @throws StoreError */
  async committed(): Promise<void> {
    if (this.#failure) throw this.#failure.error;
    await this.#group?.promise;
  }

  #flush(): void {
    const writes = this.#pending;
    const group = this.#group;
    this.#pending = [];
    this.#group = undefined;
    try {
      if (this.#failure) throw this.#failure.error;
      this.#transact(writes);
      group?.resolve();
    } catch (thrown) {
      const error = storeError(this.#file, thrown);
      if (!this.#failure) {
        this.#failure = { error };
        this.#onFailure(error);
      }
      group?.reject(error);
    }
  }

  #transact(writes: readonly (() => void)[]): void {
    point('before-commit');
    this.#begin.run();
    try {
      for (const write of writes) write();
      point('in-transaction');
      this.#commit.run();
    } catch (error) {
      // SQLite has rolled back by itself after some errors, such as a full disk.
      if (this.#db.inTransaction) this.#db.exec('rollback');
      throw error;
    }
    point('after-commit');
  }
}
