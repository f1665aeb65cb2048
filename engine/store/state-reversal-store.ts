import type { Database } from 'better-sqlite3';
import { prepared, preparedColumn } from './prepared-queries.ts';
import type { Adds } from './records.ts';

/** A write to the run's state that a step made. */
export interface StoredStateWrite {
  readonly seq: number;
  readonly key: string;
  readonly op: 'set' | 'incr' | 'update' | 'delete' | 'revert';
  /** What it added, where it was an addition. */
  readonly delta: number | null;
  readonly adds: Adds | null;
}

/** What taking back additions to a run's state reads and writes. */
export class StateReversalStore {
  readonly #db: Database;
  readonly #run: number;

  constructor(db: Database, run: number) {
    this.#db = db;
    this.#run = run;
  }

  /** The writes of an attempt that are not taken back yet. */
  writesOf(scope: number, node: number, attempt: number): StoredStateWrite[] {
    return prepared<[number, number, number, number], StoredStateWrite>(
      this.#db,
      'select seq, key, op, delta, adds from state_writes where run = ? and scope = ? and node = ? and attempt = ? and reverted = 0',
    ).all(this.#run, scope, node, attempt);
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
    prepared<[number, number]>(this.#db, 'update state_writes set reverted = 1 where run = ? and seq = ?').run(
      this.#run,
      seq,
    );
  }

  /** The value of a key, in the codec's text. */
  value(key: string): string | undefined {
    return preparedColumn<[number, string], string>(this.#db, 'select value from state where run = ? and key = ?').get(
      this.#run,
      key,
    );
  }

  /** Sets a key to the value it has once `by` is taken back, and notes that in the journal. */
  takeBack(key: string, value: string, by: number): void {
    prepared<[string, number, string]>(
      this.#db,
      'update state set value = ?, version = version + 1 where run = ? and key = ?',
    ).run(value, this.#run, key);
    prepared<[number, number, number, string, string, number]>(
      this.#db,
      `insert into state_writes (run, seq, key, op, value, delta, scope, node, attempt, reverted)
       values (?, 1 + max(coalesce((select max(seq) from state_writes where run = ?), 0), coalesce((select max(seq)
        from steps where run = ?), 0)),
               ?, 'revert', ?, ?, 0, 0, 0, 1)`,
    ).run(this.#run, this.#run, this.#run, key, value, -by);
  }
}
