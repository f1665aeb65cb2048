import type { NodeProgress } from '../../common/counts.ts';
import { BatchStatus } from '../../common/status.ts';
import type { BatchNode } from '../workflow/nodes.ts';
import { currentAttempt, type Attempt } from './attempt.ts';
import { BatchQueue, type BatchStore, type QueuedBatch } from './batch-queue.ts';
import { ItemSplitter } from './item-splitter.ts';
import type { Run } from './run.ts';
import type { Scope } from './scope.ts';
import { SplitCounts } from './split-counts.ts';

export interface BatchSourceOptions {
  readonly id: number;
  readonly path: string;
  /** The scope that the node stands in. */
  readonly scope: Scope;
  /** Called when there may be a batch to take, or when no more come. */
  readonly notify: () => void;
  /** How many batches of a stream may be created and not yet taken. */
  readonly room: () => number;
}

type Superseded = Map<number, { readonly scope: number; readonly attempt: number }>;

/**
 * The batches of one batch node, in order: those that earlier processes created, and then those that are split from its
 * items.
 */
export class BatchSource {
  /** Whether there are batches of earlier processes, or of an earlier attempt. */
  readonly hasBatches: boolean;
  readonly #counts: SplitCounts;
  readonly #queue: BatchQueue;
  readonly #splitter: ItemSplitter;
  #onlyBegun = false;

  constructor(run: Run, node: BatchNode, { id, path, scope, notify, room }: BatchSourceOptions) {
    this.#counts = new SplitCounts(run.progress.of(id, path), node.policy.size);
    const superseded: Superseded = new Map();
    const { hasBatches, hasWaiting } = scope.fresh
      ? NOTHING
      : restore(run, { id, parent: scope.id }, this.#counts, superseded);
    this.hasBatches = hasBatches;
    const { batches: createdBefore } = this.#counts.split;
    const onlyBegun = () => this.#onlyBegun;
    const store: BatchStore = {
      committed: () => run.journal.committed(),
      *read(after, limit) {
        const page = { node: id, parent: scope.id, after, limit, onlyBegun: onlyBegun() };
        for (const batch of run.stored.splits.waiting(page)) {
          // A batch that an earlier process created, or that a re-run creates again, may have steps already.
          yield { ...batch, fresh: batch.index >= createdBefore && !superseded.has(batch.index) };
        }
      },
    };
    this.#queue = new BatchQueue(store, hasWaiting, notify);
    this.#splitter = new ItemSplitter(run, {
      node,
      id,
      scope,
      counts: this.#counts,
      superseded,
      add: batch => this.#queue.add(batch),
      hasRoom: () => !this.#queue.hasMoreInStore && this.#queue.length < room(),
      notify,
    });
  }

  /** The counts of the node in this scope. */
  get tally(): NodeProgress {
    return this.#counts.tally;
  }

  /** What reading the items or the store threw. */
  get error(): { readonly thrown: unknown } | undefined {
    return this.#splitter.error ?? this.#queue.error;
  }

  /** All items are split, stored and counted. */
  get isExhausted(): boolean {
    return this.#counts.split.isExhausted;
  }

  /** No batch is left to take, and no more come. */
  get isDrained(): boolean {
    return (
      this.#queue.length === 0 &&
      !this.#queue.hasMoreInStore &&
      (this.isExhausted || this.#onlyBegun || this.error !== undefined || this.#splitter.isClosed)
    );
  }

  /** From now on, and before `start`: gives only batches that were begun before. */
  endWithBegun(): void {
    this.#onlyBegun = true;
  }

  /** Begins to split the items, on behalf of the batch node's own attempt. */
  start(attempt: Attempt): void {
    if (this.#queue.hasMoreInStore) void this.#queue.refill();
    if (this.isExhausted || this.#onlyBegun) return;
    void currentAttempt.run(attempt, () => this.#splitter.split(attempt));
  }

  /** How many items the next batch has, for rate limits. Undefined when none can be taken now. */
  peek(): number | undefined {
    return this.#queue.peek()?.items;
  }

  /** The next batch to execute, if there is one now. */
  take(): QueuedBatch | undefined {
    const batch = this.#queue.take();
    this.#splitter.wake();
    return batch;
  }

  count(status: BatchStatus, batches: number, items: number): void {
    this.#counts.count(status, batches, items);
  }

  /** Whether it waits for an item of the author's. */
  get isReading(): boolean {
    return this.#splitter.isReading;
  }

  /** Ends with an error that reading the items cannot throw itself. */
  fail(thrown: unknown): void {
    this.#splitter.fail(thrown);
  }

  /** Stops splitting. */
  close(): void {
    this.#splitter.close();
  }
}

interface Restored {
  /** Whether there are batches of earlier processes. */
  readonly hasBatches: boolean;
  /** Whether some of them wait in the store. */
  readonly hasWaiting: boolean;
}

const NOTHING: Restored = { hasBatches: false, hasWaiting: false };

/** Reads what earlier processes created. */
function restore(
  run: Run,
  { id, parent }: { id: number; parent: number },
  counts: SplitCounts,
  superseded: Superseded,
): Restored {
  const { splits } = run.stored;
  const split = splits.progress(id, parent);
  const rows = splits.countsByStatus(id, parent);
  counts.restore(split, rows);
  for (const { index, ...batch } of splits.superseded(id, parent)) superseded.set(index, batch);
  return {
    hasBatches: rows.length > 0 || superseded.size > 0,
    hasWaiting: split !== undefined && rows.some(({ status }) => status === BatchStatus.waiting),
  };
}
