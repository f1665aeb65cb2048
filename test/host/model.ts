import type { Delta, Progress, Snapshot } from '../../host/api.ts';
import { BatchStatus } from '../../engine/store/status.ts';

export const STATUS_OF = BatchStatus;

/** What a page knows of a run: a snapshot, and the deltas it was told since, in order. */
export class Model {
  seq: number;
  progress: Progress;
  readonly maps = new Map<number, number[]>();
  state: 'following' | 'lost' = 'following';
  deltas = 0;

  constructor(snapshot: Snapshot) {
    this.seq = snapshot.seq;
    this.progress = snapshot.progress;
    this.begin(snapshot);
  }

  begin(snapshot: Snapshot): void {
    this.seq = snapshot.seq;
    this.progress = snapshot.progress;
    this.state = 'following';
    this.maps.clear();
    for (const { node, statuses } of snapshot.maps) this.maps.set(node, [...statuses]);
  }

  apply(delta: Delta): void {
    if (delta.seq <= this.seq) return;
    if (delta.seq !== this.seq + 1) throw new Error(`Delta ${delta.seq} came after ${this.seq}.`);
    if (this.state === 'lost') throw new Error('A delta came between the loss and the next snapshot.');
    this.seq = delta.seq;
    this.deltas += 1;
    if (delta.progress) this.progress = delta.progress;
    for (const { node, indices, statuses } of delta.maps) {
      if (indices.length !== statuses.length) throw new Error('Not a status an index.');
      if (new Set(indices).size !== indices.length) throw new Error('A batch is in a delta twice.');
      const map = this.maps.get(node) ?? [];
      this.maps.set(node, map);
      for (const [at, index] of indices.entries()) {
        while (map.length < index) map.push(BatchStatus.waiting);
        map[index] = statuses[at] ?? -1;
      }
    }
  }

  lose(): void {
    this.state = 'lost';
  }

  /** How many batches of a node are in each status. */
  counts(node: number): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const status of this.maps.get(node) ?? []) {
      const name = Object.entries(BatchStatus).find(([, code]) => code === status)?.[0] ?? String(status);
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }
}
