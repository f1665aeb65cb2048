import { encode } from '../store/codec.ts';
import { openMemoryStore } from '../store/memory-store.ts';
import type { StoreDatabase } from '../store/open.ts';
import { ALL_WORKFLOWS, readShared, writeShared, type SharedWrite } from '../store/shared-state.ts';
import type { SharedReplacement } from '../run/replacements.ts';

/** What runs share in a test: nobody else's, and its own from the first use on. */
export class TestShared implements SharedReplacement {
  readonly #begin: Readonly<Record<string, unknown>>;
  #db: StoreDatabase | undefined;

  /** @param begin Values of all workflows, by their keys */
  constructor(begin: Readonly<Record<string, unknown>> = {}) {
    this.#begin = begin;
  }

  read(workflow: string, key: string, now: number): string | undefined {
    return readShared(this.#store(), workflow, key, now);
  }

  write(write: SharedWrite): void {
    writeShared(this.#store(), write, null);
  }

  /** Made when a step asks for it: most tests never do. */
  #store(): StoreDatabase {
    if (this.#db) return this.#db;
    const db = openMemoryStore();
    for (const [key, value] of Object.entries(this.#begin)) {
      const text = encode(value, `globalState.${key}`);
      writeShared(db, { op: 'set', workflow: ALL_WORKFLOWS, key, at: 0, value: text, expiresAt: null }, null);
    }
    return (this.#db = db);
  }
}
