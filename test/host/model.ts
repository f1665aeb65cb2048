import type { Delta, Progress, Snapshot } from '../../host/api/api.ts';
import { BatchStatus } from '../../common/status.ts';
import { RunModel } from '../../renderer/model/run-model.ts';

/**
 * What a page knows of a run, by the page's own model: a snapshot, and the deltas it was told since, which come in
 * order and make sense.
 */
export class Model {
  readonly #page: RunModel;
  seq: number;
  state: 'following' | 'lost' = 'following';
  deltas = 0;

  constructor(snapshot: Snapshot) {
    this.#page = new RunModel(snapshot);
    this.seq = snapshot.seq;
  }

  get progress(): Progress {
    return this.#page.progress;
  }

  begin(snapshot: Snapshot): void {
    this.#page.reset(snapshot);
    this.seq = snapshot.seq;
    this.state = 'following';
  }

  apply(delta: Delta): void {
    if (delta.seq <= this.seq) return;
    if (this.state === 'lost') throw new Error('A delta came between the loss and the next snapshot.');
    for (const { ranges, statuses } of delta.maps) {
      let [end, places] = [-1, 0];
      for (let pair = 0; pair < ranges.length; pair += 2) {
        const [first = 0, count = 0] = ranges.subarray(pair, pair + 2);
        if (first <= end || count < 1) throw new Error('The ranges of a delta are not in order, or overlap.');
        end = first + count - 1;
        places += count;
      }
      if (places !== statuses.length) throw new Error('Not a status a place.');
    }
    if (!this.#page.apply(delta)) throw new Error(`Delta ${delta.seq} came after ${this.seq}.`);
    this.seq = delta.seq;
    this.deltas += 1;
  }

  statuses(node: number): number[] {
    const map = this.#page.maps.get(node);
    return [...(map?.statuses.subarray(0, map.length) ?? [])];
  }

  lose(): void {
    this.state = 'lost';
  }

  /** How many batches of a node are in each status. */
  counts(node: number): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const status of this.statuses(node)) {
      const name = Object.entries(BatchStatus).find(([, code]) => code === status)?.[0] ?? String(status);
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }
}
