import type { Database } from 'better-sqlite3';
import type { StoredError } from '../../common/stored-error.ts';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import { IN_FLIGHT_SQL } from './at-rest.ts';
import { inPlace } from './map-queries.ts';
import { batchOutputs, pageOfOutputs, type BatchOutput } from './outputs.ts';
import type { Page } from './pages.ts';
import { parseStoredError } from './parse-stored.ts';
import { prepared } from './prepared-queries.ts';
import { itemsGone, undescribedItems, type UndescribedItem } from './set-aside.ts';
import { itemsText } from './step-queries.ts';

/** A failed batch, or a failed round of a while, and where it stands. */
export interface FailedBatch {
  readonly scope: number;
  readonly node: number;
  readonly parent: number;
  readonly index: number;
  readonly items: number;
}

export interface StoredRound {
  readonly scope: number;
  readonly index: number;
  readonly status: number;
  readonly attempt: number;
}

export interface RetriesUsed {
  readonly attempts: number;
  /** When the last of them ended. */
  readonly endedAt: number;
  /** When the next one is to begin; null: the store of an older version does not say it. */
  readonly waitsUntil: number | null;
  readonly isWaiting: 0 | 1;
}

/** What a run reads of its batches, and of the rounds of its whiles. */
export class BatchReader {
  readonly #db: Database;
  readonly #run: number;

  constructor(db: Database, run: number) {
    this.#db = db;
    this.#run = run;
  }

  /** The items that an attempt of a batch began with, in the codec's text. */
  itemsOf(scope: number, attempt: number): string {
    const items = itemsText(this.#db, this.#run, scope, attempt);
    if (items === undefined) throw new Error(`The items of batch ${scope} are not in the store.`);
    return items;
  }

  /** What is set aside of a batch: see `itemsGone`. */
  itemsGone(scope: number): number[] {
    return itemsGone(this.#db, this.#run, scope);
  }

  /** What is set aside of a node's batches and has no label or no amount yet. */
  undescribedItems(node: number, parent: number): UndescribedItem[] {
    return undescribedItems(this.#db, this.#run, node, parent);
  }

  /** The outputs of a node's succeeded batches, in order. */
  outputs(node: number, parent: number): AsyncIterable<{ index: number; output: unknown }> {
    return batchOutputs(async after => this.pageOfOutputs(node, parent, after));
  }

  /** The first of them after an index, about so many characters. */
  pageOfOutputs(node: number, parent: number, after: number, mostChars = Infinity): Page<BatchOutput> {
    return pageOfOutputs(this.#db, { run: this.#run, node, parent }, after, mostChars);
  }

  /**
   * Nodes with batches that nothing has brought to an end, although what these stand in is complete: the workflow, or a batch
   * that has succeeded. In a batch that failed some may wait. Looks at all batches of the run.
   */
  unfinished(): { path: string; batches: number }[] {
    return prepared<[number, number, number], { path: string; batches: number }>(
      this.#db,
      `select nodes.path, count(*) as batches from batches
         join nodes on nodes.run = batches.run and nodes.node = batches.node
         left join batches as outer_batch on outer_batch.run = batches.run and outer_batch.scope = batches.parent
        where batches.run = ? and (batches.status = ${BatchStatus.waiting} or batches.status in ${IN_FLIGHT_SQL})
          and (batches.parent = ? or outer_batch.status = ?)
        group by batches.node order by min(batches.scope)`,
    ).all(this.#run, 0, BatchStatus.succeeded);
  }

  /** How many batches and items of a node the store holds; with the items that are set aside. */
  counts(node: number, parent: number): { batches: number; items: number } {
    return (
      prepared<[object], { batches: number; items: number }>(
        this.#db,
        `select count(*) as batches, coalesce(sum(items), 0) + (
           select count(*) from set_aside s indexed by set_aside_now cross join batches b on b.run = s.run and b.scope = s.scope
            where s.run = @run and s.until_attempt is null and b.node = @node and b.parent = @parent
         ) as items from batches
          where run = @run and ${inPlace(this.#db, this.#run, node, parent)} and status <> ${BatchStatus.superseded}`,
      ).get({ run: this.#run, node, parent }) ?? { batches: 0, items: 0 }
    );
  }

  /** When batches of a node have started since a time, with all their attempts that are on record, oldest first. */
  startsSince(node: number, since: number): { at: number; items: number }[] {
    return prepared<[object], { at: number; items: number }>(
      this.#db,
      `select started_at as at, items from batches where run = :run and node = :node and started_at > :since
       union all
       select a.started_at, b.items from batch_attempts a join batches b on b.run = a.run and b.scope = a.scope
        where a.run = :run and b.node = :node and a.started_at > :since
       order by 1`,
    ).all({ run: this.#run, node, since });
  }

  /**
   * The failed attempts of a batch before its latest one, which its retries have used up: since a session, and since the
   * batch around it began its own latest attempt. `isWaiting`: the latest one has not begun.
   */
  retriesUsed(scope: number, parent: number, since: number): RetriesUsed {
    return (
      prepared<[object], RetriesUsed>(
        this.#db,
        `select count(*) as attempts, coalesce(max(a.ended_at), 0) as endedAt,
           -- Of the row with the maximum: SQLite says so of a query with one max().
           a.waits_until as waitsUntil, b.started_at is null as isWaiting
         from batch_attempts a join batches b on b.run = a.run and b.scope = a.scope
         where a.run = :run and a.scope = :scope and a.status = ${BatchStatus.failed} and a.session >= :since
           and a.ended_at > coalesce((select max(ended_at) from batch_attempts where run = :run and scope = :parent), 0)`,
      ).get({ run: this.#run, scope, parent, since }) ?? { attempts: 0, endedAt: 0, waitsUntil: null, isWaiting: 0 }
    );
  }

  /** The error of the first failed batch of a node, whichever process it failed in. */
  firstFailure(node: number, parent: number): StoredError | undefined {
    // A status that stands in the statement, and a parent that SQLite looks for in no index, lead it to that of the failed ones.
    const row = prepared<[number, number, number], { error: string }>(
      this.#db,
      `select error from batches where run = ? and node = ? and +parent = ? and status = ${BatchStatus.failed} and error is not null
        order by idx limit 1`,
    ).get(this.#run, node, parent);
    return row && parseStoredError(row.error);
  }

  /** The failed batches and rounds inside a scope, however deep, of nodes that are not done. */
  failedInside(scope: number): FailedBatch[] {
    const failed = prepared<[number, number, number, number], FailedBatch>(
      this.#db,
      `select scope, node, parent, idx as "index", items from batches b where run = ? and parent = ? and status = ?
       and not exists (select 1 from steps s where s.run = b.run and s.scope = b.parent and s.node = b.node and s.status = ?)`,
    ).all(this.#run, scope, BatchStatus.failed, StepStatus.succeeded);
    return failed.flatMap(batch => [batch, ...this.failedInside(batch.scope)]);
  }

  /** The last round of a while that a re-run has not taken out of use. */
  lastRound(node: number, parent: number): StoredRound | undefined {
    return prepared<[number, number, number, number], StoredRound>(
      this.#db,
      `select scope, idx as "index", status, attempt from batches
       where run = ? and node = ? and parent = ? and status <> ? order by idx desc limit 1`,
    ).get(this.#run, node, parent, BatchStatus.superseded);
  }
}
