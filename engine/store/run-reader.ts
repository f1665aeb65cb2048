import type { Database } from 'better-sqlite3';
import type { NodeProgress } from '../../common/counts.ts';
import type { NodeAmounts } from '../../common/amounts.ts';
import { nodeAmounts } from './amount-queries.ts';
import { BatchReader } from './batch-reader.ts';
import { statusGroups, storedProgress, storedStepCounts, type NodeStepCount } from './progress-queries.ts';
import { cachedOutput, type CachedOutput, type CacheEntry } from './cached-outputs.ts';
import { lastScope } from './tally-now.ts';
import { readTally, type Tally } from './tally.ts';
import { preparedColumn, prepared } from './prepared-queries.ts';
import { batchCancelsAsked, type AskedBatchCancel } from './batch-cancels.ts';
import { stopAsked } from './runs.ts';
import { seenIn, type StoredSeen } from './seen-state-reader.ts';
import { readShared } from './shared-state.ts';
import { SplitReader } from './split-reader.ts';
import { StepReader } from './step-reader.ts';
import { drainsAsked, lastWorker } from './worker-store.ts';

/** What a run reads of its own rows: when it is resumed, and while it goes on. Each statement is prepared once a connection. */
export class RunReader {
  readonly batches: BatchReader;
  readonly steps: StepReader;
  readonly splits: SplitReader;
  readonly #db: Database;
  readonly #run: number;
  #lastFreshSession: number | undefined;

  constructor(db: Database, run: number) {
    this.#db = db;
    this.#run = run;
    this.batches = new BatchReader(db, run);
    this.steps = new StepReader(db, run);
    this.splits = new SplitReader(db, run);
  }

  /** The latest session that began retries anew: the start of the run, or a re-run. A resume continues what was begun. */
  get lastFreshSession(): number {
    this.#lastFreshSession ??=
      preparedColumn<[number], number | null>(
        this.#db,
        `select max(session) from sessions where run = ? and kind in ('start', 'rerun')`,
      ).get(this.#run) ?? 0;
    return this.#lastFreshSession;
  }

  /** The number that stands for each node's path. */
  nodes(): { node: number; path: string }[] {
    return prepared<[number], { node: number; path: string }>(
      this.#db,
      'select node, path from nodes where run = ?',
    ).all(this.#run);
  }

  /** The highest scope number given so far. */
  lastScope(): number {
    return lastScope(this.#db, this.#run);
  }

  /** What its rows added up to when the session began. */
  tally(): Tally | undefined {
    return readTally(this.#db, this.#run);
  }

  /** The run's state, values in the codec's text. */
  state(): IterableIterator<{ key: string; value: string; version: number }> {
    return prepared<[number], { key: string; value: string; version: number }>(
      this.#db,
      'select key, value, version from state where run = ?',
    ).iterate(this.#run);
  }

  /** What an earlier run has made: see cached-outputs.ts. */
  cachedOutput(entry: CacheEntry, now: number): CachedOutput | undefined {
    return cachedOutput(this.#db, entry, now);
  }

  /** What all runs share: see shared-state.ts. */
  shared(workflow: string, key: string, now: number): string | undefined {
    return readShared(this.#db, workflow, key, now);
  }

  /** What the steps of a scope have read and written of the state. */
  seenIn(scope: number): StoredSeen[] {
    return seenIn(this.#db, this.#run, scope);
  }

  progress(batchSizeOf: (path: string) => number | undefined): (NodeProgress & { readonly node: number })[] {
    const groups = statusGroups(this.#db, this.#run);
    this.splits.remember(groups, this.tally());
    return storedProgress(this.#db, this.#run, batchSizeOf, groups);
  }

  stepCounts(): NodeStepCount[] {
    return storedStepCounts(this.#db, this.#run);
  }

  /** What the items of its batch nodes come to, where they have a `conserve`. */
  amounts(): NodeAmounts[] {
    return nodeAmounts(this.#db, this.#run, true);
  }

  /** The batches that another process wants to be cancelled. */
  batchCancelsAsked(): readonly AskedBatchCancel[] {
    return batchCancelsAsked(this.#db, this.#run);
  }

  /** The highest number of a worker that it has had. */
  lastWorker(): number {
    return lastWorker(this.#db, this.#run);
  }

  /** The workers that are to be given no more batches. */
  drainsAsked(): readonly number[] {
    return drainsAsked(this.#db, this.#run);
  }

  /** What another process asks of this run, if one does. */
  stopAsked(): ReturnType<typeof stopAsked> {
    return stopAsked(this.#db, this.#run);
  }
}
