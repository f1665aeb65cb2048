import type { RunItem } from '../api/api.ts';
import { OperationError, type Store } from '../store/store.ts';
import type { RunMirrors } from './mirrors.ts';

const EVERY_MS = 300;
const AT_REST_EVERY_MS = 1_000;

export interface StoreWatchOptions {
  readonly store: Store;
  readonly views: RunMirrors;
  /** The runs whose every change is known already. */
  readonly own: () => readonly number[];
  readonly onItem: (item: RunItem) => void;
  /** It has looked. */
  readonly onLook: () => void;
  readonly onError: (error: unknown) => void;
}

/** Notices what other processes do to the runs of the store, and keeps the views of their runs up to date. */
export class StoreWatch {
  readonly #options: StoreWatchOptions;
  #live: ReadonlySet<number> = new Set();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: StoreWatchOptions) {
    this.#options = options;
    void this.#turn();
  }

  /** Whether another process was working on the run when it was last looked. */
  isLive(run: number): boolean {
    return this.#live.has(run);
  }

  /** Looks now, unless it is looking. */
  soon(): void {
    if (this.#timer === undefined || this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#turn(), 0);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #turn(): Promise<void> {
    const { own, views, onLook } = this.#options;
    this.#timer = undefined;
    try {
      await this.#look();
      if (!this.#closed) onLook();
    } catch (error) {
      this.#noteError(error);
    }
    if (this.#closed) return;
    const isBusy = this.#live.size > 0 || views.size > own().length;
    this.#timer = setTimeout(() => void this.#turn(), isBusy ? EVERY_MS : AT_REST_EVERY_MS);
  }

  async #look(): Promise<void> {
    const { store, own, views, onItem } = this.#options;
    const { items, live, written, replaced } = await store.do('changes', own());
    if (this.#closed) return;
    // Some may have become ours meanwhile.
    const ours = new Set(own());
    this.#live = new Set(live.filter(run => !ours.has(run)));
    for (const item of items) if (!ours.has(item.run)) onItem(item);
    for (const view of await views.all()) {
      if (replaced || (written && this.#live.has(view.run)) || items.some(({ run }) => run === view.run))
        view.noteWritten();
      // One whose run is gone with its store must not keep the others from looking.
      await view.tick().catch((error: unknown) => this.#noteError(error));
    }
  }

  /** One that can be shown was, or will be, to whoever asks for something. */
  #noteError(error: unknown): void {
    if (!this.#closed && !(error instanceof OperationError && error.defect === undefined)) this.#options.onError(error);
  }
}
