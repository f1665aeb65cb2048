import type { Database } from 'better-sqlite3';
import { BatchStatus } from '../../common/status.ts';
import { UnreadableError } from './codec.ts';
import { ItemPageReader } from './item-pages.ts';
import { prepared } from './prepared-queries.ts';
import type { SplitPlace, Tally } from './tally.ts';
import type { StatusGroup } from './tally-from-rows.ts';

/** How far the items of a batch node have been split into batches. */
export interface StoredSplit {
  readonly batches: number;
  readonly items: number;
  /** All items there are, where that is known before the end. */
  readonly knownItems: number | null;
  readonly isExhausted: boolean;
}

export interface WaitingBatch {
  readonly scope: number;
  readonly index: number;
  readonly items: number;
  readonly attempt: number;
  /** Its items in the codec's text. */
  readonly text: string;
}

/** A page of the waiting batches of a node. */
export interface WaitingPage {
  readonly node: number;
  readonly parent: number;
  /** Only batches that come after this index. */
  readonly after: number;
  /** Only batches that an earlier process, or an earlier attempt, has begun. */
  readonly onlyBegun: boolean;
  readonly limit: number;
}

/** The batches of a node in one scope that have one status. */
export type StatusCount = Pick<StatusGroup, 'status' | 'batches' | 'items'>;

/** What a run reads of how the items of its batch nodes are split. `parent` is the scope the node stands in. */
export class SplitReader {
  readonly #db: Database;
  readonly #run: number;
  readonly #remembered = new Map<number, readonly StatusGroup[]>();
  #open = '[]';
  #places: readonly SplitPlace[] = [];

  constructor(db: Database, run: number) {
    this.#db = db;
    this.#run = run;
  }

  progress(node: number, parent: number): StoredSplit | undefined {
    const row = prepared<
      [number, number, number],
      { batches: number; items: number; knownItems: number | null; exhausted: number }
    >(
      this.#db,
      'select batches, items, known_items as knownItems, exhausted from splits where run = ? and node = ? and parent = ?',
    ).get(this.#run, node, parent);
    return (
      row && { batches: row.batches, items: row.items, knownItems: row.knownItems, isExhausted: row.exhausted === 1 }
    );
  }

  /**
   * Notes what is known of the whole run, so that the nodes of the workflow itself need no look of their own: the counts, and
   * where batches wait.
   */
  remember(groups: readonly StatusGroup[], tally: Tally | undefined): void {
    this.#open = JSON.stringify(tally?.open ?? []);
    this.#places = tally?.splits ?? [];
    this.#remembered.clear();
    for (const [node, all] of Map.groupBy(groups, group => group.node))
      if (all.every(({ lastParent }) => lastParent === 0)) this.#remembered.set(node, all);
  }

  countsByStatus(node: number, parent: number): StatusCount[] {
    const known = parent === 0 ? this.#remembered.get(node) : undefined;
    // Its batches begin to change now.
    this.#remembered.delete(node);
    if (known) return [...known];
    return prepared<[object], StatusCount>(
      this.#db,
      `select status, count(*) as batches, sum(items) as items from batches
        where run = @run and node = @node and parent = @parent group by status
       union all
       select ${BatchStatus.setAside}, 0, set_aside from splits
        where run = @run and node = @node and parent = @parent and set_aside > 0`,
    ).all({ run: this.#run, node, parent });
  }

  /** The batches that a re-run has taken out of use, to be created again. There is an index of them. */
  superseded(node: number, parent: number): IterableIterator<{ index: number; scope: number; attempt: number }> {
    return prepared<[number, number, number], { index: number; scope: number; attempt: number }>(
      this.#db,
      `select idx as "index", scope, attempt from batches indexed by superseded_batches
        where run = ? and parent = ? and node = ? and status = ${BatchStatus.superseded}`,
    ).iterate(this.#run, parent, node);
  }

  /**
   * Waiting batches in their order, read as they are asked for. After a million that are done none of these is looked at:
   * among them wait only those that a re-run has reopened, for which there is an index, and those that a process had begun.
   */
  *waiting({ node, parent, after, onlyBegun, limit }: WaitingPage): Generator<WaitingBatch, void> {
    const pages = new ItemPageReader(this.#db, this.#run);
    const untouched = this.#places.find(place => place.node === node && place.parent === parent)?.untouched ?? 0;
    const begun = onlyBegun
      ? 'and (attempt > 1 or exists (select 1 from steps s where s.run = @run and s.scope = b.scope))'
      : '';
    const columns = 'select scope, idx, items, attempt from batches b';
    const waits = `status = ${BatchStatus.waiting} ${begun}`;
    const here = 'run = @run and parent = @parent and node = @node';
    const rows = prepared<[object], WaitingRow>(
      this.#db,
      `select scope, idx as "index", items, attempt, (
         select i.items from batch_items i where i.run = @run and i.scope = b.scope and i.attempt <= b.attempt
          order by i.attempt desc limit 1
       ) as ownText
       from (
         ${columns} indexed by reopened_batches
          where ${here} and ${waits} and attempt > 1 and idx > @after and idx < @untouched
         union all
         ${columns} where run = @run and scope in (select value from json_each(@open)) and +parent = @parent and +node = @node
          and ${waits} and attempt = 1 and +idx > @after and +idx < @untouched
         union all
         ${columns} where ${here} and ${waits} and idx >= @first
         order by idx limit @limit
       ) b order by idx`,
    ).iterate({
      run: this.#run,
      ...{ node, parent, after, untouched, limit },
      first: Math.max(after + 1, untouched),
      open: this.#open,
    });
    for (const { ownText, ...batch } of rows)
      yield { ...batch, text: ownText ?? pages.textOf(batch.scope) ?? noItems(batch.scope) };
  }
}

interface WaitingRow extends Omit<WaitingBatch, 'text'> {
  /** Null where its items are those that it was created with. */
  readonly ownText: string | null;
}

function noItems(scope: number): never {
  throw new UnreadableError(`The items of batch ${scope} are missing.`);
}
