import type { Watcher } from './live-run.ts';
import { RunMirror, type MirrorEvents } from './run-mirror.ts';
import type { Store } from '../store/store.ts';

interface Held {
  readonly opening: Promise<RunMirror>;
  /** Watchers, and our own run. */
  holders: number;
}

/** The views of runs that somebody looks at, or that a runner of ours works on: one a run, as long as it is held. */
export class RunMirrors {
  readonly #store: Store;
  readonly #events: MirrorEvents;
  readonly #held = new Map<number, Held>();

  constructor(store: Store, events: MirrorEvents) {
    this.#store = store;
    this.#events = events;
  }

  get size(): number {
    return this.#held.size;
  }

  /** Whoever holds a view lets it go again. @throws OperationError when there is no such run */
  async hold(run: number): Promise<RunMirror> {
    let held = this.#held.get(run);
    if (!held) {
      const opening = this.#store
        .do('runSnapshot', run)
        .then(snapshot => new RunMirror(this.#store, snapshot, this.#events));
      this.#held.set(run, (held = { opening, holders: 0 }));
    }
    held.holders += 1;
    try {
      return await held.opening;
    } catch (error) {
      // Whoever asks next tries again.
      if (this.#held.get(run) === held) this.#held.delete(run);
      throw error;
    }
  }

  release(view: RunMirror): void {
    const held = this.#held.get(view.run);
    if (!held) return;
    held.holders -= 1;
    if (held.holders > 0) return;
    view.close();
    this.#held.delete(view.run);
  }

  /** @throws OperationError when there is no such run */
  async watch(run: number): Promise<Watcher> {
    const view = await this.hold(run);
    // The look that it began with may lie a while back.
    view.noteWritten();
    return view.feed.watch(() => this.release(view));
  }

  /** A view that is there already. */
  async get(run: number): Promise<RunMirror | undefined> {
    return await this.#held.get(run)?.opening.catch(() => undefined);
  }

  async all(): Promise<RunMirror[]> {
    const views = await Promise.all([...this.#held.keys()].map(run => this.get(run)));
    return views.filter(view => view !== undefined);
  }

  close(): void {
    for (const { opening } of this.#held.values())
      opening.then(
        view => view.close(),
        () => undefined,
      );
    this.#held.clear();
  }
}
