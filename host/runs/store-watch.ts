import { debugHost } from '../../engine/debug.ts';
import type { RunItem } from '../api/api.ts';
import { isForeseen } from '../api/outcomes.ts';
import type { Store } from '../store/store.ts';
import type { RunMirrors } from './run-mirrors.ts';

const EVERY_MS = 300;
const AT_REST_EVERY_MS = 1_000;

export interface StoreWatchOptions {
  readonly store: Store;
  readonly mirrors: RunMirrors;
  /** The runs of this host, whose changes are known already. */
  readonly own: () => readonly number[];
  readonly onItem: (item: RunItem) => void;
  /** A run has been deleted. */
  readonly onGone: (run: number) => void;
  /** The store has been read. */
  readonly onLook: () => void;
  readonly onError: (error: unknown) => void;
}

/** Notices what other processes do to the runs of the store, and keeps the mirrors of these runs up to date. */
export class StoreWatch {
  readonly #options: StoreWatchOptions;
  #live: ReadonlySet<number> = new Set();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: StoreWatchOptions) {
    this.#options = options;
    void this.#turn();
  }

  /** Whether another process was executing the run when the store was last read. */
  isLive(run: number): boolean {
    return this.#live.has(run);
  }

  /** Looks now, unless it is already looking. */
  soon(): void {
    if (this.#timer === undefined || this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#turn(), 0);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #turn(): Promise<void> {
    const { own, mirrors, onLook } = this.#options;
    this.#timer = undefined;
    try {
      await this.#look();
      if (!this.#isClosed) onLook();
    } catch (error) {
      this.#noteError(error);
    }
    if (this.#isClosed) return;
    const isBusy = this.#live.size > 0 || mirrors.size > own().length;
    this.#timer = setTimeout(() => void this.#turn(), isBusy ? EVERY_MS : AT_REST_EVERY_MS);
  }

  async #look(): Promise<void> {
    const { store, own, mirrors, onItem, onGone } = this.#options;
    const from = performance.now();
    const { items, live, gone, written, replaced } = await store.do('changes', own());
    if (debugHost.enabled && (written || replaced || items.length > 0))
      debugHost('store read in %d ms: %d runs have changed', Math.round(performance.now() - from), items.length);
    if (this.#isClosed) return;
    // A run may have become one of this host's meanwhile.
    const ours = new Set(own());
    this.#live = new Set(live.filter(run => !ours.has(run)));
    for (const run of gone) if (!ours.has(run)) onGone(run);
    for (const item of items) if (!ours.has(item.run)) onItem(item);
    for (const mirror of await mirrors.all()) {
      if (replaced || (written && this.#live.has(mirror.run)) || items.some(({ run }) => run === mirror.run))
        mirror.noteWritten();
      // A mirror whose run is gone with its store must not keep the others from being updated.
      await mirror.tick().catch((error: unknown) => this.#noteError(error));
    }
  }

  /** An error with a message for people is shown to whoever asks for something of the store next. */
  #noteError(error: unknown): void {
    if (!this.#isClosed && !isForeseen(error)) this.#options.onError(error);
  }
}
