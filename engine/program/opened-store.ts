import path from 'node:path';
import { openStore, type StoreDatabase } from '../store/open.ts';
import type { RunStore } from './types.ts';

/** What can be stopped when the store is closed. */
interface Stoppable {
  stop(as: 'paused', reason: string): void;
}

/** A store as a program holds it. */
export class OpenedStore implements RunStore {
  readonly file: string;
  readonly db: StoreDatabase;
  readonly #running = new Map<Stoppable, Promise<unknown>>();
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

  /** A run of this program works in it. */
  began(run: Stoppable, done: Promise<unknown>): void {
    const over = done
      .catch(() => undefined)
      .finally(() => {
        this.#running.delete(run);
      });
    this.#running.set(run, over);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const run of this.#running.keys()) run.stop('paused', 'the program has closed its store');
    await Promise.all(this.#running.values());
    this.db.close();
  }
}
