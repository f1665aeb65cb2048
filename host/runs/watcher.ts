import type { Delta, Progress, Snapshot } from '../api/api.ts';
import { DirtyIndices, type StatusMap } from './status-map.ts';

/** More changes than this in one map, and more than a quarter of it, cost more as changes than as a new snapshot. */
const MOST_CHANGES = 50_000;

export interface WatchedMap {
  readonly node: number;
  readonly path: string;
  readonly statuses: StatusMap;
}

/** What a watcher reads of a run. */
export interface WatchedRun {
  readonly run: number;
  readonly progress: Progress;
  maps(): Iterable<WatchedMap>;
  map(node: number): WatchedMap | undefined;
}

/** The next message for a watcher. */
export type WatcherUpdate = { readonly kind: 'delta'; readonly delta: Delta } | { readonly kind: 'resync' };

/** One page that watches a run. It starts with a snapshot; when it falls too far behind, it asks for another one. */
export class Watcher {
  readonly #source: WatchedRun;
  readonly #onClose: () => void;
  readonly #dirty = new Map<number, DirtyIndices>();
  #seq = 0;
  #progressChanged = false;
  /** While it is resyncing, there is nothing to send until the page has asked for a new snapshot. */
  #state: 'following' | 'behind' | 'resyncing' = 'resyncing';

  constructor(source: WatchedRun, onClose: () => void) {
    this.#source = source;
    this.#onClose = onClose;
  }

  get run(): number {
    return this.#source.run;
  }

  /** The state that the next deltas build on. */
  snapshot(): Snapshot {
    for (const dirty of this.#dirty.values()) dirty.take();
    this.#progressChanged = false;
    this.#state = 'following';
    return {
      run: this.run,
      seq: this.#seq,
      progress: this.#source.progress,
      maps: [...this.#source.maps()].map(({ node, path, statuses }) => ({ node, path, statuses: statuses.copy() })),
    };
  }

  /** What to send now, if anything. */
  take(): WatcherUpdate | undefined {
    if (this.#state === 'resyncing') return undefined;
    if (this.#state === 'behind' || this.#hasTooMuch()) {
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
      ...(this.#progressChanged && { progress: this.#source.progress }),
    };
    this.#progressChanged = false;
    return { kind: 'delta', delta };
  }

  close(): void {
    this.#onClose();
  }

  // Called by the run it watches

  dirtyOf(node: number): DirtyIndices {
    let dirty = this.#dirty.get(node);
    if (!dirty) this.#dirty.set(node, (dirty = new DirtyIndices()));
    return dirty;
  }

  noteProgress(): void {
    this.#progressChanged = true;
  }

  /** Makes it start again from a new snapshot. */
  requireResync(): void {
    if (this.#state === 'following') this.#state = 'behind';
  }

  #changes(node: number, dirty: DirtyIndices): Delta['maps'] {
    // Sorted, because batches start and end side by side: a few ranges then describe all of them.
    const indices = dirty.take().sort();
    const map = this.#source.map(node);
    return map
      ? [
          {
            node,
            path: map.path,
            ranges: rangesOf(indices),
            statuses: Uint8Array.from(indices, index => map.statuses.at(index)),
          },
        ]
      : [];
  }

  #hasTooMuch(): boolean {
    return [...this.#dirty].some(
      ([node, { size }]) => size > MOST_CHANGES && size * 4 > (this.#source.map(node)?.statuses.length ?? 0),
    );
  }
}

/** Pairs of the first index and how many follow it without a gap. */
function rangesOf(indices: Uint32Array): Uint32Array<ArrayBuffer> {
  const pairs: number[] = [];
  for (let at = 0; at < indices.length;) {
    const first = indices[at] ?? 0;
    const from = at;
    while (indices[at] === first + at - from) at += 1;
    pairs.push(first, at - from);
  }
  return Uint32Array.from(pairs);
}
