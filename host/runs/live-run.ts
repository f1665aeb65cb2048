import type { Progress } from '../api/api.ts';
import { StatusMap } from './status-map.ts';
import { Watcher, type WatchedMap, type WatchedRun } from './watcher.ts';

/**
 * A run as its watchers see it: its progress and the statuses of its outermost batches. Whoever learns what happens
 * (from a runner's messages, or by reading the store) writes it here. Each watcher takes what has changed since it last
 * took, as often as it can; what it does not take in time is replaced by newer values.
 */
export class LiveRun implements WatchedRun {
  readonly run: number;
  readonly #maps = new Map<number, WatchedMap>();
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

  /** Adds a map for a node, unless it has one. A re-run or a resume may have given the node another path. */
  addMap(node: number, path: string): void {
    const known = this.#maps.get(node);
    if (known?.path === path) return;
    this.#maps.set(node, { node, path, statuses: known?.statuses ?? new StatusMap() });
    if (known) this.resync();
  }

  /** Sets new statuses of some batches of a node. */
  change(node: number, indices: Uint32Array, statuses: Uint8Array): void {
    this.#write(node, (map, onChange) => {
      for (const [at, index] of indices.entries()) map.set(index, statuses[at] ?? 0, onChange);
    });
  }

  /** Sets how many batches a node counts now, whether or not they have been created. */
  expect(node: number, count: number): void {
    this.#write(node, (map, onChange) => map.expect(count, onChange));
  }

  /** Replaces all statuses of a node by those that have been read again. */
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

  /** Makes all watchers start again from a new snapshot. */
  resync(): void {
    for (const watcher of this.#watchers) watcher.requireResync();
    this.#onNews();
  }

  /** @param onClose Called when the watcher has been closed. */
  watch(onClose: () => void = () => undefined): Watcher {
    const watcher = new Watcher(this, () => {
      if (this.#watchers.delete(watcher)) onClose();
    });
    this.#watchers.add(watcher);
    return watcher;
  }

  maps(): Iterable<WatchedMap> {
    return this.#maps.values();
  }

  map(node: number): WatchedMap | undefined {
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
