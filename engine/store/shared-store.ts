import { decode } from './codec.ts';
import type { StoreDatabase } from './open.ts';
import {
  deleteExpiredShared,
  readShared,
  sharedCounts,
  sharedNumber,
  writeShared,
  type SharedCount,
  type SharedDeletions,
} from './shared-state.ts';
import { inTransaction } from './transactions.ts';

/** What runs share, for whoever is in no step: each call is a transaction of its own. Values are in the codec's text. */
export interface SharedAccess {
  read(workflow: string, key: string): string | undefined;
  /** @param ttlMs How long it is there; undefined: for ever */
  set(workflow: string, key: string, value: string, ttlMs: number | undefined): void;
  /** Returns the sum. @throws TypeError where it is no number */
  increment(workflow: string, key: string, by: number): number;
  /** Returns whether there was a value. */
  remove(workflow: string, key: string): boolean;
  /** How many values there are, in which file. */
  counts(): { readonly file: string; readonly counts: readonly SharedCount[] };
  deleteExpired(): readonly SharedDeletions[];
}

export interface SharedStoreOptions {
  readonly file: string;
  readonly now: () => number;
  /** Does work in the store. */
  readonly within: <T>(work: (db: StoreDatabase) => T) => T;
}

/** Where the store's file is at hand. */
export class SharedStore implements SharedAccess {
  readonly #options: SharedStoreOptions;

  constructor(options: SharedStoreOptions) {
    this.#options = options;
  }

  read(workflow: string, key: string): string | undefined {
    return this.#options.within(db => readShared(db, workflow, key, this.#options.now()));
  }

  set(workflow: string, key: string, value: string, ttlMs: number | undefined): void {
    this.#change((db, at) => {
      const expiresAt = ttlMs === undefined ? null : at + ttlMs;
      writeShared(db, { op: 'set', workflow, key, at, value, expiresAt }, null);
    });
  }

  increment(workflow: string, key: string, by: number): number {
    return this.#change((db, at) => {
      const text = writeShared(db, { op: 'incr', workflow, key, at, by }, null);
      if (typeof text === 'string') return Number(decode(text));
      return sharedNumber(decode(readShared(db, workflow, key, at) ?? ''), key);
    });
  }

  remove(workflow: string, key: string): boolean {
    return this.#change((db, at) => {
      const wasThere = readShared(db, workflow, key, at) !== undefined;
      writeShared(db, { op: 'delete', workflow, key, at }, null);
      return wasThere;
    });
  }

  counts(): { readonly file: string; readonly counts: readonly SharedCount[] } {
    const { file, within, now } = this.#options;
    return { file, counts: within(db => sharedCounts(db, now())) };
  }

  deleteExpired(): readonly SharedDeletions[] {
    return this.#change((db, at) => deleteExpiredShared(db, at));
  }

  #change<T>(work: (db: StoreDatabase, at: number) => T): T {
    const { within, now } = this.#options;
    return within(db => inTransaction(db, () => work(db, now())));
  }
}
