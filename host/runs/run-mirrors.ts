import type { Store } from '../store/store.ts';
import { RunMirror, type MirrorEvents } from './run-mirror.ts';
import type { Watcher } from './watcher.ts';

interface Entry {
  readonly opening: Promise<RunMirror>;
  /** How many use it: watchers, and the run itself while this host executes it. */
  users: number;
}

/** The mirrors of the runs that are watched, or that this host executes: one a run, for as long as somebody uses it. */
export class RunMirrors {
  readonly #store: Store;
  readonly #events: MirrorEvents;
  readonly #entries = new Map<number, Entry>();

  constructor(store: Store, events: MirrorEvents) {
    this.#store = store;
    this.#events = events;
  }

  get size(): number {
    return this.#entries.size;
  }

  /**
   * Opens the mirror of a run, or the one that is open. Call `release` for each one acquired. @throws OperationError
   * when there is no such run
   */
  async acquire(run: number): Promise<RunMirror> {
    let entry = this.#entries.get(run);
    if (!entry) {
      const opening = this.#store
        .do('runSnapshot', run)
        .then(snapshot => new RunMirror(this.#store, snapshot, this.#events));
      this.#entries.set(run, (entry = { opening, users: 0 }));
    }
    entry.users += 1;
    try {
      return await entry.opening;
    } catch (error) {
      // The next caller tries again.
      if (this.#entries.get(run) === entry) this.#entries.delete(run);
      throw error;
    }
  }

  release(mirror: RunMirror): void {
    const entry = this.#entries.get(mirror.run);
    if (!entry) return;
    entry.users -= 1;
    if (entry.users > 0) return;
    mirror.close();
    this.#entries.delete(mirror.run);
  }

  /** @throws OperationError when there is no such run */
  async watch(run: number): Promise<Watcher> {
    const mirror = await this.acquire(run);
    // A mirror that was open already may have last read the store a while ago.
    mirror.noteWritten();
    return mirror.live.watch(() => this.release(mirror));
  }

  /** The mirror of a run, if it is open. */
  async get(run: number): Promise<RunMirror | undefined> {
    return await this.#entries.get(run)?.opening.catch(() => undefined);
  }

  async all(): Promise<RunMirror[]> {
    const mirrors = await Promise.all([...this.#entries.keys()].map(run => this.get(run)));
    return mirrors.filter(mirror => mirror !== undefined);
  }

  close(): void {
    for (const { opening } of this.#entries.values())
      opening.then(
        mirror => mirror.close(),
        () => undefined,
      );
    this.#entries.clear();
  }
}
