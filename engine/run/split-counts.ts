import { BatchStatus } from '../../common/status.ts';
import { count, noCounts, type NodeProgress } from '../../common/counts.ts';
import type { StoredSplit } from '../store/split-reader.ts';

/** How far the items of a batch node are split in one scope, and the counts of its batches there. */
export class SplitCounts {
  /** The counts of this scope only. */
  readonly tally: NodeProgress;
  /** The counts of the node over all scopes of the run. */
  readonly #total: NodeProgress;
  readonly #size: number;
  #split: StoredSplit = { batches: 0, items: 0, knownItems: null, isExhausted: false };
  /** Batches and items that count as waiting although they are not created yet. */
  #announced = { batches: 0, items: 0 };

  /** @param size Items in a batch. */
  constructor(total: NodeProgress, size: number) {
    this.#total = total;
    this.#size = size;
    this.tally = { path: total.path, batches: noCounts(), items: noCounts(), complete: false };
  }

  /** What is split so far. */
  get split(): StoredSplit {
    return this.#split;
  }

  /** Starts from what earlier processes stored. The run's own counts have it already: see restoreRun. */
  restore(
    split: StoredSplit | undefined,
    counts: readonly { readonly status: number; readonly batches: number; readonly items: number }[],
  ): void {
    for (const row of counts) count(this.tally, row.status, row.batches, row.items);
    if (!split) return;
    this.#split = split;
    this.#announced = notCreated(split, this.#size);
    count(this.tally, BatchStatus.waiting, this.#announced.batches, this.#announced.items);
    this.#setComplete();
  }

  count(status: BatchStatus, batches: number, items: number): void {
    count(this.tally, status, batches, items);
    count(this.#total, status, batches, items);
  }

  /** Counts all items of a list as waiting, before their batches are created. */
  announce(items: number): void {
    this.#split = { ...this.#split, knownItems: items };
    const announced = notCreated({ ...this.#split, isExhausted: false }, this.#size);
    this.#announceInstead(announced);
    this.#setComplete();
  }

  /** Counts a batch that has just been created. */
  created(items: number): void {
    this.#split = { ...this.#split, batches: this.#split.batches + 1, items: this.#split.items + items };
    if (this.#announced.batches > 0) {
      this.#announced.batches -= 1;
      this.#announced.items -= items;
    } else {
      this.count(BatchStatus.waiting, 1, items);
    }
  }

  /** No more items come. Fewer than announced came where an array was emptied while it was split. */
  end(): void {
    this.#split = { ...this.#split, isExhausted: true };
    this.#announceInstead({ batches: 0, items: 0 });
    this.#setComplete();
  }

  #announceInstead(announced: { batches: number; items: number }): void {
    this.count(
      BatchStatus.waiting,
      announced.batches - this.#announced.batches,
      announced.items - this.#announced.items,
    );
    this.#announced = announced;
  }

  #setComplete(): void {
    this.tally.complete = this.#split.isExhausted || this.#split.knownItems !== null;
    this.#total.complete = this.tally.complete;
  }
}

/** What is known to come, beyond the batches that are created. */
function notCreated({ items, knownItems, isExhausted }: StoredSplit, size: number): { batches: number; items: number } {
  if (isExhausted || knownItems === null) return { batches: 0, items: 0 };
  const rest = Math.max(0, knownItems - items);
  return { batches: Math.ceil(rest / size), items: rest };
}
