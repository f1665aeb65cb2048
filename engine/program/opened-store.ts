import path from 'node:path';
import { openStore, type StoreDatabase } from '../store/open.ts';
import type { Work } from './handle.ts';
import type { RunStore } from './types.ts';

/** A store as a program holds it. */
export class OpenedStore implements RunStore {
  readonly file: string;
  readonly db: StoreDatabase;
  readonly #running = new Map<Promise<Work>, Promise<unknown>>();
  #isClosed = false;

  /** @throws StoreError */
  constructor(file: string) {
    this.file = path.resolve(file);
    this.db = openStore(this.file, { mode: 'create' });
  }

  /** @throws when it was closed */
  static of(store: RunStore): OpenedStore {
    if (!(store instanceof OpenedStore))
      throw new TypeError('store is not what openStore has given. Write: const store = await openStore(file).');
    if (store.#isClosed) throw new TypeError(`The store ${store.file} was closed. Open it again.`);
    return store;
  }

  /** A run of this program works in it, also while it is still starting. */
  async takes(beginning: Promise<Work>): Promise<Work> {
    const over = beginning
      .then(({ done }) => done)
      .catch(() => undefined)
      .finally(() => {
        this.#running.delete(beginning);
      });
    this.#running.set(beginning, over);
    return await beginning;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const beginning of this.#running.keys())
      void beginning.then(
        work => (work.leave ?? (() => work.stop('paused', 'the program has closed its store')))(),
        // It has not begun, and whoever started it hears why.
        () => undefined,
      );
    await Promise.all(this.#running.values());
    this.db.close();
  }
}
