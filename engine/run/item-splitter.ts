import { ItemPage } from '../store/item-pages.ts';
import { nodePath } from '../../common/node-paths.ts';
import type { BatchNode } from '../workflow/nodes.ts';
import { failpoint } from '../failpoints.ts';
import { knownAmount } from './amounts/known-amount.ts';
import type { Attempt } from './attempt.ts';
import type { QueuedBatch } from './batch-queue.ts';
import { ItemsContext } from './context.ts';
import { labelOf } from './items/label.ts';
import type { Run } from './run.ts';
import type { Scope } from './scope.ts';
import { checkResult, openSource, type ItemSource, type ItemStream } from './source.ts';
import { encodeItems } from './unstorable-item.ts';
import type { SplitCounts } from './split-counts.ts';

/** Batches created from an array in one turn of the event loop, and so in one transaction. */
const SLICE = 256;

export interface SplitterOptions {
  readonly node: BatchNode;
  readonly id: number;
  /** The scope that the node stands in. */
  readonly scope: Scope;
  readonly counts: SplitCounts;
  /** The batches to create again, by index: a re-run has taken them out of use. */
  readonly superseded: ReadonlyMap<number, { readonly scope: number; readonly attempt: number }>;
  /** Takes each batch when it is created. */
  readonly add: (batch: QueuedBatch) => void;
  /** Whether another batch of a stream may be created. */
  readonly hasRoom: () => boolean;
  /** Called when batches were added, and when no more come. */
  readonly notify: () => void;
}

/** Reads the items of a batch node and creates its batches: of an array as fast as possible, of a stream while there is room. */
export class ItemSplitter {
  /** What opening or reading the items threw. */
  error: { readonly thrown: unknown } | undefined;
  readonly #run: Run;
  readonly #options: SplitterOptions;
  #source: ItemSource | undefined;
  #isClosed = false;
  #isReading = false;
  #wake: (() => void) | undefined;
  /** The batches created in this turn of the event loop, as many as one page takes. */
  #page: ItemPage | undefined;

  constructor(run: Run, options: SplitterOptions) {
    this.#run = run;
    this.#options = options;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Splits all items. Never rejects: see `error`. */
  async split(attempt: Attempt): Promise<void> {
    const { scope, counts, notify } = this.#options;
    try {
      const { items: offset } = counts.split;
      this.#reads(true);
      const source = await openSource(this.#nodeOfItems(), new ItemsContext(this.#run, scope, attempt, offset));
      this.#reads(false);
      this.#source = source;
      if (this.#isClosed) return this.close();
      if (source.known !== undefined) {
        counts.announce(offset + source.known);
        this.#record();
      }
      await this.#splitAll(source);
    } catch (thrown) {
      this.#reads(false);
      this.error ??= { thrown };
    }
    notify();
  }

  #nodeOfItems(): BatchNode {
    const { node, scope } = this.#options;
    const items = this.#run.replacements?.items(nodePath(scope.path, node.id), node.items);
    return items === undefined ? node : { ...node, items };
  }

  #reads(isReading: boolean): void {
    if (isReading === this.#isReading) return;
    this.#isReading = isReading;
    this.#run.inFlight.asking += isReading ? 1 : -1;
  }

  /** Looks again whether there is room. */
  wake(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  /** Whether it waits for the author's code. */
  get isReading(): boolean {
    return this.#isReading;
  }

  /** Ends with an error that reading the items cannot throw itself: of a timer, or because nothing comes any more. */
  fail(thrown: unknown): void {
    this.error ??= { thrown };
    this.close();
    this.#options.notify();
  }

  /** Stops splitting. A source that does not end by itself is not waited for. */
  close(): void {
    this.#isClosed = true;
    this.#reads(false);
    this.wake();
    if (this.#source?.known === undefined && !this.#options.counts.split.isExhausted)
      this.#source?.close().catch(() => undefined);
  }

  async #splitAll(source: ItemSource): Promise<void> {
    const { size } = this.#options.node.policy;
    if (source.known === undefined) return await this.#splitStream(source, size);
    for (let slice = 1; !this.#isClosed; slice++) {
      const items = source.take(size);
      if (items.length > 0) this.#createBatch(items);
      if (source.isAtEnd) return this.#end();
      if (slice % SLICE === 0) {
        this.#record();
        await this.#run.journal.committed();
      }
      this.#options.notify();
    }
  }

  async #splitStream(source: ItemStream, size: number): Promise<void> {
    while (!this.#isClosed) {
      await this.#untilRoom();
      const items: unknown[] = [];
      let isLast = false;
      while (items.length < size && !isLast) {
        const pulled = source.next();
        if (pulled instanceof Promise) this.#reads(true);
        const result = pulled instanceof Promise ? await pulled : pulled;
        if (pulled instanceof Promise) this.#reads(false);
        if (this.#isClosed) return;
        checkResult(this.#options.node, result);
        if (result.done) isLast = true;
        else items.push(result.value);
      }
      if (items.length > 0) this.#createBatch(items);
      if (isLast) return this.#end();
      this.#record();
      this.#options.notify();
    }
  }

  #end(): void {
    this.#options.counts.end();
    this.#record();
  }

  #createBatch(items: unknown[]): void {
    const { node, counts, superseded, add } = this.#options;
    const { journal, writer } = this.#run;
    const index = counts.split.batches;
    const text = encodeItems(items, node.id, counts.split.items);
    const before = superseded.get(index);
    const scope = before?.scope ?? this.#run.numbering.newScope();
    const attempt = (before?.attempt ?? 0) + 1;
    if (before) {
      journal.write(() => {
        failpoint('batch-created');
        writer.splitAgain(scope, attempt, items.length, text);
      });
    } else this.#pageFor(scope, index).add(items.length, text, this.#nameOf(items));
    if (node.policy.conserve) this.#createAmount(items, scope);
    counts.created(items.length);
    add({ scope, index, items: items.length, attempt, text, fresh: before === undefined });
  }

  /** Batches of one item each are called as their items are. */
  #nameOf(items: readonly unknown[]): string | undefined {
    const { label, policy } = this.#options.node;
    return policy.size === 1 ? labelOf(label, items[0]) : undefined;
  }

  /** Before the batch counts: its position is that of its first item. */
  #createAmount(items: readonly unknown[], scope: number): void {
    const { node, id, scope: parent, counts } = this.#options;
    const { journal, writer } = this.#run;
    const amount = knownAmount(node, items, counts.split.items);
    const unit = node.policy.conserve?.unit ?? '';
    journal.write(() => writer.createsAmount({ node: id, parent: parent.id, scope }, amount, unit));
  }

  /** The page that takes a batch: written with this turn's transaction, and all that is added to it until then. */
  #pageFor(scope: number, index: number): ItemPage {
    if (this.#page?.takes(scope)) return this.#page;
    const { id, scope: parent } = this.#options;
    const { journal, writer } = this.#run;
    const page = new ItemPage({ node: id, parent: parent.id, scope, index });
    this.#page = page;
    journal.write(() => {
      failpoint('batch-created');
      if (this.#page === page) this.#page = undefined;
      writer.batches(page);
    });
    return page;
  }

  #record(): void {
    const { id, scope, counts } = this.#options;
    const { journal, writer } = this.#run;
    const { split } = counts;
    journal.write(() => writer.splitProgress(id, scope.id, split));
  }

  async #untilRoom(): Promise<void> {
    while (!this.#isClosed && !this.#options.hasRoom()) {
      await new Promise<void>(resolve => {
        this.#wake = resolve;
      });
    }
  }
}
