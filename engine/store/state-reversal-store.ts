import type { Database } from 'better-sqlite3';
import { prepared, preparedColumn } from './prepared-queries.ts';
import type { Adds } from './records.ts';
import type { RerunChanges } from './rerun-changes.ts';

/** A write to the run's state that a step made. */
export interface StoredStateWrite {
  readonly seq: number;
  readonly key: string;
  readonly op: 'set' | 'incr' | 'update' | 'delete' | 'revert';
  /** What it added, where it was an addition. */
  readonly delta: number | null;
  readonly adds: Adds | null;
}

/** What taking back additions to a run's state reads, as if the changes were written already; and what it changes. */
export class StateReversalStore {
  readonly #db: Database;
  readonly #run: number;
  readonly #changes: RerunChanges;
  readonly #hasWrites: boolean;

  constructor(db: Database, run: number, changes: RerunChanges) {
    this.#db = db;
    this.#run = run;
    this.#changes = changes;
    // Of a million batches none may have written to it.
    this.#hasWrites =
      preparedColumn<[number], number>(db, 'select 1 from state_writes where run = ? limit 1').get(run) !== undefined;
  }

  /** The writes of an attempt that are not taken back yet. */
  writesOf(scope: number, node: number, attempt: number): StoredStateWrite[] {
    if (!this.#hasWrites) return [];
    return prepared<[number, number, number, number], StoredStateWrite>(
      this.#db,
      'select seq, key, op, delta, adds from state_writes where run = ? and scope = ? and node = ? and attempt = ? and reverted = 0',
    )
      .all(this.#run, scope, node, attempt)
      .filter(({ seq }) => !this.#changes.isReverted(seq));
  }

  /**
   * Whether the writes to a key that a node made by `get` and `set` count: each of them added 1, or each as many as its batch has
   * items. The cost does not depend on how many writes there are.
   */
  isCounter(node: number, key: string): boolean {
    const does = (adds: Adds) =>
      preparedColumn<[number, number, string, Adds], number>(
        this.#db,
        'select 1 from state_writes where run = ? and node = ? and key = ? and adds = ? limit 1',
      ).get(this.#run, node, key, adds) === 1;
    return !does('other') && !(does('one') && does('items'));
  }

  markReverted({ seq }: StoredStateWrite): void {
    this.#changes.revert(seq);
  }

  /** The value of a key, in the codec's text. */
  value(key: string): string | undefined {
    return preparedColumn<[number, string], string>(this.#db, 'select value from state where run = ? and key = ?').get(
      this.#run,
      key,
    );
  }

  /** Sets a key to the value it has once `by` is taken back, in the codec's text. */
  takeBack(key: string, value: string, by: number): void {
    this.#changes.takenBack.push({ key, value, by });
  }
}
