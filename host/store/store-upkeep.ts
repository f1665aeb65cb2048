import { isForeseen } from '../api/outcomes.ts';
import type { Store } from './store.ts';

/** As often as a policy is applied: see engine/store/store-policies.ts. */
const EVERY_MS = 3_600_000;

export interface StoreUpkeepOptions {
  readonly store: Pick<Store, 'do'>;
  /** In a folder that is not, nothing is deleted because its store says so. */
  readonly isTrusted: () => boolean;
  readonly onError: (error: unknown) => void;
}

/** Keeps the store small while a workspace is open: goes on with deletions that were cut off, and applies the store's policy. */
export class StoreUpkeep {
  readonly #options: StoreUpkeepOptions;
  readonly #timer: NodeJS.Timeout;

  constructor(options: StoreUpkeepOptions) {
    this.#options = options;
    void this.#look('finishDeletions');
    void this.#prune();
    this.#timer = setInterval(() => void this.#prune(), EVERY_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #prune(): Promise<void> {
    if (this.#options.isTrusted()) await this.#look('pruneByPolicy');
  }

  async #look(what: 'finishDeletions' | 'pruneByPolicy'): Promise<void> {
    const { store, onError } = this.#options;
    try {
      await store.do(what, undefined);
    } catch (error) {
      if (!isForeseen(error)) onError(error);
    }
  }
}
