import type { Delta, Progress, Snapshot } from '../../host/api/api.ts';
import { outermost } from '../../common/node-paths.ts';

/**
 * The batches of one outermost batch node, one byte each: the numbers of `BatchStatus`. `statuses` may be longer than
 * `length`, because it grows in large steps.
 */
export interface BatchMap {
  readonly node: number;
  readonly path: string;
  statuses: Uint8Array;
  length: number;
  /** Goes up with each change, so that a painter can tell whether it has anything to do. */
  version: number;
}

/**
 * A run as the page knows it, live or finished alike. Knows no React: statuses change in place, thirty times a second,
 * and are painted from here; React is given totals a few times a second.
 */
export class RunModel {
  readonly run: number;
  /** A person drags its moment: it is painted at every frame, however large it is. */
  readonly isPast: boolean;
  progress: Progress;
  readonly maps = new Map<number, BatchMap>();
  #seq: number;
  readonly #paintListeners = new Set<() => void>();
  readonly #progressListeners = new Set<() => void>();

  constructor(snapshot: Snapshot, { isPast = false } = {}) {
    this.run = snapshot.run;
    this.isPast = isPast;
    this.progress = snapshot.progress;
    this.#seq = snapshot.seq;
    this.#takeMaps(snapshot);
  }

  /** Begins again from a new snapshot, after a gap. */
  reset(snapshot: Snapshot): void {
    this.#seq = snapshot.seq;
    this.progress = snapshot.progress;
    this.#takeMaps(snapshot);
    this.#emit(this.#paintListeners);
    this.#emit(this.#progressListeners);
  }

  /** False when a delta before it is missing: ask for a new snapshot. */
  apply(delta: Delta): boolean {
    if (delta.seq <= this.#seq) return true;
    if (delta.seq !== this.#seq + 1) return false;
    this.#seq = delta.seq;
    if (delta.progress) {
      this.progress = delta.progress;
      this.#fit(delta.progress);
      this.#emit(this.#progressListeners);
    }
    for (const { node, path, ranges, statuses } of delta.maps) {
      // Its batches may be heard of before the node is counted.
      const map = this.#mapOf(node, path);
      for (let pair = 0, from = 0; pair + 1 < ranges.length; pair += 2) {
        const first = ranges[pair] ?? 0;
        const count = ranges[pair + 1] ?? 0;
        if (first + count > map.length) lengthen(map, first + count);
        map.statuses.set(statuses.subarray(from, (from += count)), first);
      }
      map.version += 1;
    }
    this.#emit(this.#paintListeners);
    return true;
  }

  /** Of a past moment: the statuses of all maps have been changed in place, and the totals may be others. */
  renew(progress: Progress): void {
    this.progress = progress;
    for (const map of this.maps.values()) map.version += 1;
    this.#emit(this.#paintListeners);
  }

  /** Called after batches have changed. */
  onPaint(listener: () => void): () => void {
    this.#paintListeners.add(listener);
    return () => this.#paintListeners.delete(listener);
  }

  onProgress(listener: () => void): () => void {
    this.#progressListeners.add(listener);
    return () => this.#progressListeners.delete(listener);
  }

  #takeMaps(snapshot: Snapshot): void {
    const nodes = new Set(snapshot.maps.map(({ node }) => node));
    for (const node of this.maps.keys()) if (!nodes.has(node)) this.maps.delete(node);
    for (const { node, path, statuses } of snapshot.maps) {
      const before = this.maps.get(node);
      const version = (before?.version ?? 0) + 1;
      this.maps.set(node, { node, path, statuses: Uint8Array.from(statuses), length: statuses.length, version });
    }
    this.#fit(snapshot.progress);
  }

  /** Makes room for batches that are counted and not yet cut. Only outermost batch nodes have a map. */
  #fit({ nodes }: Progress): void {
    for (const { node, path, batches } of outermost(nodes)) {
      const map = this.#mapOf(node, path);
      if (batches.total > map.length) lengthen(map, batches.total);
    }
  }

  #mapOf(node: number, path: string): BatchMap {
    let map = this.maps.get(node);
    if (!map) this.maps.set(node, (map = { node, path, statuses: new Uint8Array(0), length: 0, version: 0 }));
    return map;
  }

  #emit(listeners: ReadonlySet<() => void>): void {
    for (const listener of listeners) listener();
  }
}

function lengthen(map: BatchMap, length: number): void {
  if (length > map.statuses.length) {
    const larger = new Uint8Array(Math.max(length, map.statuses.length * 2));
    larger.set(map.statuses.subarray(0, map.length));
    map.statuses = larger;
  }
  map.length = length;
  map.version += 1;
}
