import { failedBatches, isOpenEnded, type RunCounts } from '../../common/run-summary.ts';
import type { RunItem } from '../api/api.ts';

const EVERY_MS = 500;

/**
 * The line of a running run in the list of runs. It changes with every message of the runner, and is sent to pages at
 * most twice a second.
 */
export class LiveItem {
  #item: RunItem;
  readonly #onItem: (item: RunItem) => void;
  readonly #now: () => number;
  #sentAt = -Infinity;

  /** @param now Milliseconds on a clock that nobody sets */
  constructor(item: RunItem, onItem: (item: RunItem) => void, now: () => number) {
    this.#item = item;
    this.#onItem = onItem;
    this.#now = now;
  }

  get item(): RunItem {
    return this.#item;
  }

  /**
   * Replaces the first, incomplete item by what the store says. The run counts as running until its end has been sent,
   * even if it is quick.
   */
  begin({ endedAt: _endedAt, reason: _reason, rests: _rests, ...item }: RunItem): void {
    this.#item = { ...item, status: 'running' };
    this.#onItem(this.#item);
  }

  /** A person has said something else of it. */
  relabel({ title, note, pinned }: Pick<RunItem, 'title' | 'note' | 'pinned'>): void {
    const { title: _title, note: _note, pinned: _pinned, ...item } = this.#item;
    this.#item = {
      ...item,
      ...(title !== undefined && { title }),
      ...(note !== undefined && { note }),
      ...(pinned && { pinned }),
    };
    this.#onItem(this.#item);
  }

  progressed({ items, batches, nodes }: RunCounts): void {
    const now = this.#now();
    const { isOpenEnded: _before, ...item } = this.#item;
    this.#item = {
      ...item,
      items,
      batches,
      failedBatches: failedBatches(nodes),
      ...(isOpenEnded(nodes) && { isOpenEnded: true }),
      status: 'running',
    };
    if (now - this.#sentAt < EVERY_MS) return;
    this.#sentAt = now;
    this.#onItem(this.#item);
  }
}
