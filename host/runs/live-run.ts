import type { Delta, Progress, Snapshot } from '../api/api.ts';
import { DirtyPlaces, StatusMap } from './status-map.ts';

/** Of one map. More changes than this, and more than a quarter of it, cost more as changes than as a new snapshot. */
const MOST_CHANGES = 50_000;

interface FeedMap {
  readonly node: number;
  readonly path: string;
  readonly statuses: StatusMap;
}

/** What a watcher is to be told next. */
export type Told = { readonly kind: 'delta'; readonly delta: Delta } | { readonly kind: 'resync' };

/**
 * A run as its watchers see it: the statuses of its outermost batches and its progress. Whoever works out what
 * happens (a runner's messages, or a look into the store) writes here; each watcher takes what has changed since it last took,
 * as often as it can: what it does not take in time is replaced by what is newer.
 */
export class LiveRun {
  readonly run: number;
  readonly #maps = new Map<number, FeedMap>();
  readonly #watchers = new Set<Watcher>();
  readonly #onNews: () => void;
  #progress: Progress;

  /** @param onNews Called when watchers have something to take. */
  constructor(run: number, progress: Progress, onNews: () => void) {
    this.run = run;
    this.#progress = progress;
    this.#onNews = onNews;
  }

  get progress(): Progress {
    return this.#progress;
  }

  get isWatched(): boolean {
    return this.#watchers.size > 0;
  }

  /** Knows a node to have a map from now on. */
  addMap(node: number, path: string): void {
    if (!this.#maps.has(node)) this.#maps.set(node, { node, path, statuses: new StatusMap() });
  }

  hasMap(node: number): boolean {
    return this.#maps.has(node);
  }

  /** Batches of a node have come to new statuses. */
  change(node: number, indices: Uint32Array, statuses: Uint8Array): void {
    this.#write(node, (map, onChange) => {
      for (const [at, index] of indices.entries()) map.set(index, statuses[at] ?? 0, onChange);
    });
  }

  /** So many batches of a node are counted now, cut or not. */
  expect(node: number, count: number): void {
    this.#write(node, (map, onChange) => map.expect(count, onChange));
  }

  /** All statuses of a node, as they have been read anew. */
  replace(node: number, statuses: Uint8Array): void {
    this.#write(node, (map, onChange) => {
      if (!map.replace(statuses, onChange)) this.resync();
    });
  }

  setProgress(progress: Progress): void {
    this.#progress = progress;
    for (const watcher of this.#watchers) watcher.noteProgress();
    this.#onNews();
  }

  /** Tells all watchers to begin again from a new snapshot. */
  resync(): void {
    for (const watcher of this.#watchers) watcher.lose();
    this.#onNews();
  }

  /** @param onClose Called when the watcher watches no longer. */
  watch(onClose: () => void = () => undefined): Watcher {
    const watcher = new Watcher(this, () => {
      if (this.#watchers.delete(watcher)) onClose();
    });
    this.#watchers.add(watcher);
    return watcher;
  }

  /** For watchers. */
  maps(): IterableIterator<FeedMap> {
    return this.#maps.values();
  }

  map(node: number): FeedMap | undefined {
    return this.#maps.get(node);
  }

  #write(node: number, work: (map: StatusMap, onChange: (index: number) => void) => void): void {
    const map = this.#maps.get(node);
    if (!map) return;
    const watchers = [...this.#watchers].map(watcher => watcher.dirtyOf(node));
    const [only] = watchers;
    if (watchers.length === 0) return work(map.statuses, () => undefined);
    work(
      map.statuses,
      watchers.length === 1 && only
        ? only.add
        : index => {
            for (const dirty of watchers) dirty.add(index);
          },
    );
    this.#onNews();
  }
}

/** One who watches a run. It begins with a snapshot; after a loss, with another one. */
export class Watcher {
  readonly #feed: LiveRun;
  readonly #onClose: () => void;
  readonly #dirty = new Map<number, DirtyPlaces>();
  #seq = 0;
  #progressChanged = false;
  /** Between a loss and the next snapshot there is nothing to tell. */
  #state: 'following' | 'lost' | 'resyncing' = 'resyncing';

  constructor(feed: LiveRun, onClose: () => void) {
    this.#feed = feed;
    this.#onClose = onClose;
  }

  get run(): number {
    return this.#feed.run;
  }

  /** The state from which the next deltas go on. */
  snapshot(): Snapshot {
    for (const dirty of this.#dirty.values()) dirty.take();
    this.#progressChanged = false;
    this.#state = 'following';
    return {
      run: this.run,
      seq: this.#seq,
      progress: this.#feed.progress,
      maps: [...this.#feed.maps()].map(({ node, path, statuses }) => ({ node, path, statuses: statuses.copy() })),
    };
  }

  /** What is to be told now, if anything. */
  take(): Told | undefined {
    if (this.#state === 'resyncing') return undefined;
    if (this.#state === 'lost' || this.#hasTooMuch()) {
      this.#state = 'resyncing';
      for (const dirty of this.#dirty.values()) dirty.take();
      return { kind: 'resync' };
    }
    const maps = [...this.#dirty]
      .filter(([, dirty]) => dirty.size > 0)
      .flatMap(([node, dirty]) => this.#changes(node, dirty));
    if (maps.length === 0 && !this.#progressChanged) return undefined;
    const delta: Delta = {
      run: this.run,
      seq: ++this.#seq,
      maps,
      ...(this.#progressChanged && { progress: this.#feed.progress }),
    };
    this.#progressChanged = false;
    return { kind: 'delta', delta };
  }

  close(): void {
    this.#onClose();
  }

  // For the feed

  dirtyOf(node: number): DirtyPlaces {
    let dirty = this.#dirty.get(node);
    if (!dirty) this.#dirty.set(node, (dirty = new DirtyPlaces()));
    return dirty;
  }

  noteProgress(): void {
    this.#progressChanged = true;
  }

  lose(): void {
    if (this.#state === 'following') this.#state = 'lost';
  }

  #changes(node: number, dirty: DirtyPlaces): Delta['maps'] {
    // In order: batches begin and end side by side, so that a few ranges say all of them.
    const places = dirty.take().sort();
    const map = this.#feed.map(node);
    return map
      ? [
          {
            node,
            path: map.path,
            ranges: rangesOf(places),
            statuses: Uint8Array.from(places, index => map.statuses.at(index)),
          },
        ]
      : [];
  }

  #hasTooMuch(): boolean {
    return [...this.#dirty].some(
      ([node, { size }]) => size > MOST_CHANGES && size * 4 > (this.#feed.map(node)?.statuses.length ?? 0),
    );
  }
}

/** Pairs of the first place and how many follow each other. */
function rangesOf(places: Uint32Array): Uint32Array<ArrayBuffer> {
  const pairs: number[] = [];
  for (let at = 0; at < places.length;) {
    const first = places[at] ?? 0;
    const from = at;
    while (places[at] === first + at - from) at += 1;
    pairs.push(first, at - from);
  }
  return Uint32Array.from(pairs);
}
