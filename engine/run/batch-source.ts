import { encode } from '../store/codec.ts';
import { BatchStatus } from '../../common/status.ts';
import type { BatchNode } from '../workflow/nodes.ts';
import { failpoint } from '../failpoints.ts';
import { currentAttempt, type Attempt } from './attempt.ts';
import { ItemsContext } from './context.ts';
import { count, noCounts, type NodeProgress } from '../../common/counts.ts';
import type { Run } from './run.ts';
import type { Scope } from './scope.ts';
import { openSource, type ItemSource } from './source.ts';

/** A batch that waits to be run. */
export interface QueuedBatch {
  readonly scope: number;
  readonly index: number;
  readonly items: number;
  readonly attempt: number;
  /** Its items in the codec's text. */
  readonly text: string;
  /** Whether no earlier process or attempt can have left steps in it. */
  readonly fresh: boolean;
}

/** Batches created from an array in one turn of the event loop, and so in one transaction. */
const SLICE = 256;
/** Batches held in memory; an array of any size is split at once, and the rest is read back from the store page by page. */
const QUEUE = 1_024;
const PAGE = 512;
/** Characters of their items held in memory. */
const TEXT_AT_HAND = 8_000_000;

/**
 * Splits the items of one batch node into stored batches and hands those out in order.
 * An array is split as fast as it goes, a stream no further ahead than `room()` allows.
 */
export class BatchSource {
  readonly tally: NodeProgress;
  /** What opening or reading the items threw. */
  error: { readonly thrown: unknown } | undefined;
  readonly #run: Run;
  readonly #node: BatchNode;
  readonly #id: number;
  readonly #scope: Scope;
  readonly #total: NodeProgress;
  readonly #notify: () => void;
  readonly #room: () => number;
  #queue: QueuedBatch[] = [];
  #head = 0;
  #textAtHand = 0;
  /** Whether rows wait in the store that are not in the queue. */
  #spilled = false;
  #lastQueued = -1;
  #refilling = false;
  #onlyBegun = false;
  /** Batches from this index on have been created by this process. */
  #createdHere = 0;
  #batches = 0;
  #items = 0;
  #known: number | null = null;
  #exhausted = false;
  /** Batches and items counted as waiting though they are not created yet. */
  #announced = { batches: 0, items: 0 };
  #superseded = new Map<number, { readonly scope: number; readonly attempt: number }>();
  #source: ItemSource | undefined;
  #closed = false;
  #wakeProducer: (() => void) | undefined;

  /**
   * @param of.notify Called when there may be something new to take, or nothing more to come.
   * @param of.room How many batches of a stream may be created and not yet taken.
   */
  constructor(
    run: Run,
    node: BatchNode,
    of: { id: number; path: string; scope: Scope; notify: () => void; room: () => number },
  ) {
    this.#run = run;
    this.#node = node;
    this.#id = of.id;
    this.#scope = of.scope;
    this.#notify = of.notify;
    this.#room = of.room;
    this.#total = run.progressOf(of.id, of.path);
    this.tally = { path: of.path, batches: noCounts(), items: noCounts(), complete: false };
    if (!of.scope.fresh) this.#restore();
  }

  /** Begins to split, on behalf of the batch node's own attempt. */
  start(attempt: Attempt): void {
    if (this.#spilled) void this.#refill();
    if (this.#exhausted || this.#onlyBegun) return;
    void currentAttempt.run(attempt, () => this.#produce(attempt));
  }

  /** From now on, and before `start`: only batches that have begun before are handed out. */
  endWithBegun(): void {
    this.#onlyBegun = true;
  }

  /** The next batch to run, if one is at hand now. */
  take(): QueuedBatch | undefined {
    const row = this.#queue[this.#head];
    if (row) {
      this.#head += 1;
      this.#textAtHand -= row.text.length;
      if (this.#head === this.#queue.length) {
        this.#queue = [];
        this.#head = 0;
      }
    }
    if (this.#spilled && this.#waiting < PAGE / 2 && this.#textAtHand < TEXT_AT_HAND / 2) void this.#refill();
    this.#wakeProducer?.();
    return row;
  }

  /** The next batch's size without taking it, for rate limits. */
  peek(): number | undefined {
    return this.#queue[this.#head]?.items;
  }

  /** Nothing is at hand, and nothing more will come. */
  get drained(): boolean {
    return (
      this.#waiting === 0 &&
      !this.#spilled &&
      (this.#exhausted || this.#onlyBegun || this.error !== undefined || this.#closed)
    );
  }

  /** All items are split, stored and counted. */
  get exhausted(): boolean {
    return this.#exhausted;
  }

  count(status: number, batches: number, items: number): void {
    count(this.tally, status, batches, items);
    count(this.#total, status, batches, items);
  }

  /** Stops splitting. A source that does not end by itself is let go, not waited for. */
  close(): void {
    this.#closed = true;
    this.#wakeProducer?.();
    if (!this.#exhausted) this.#source?.close().catch(() => undefined);
  }

  get #waiting(): number {
    return this.#queue.length - this.#head;
  }

  #restore(): void {
    const { db, id: run } = this.#run;
    const key = [run, this.#id, this.#scope.id] as const;
    const split = db
      .prepare<
        [number, number, number],
        { batches: number; items: number; known_items: number | null; exhausted: number }
      >('select batches, items, known_items, exhausted from splits where run = ? and node = ? and parent = ?')
      .get(...key);
    const rows = db
      .prepare<[number, number, number], { status: number; batches: number; items: number }>(
        'select status, count(*) as batches, sum(items) as items from batches where run = ? and node = ? and parent = ? group by status',
      )
      .all(...key);
    for (const row of rows) count(this.tally, row.status, row.batches, row.items);
    if (rows.some(row => row.status === BatchStatus.superseded)) {
      const superseded = db
        .prepare<[number, number, number, number], { idx: number; scope: number; attempt: number }>(
          'select idx, scope, attempt from batches where run = ? and node = ? and parent = ? and status = ?',
        )
        .iterate(...key, BatchStatus.superseded);
      for (const { idx, scope, attempt } of superseded) this.#superseded.set(idx, { scope, attempt });
    }
    if (!split) return;
    this.#batches = split.batches;
    this.#createdHere = split.batches;
    this.#items = split.items;
    this.#known = split.known_items;
    this.#exhausted = split.exhausted === 1;
    this.#spilled = this.tally.batches.waiting > 0;
    this.#announced = announcedBy(split, this.#node.policy.size);
    // The run's own counts already have these: see restore.ts.
    count(this.tally, BatchStatus.waiting, this.#announced.batches, this.#announced.items);
    this.#setComplete();
  }

  async #produce(attempt: Attempt): Promise<void> {
    try {
      const context = new ItemsContext(this.#run, this.#scope, attempt, this.#items);
      const source = await openSource(this.#node, context);
      this.#source = source;
      if (this.#closed) return this.close();
      if (source.known !== undefined) this.#announce(this.#items + source.known);
      await this.#splitAll(source);
    } catch (thrown) {
      this.error = { thrown };
    }
    this.#notify();
  }

  async #splitAll(source: ItemSource): Promise<void> {
    const { size } = this.#node.policy;
    for (let slice = 1; !this.#closed; slice++) {
      if (source.known === undefined) await this.#untilRoom();
      const items: unknown[] = [];
      let done = false;
      while (items.length < size && !done) {
        const pulled = source.next();
        const result = pulled instanceof Promise ? await pulled : pulled;
        if (this.#closed) return;
        if (result.done) done = true;
        else items.push(result.value);
      }
      if (items.length > 0) this.#createBatch(items);
      if (done) return this.#end();
      if (source.known === undefined) this.#record();
      else if (slice % SLICE === 0) {
        this.#record();
        await this.#run.journal.committed();
      }
      this.#notify();
    }
  }

  #createBatch(items: unknown[]): void {
    const index = this.#batches;
    const text = encode(items, this.#node.kind === 'batch' ? 'items' : 'item');
    const again = this.#superseded.get(index);
    const scope = again?.scope ?? this.#run.newScope();
    const attempt = (again?.attempt ?? 0) + 1;
    this.#batches += 1;
    this.#items += items.length;
    this.#run.journal.write(() => {
      failpoint('batch-created');
      if (again) this.#run.writer.splitAgain(scope, attempt, items.length, text);
      else this.#run.writer.batch(scope, this.#id, this.#scope.id, index, items.length, text);
    });
    if (this.#announced.batches > 0) {
      this.#announced.batches -= 1;
      this.#announced.items -= items.length;
    } else {
      this.count(BatchStatus.waiting, 1, items.length);
    }
    this.#enqueue({ scope, index, items: items.length, attempt, text, fresh: again === undefined });
  }

  #enqueue(row: QueuedBatch): void {
    if (this.#waiting >= QUEUE || this.#textAtHand >= TEXT_AT_HAND) this.#spilled = true;
    if (!this.#spilled) this.#push(row);
  }

  #push(row: QueuedBatch): void {
    this.#queue.push(row);
    this.#textAtHand += row.text.length;
    this.#lastQueued = row.index;
  }

  async #refill(): Promise<void> {
    if (this.#refilling) return;
    this.#refilling = true;
    try {
      const cutBefore = this.#batches;
      await this.#run.journal.committed();
      const all = this.#readPage();
      if (all && cutBefore === this.#batches) this.#spilled = false;
    } catch (thrown) {
      this.error ??= { thrown };
      this.#spilled = false;
    } finally {
      this.#refilling = false;
      this.#notify();
    }
  }

  /** Queues the next page of what waits in the store, or as much of it as may be held. True when that was all. */
  #readPage(): boolean {
    const page = this.#run.db
      .prepare<
        [number, number, number, number, number, number],
        { scope: number; index: number; items: number; attempt: number; text: string }
      >(
        `select scope, idx as "index", items, attempt, (
         select i.items from batch_items i where i.run = b.run and i.scope = b.scope and i.attempt <= b.attempt order by i.attempt desc limit 1
       ) as text
       from batches b where run = ? and node = ? and parent = ? and idx > ? and status = ?
       ${this.#onlyBegun ? 'and (attempt > 1 or exists (select 1 from steps s where s.run = b.run and s.scope = b.scope))' : ''}
       order by idx limit ?`,
      )
      .iterate(this.#run.id, this.#id, this.#scope.id, this.#lastQueued, BatchStatus.waiting, PAGE);
    let rows = 0;
    for (const row of page) {
      // What an earlier process has split, or a re-run takes up again, may hold steps already.
      this.#push({ ...row, fresh: row.index >= this.#createdHere && !this.#superseded.has(row.index) });
      rows += 1;
      if (this.#textAtHand >= TEXT_AT_HAND) return false;
    }
    return rows < PAGE;
  }

  #announce(known: number): void {
    const { size } = this.#node.policy;
    this.#known = known;
    const next = announcedBy({ items: this.#items, known_items: known, exhausted: 0 }, size);
    this.count(BatchStatus.waiting, next.batches - this.#announced.batches, next.items - this.#announced.items);
    this.#announced = next;
    this.#setComplete();
    this.#record();
  }

  #end(): void {
    this.#exhausted = true;
    // Fewer came than were announced: an array that was emptied while it was being split.
    this.count(BatchStatus.waiting, -this.#announced.batches, -this.#announced.items);
    this.#announced = { batches: 0, items: 0 };
    this.#setComplete();
    this.#record();
  }

  #record(): void {
    const { writer, journal } = this.#run;
    const { batches, items, known, exhausted } = {
      batches: this.#batches,
      items: this.#items,
      known: this.#known,
      exhausted: this.#exhausted,
    };
    journal.write(() => writer.splitProgress(this.#id, this.#scope.id, batches, items, known, exhausted));
  }

  #setComplete(): void {
    this.tally.complete = this.#exhausted || this.#known !== null;
    this.#total.complete = this.tally.complete;
  }

  async #untilRoom(): Promise<void> {
    while (!this.#closed && (this.#spilled || this.#waiting >= this.#room())) {
      await new Promise<void>(resolve => {
        this.#wakeProducer = resolve;
      });
      this.#wakeProducer = undefined;
    }
  }
}

/** What a cut that is not at its end has announced beyond what it has split. */
function announcedBy(
  split: { items: number; known_items: number | null; exhausted: number },
  size: number,
): { batches: number; items: number } {
  if (split.exhausted === 1 || split.known_items === null) return { batches: 0, items: 0 };
  const items = Math.max(0, split.known_items - split.items);
  return { batches: Math.ceil(items / size), items };
}
