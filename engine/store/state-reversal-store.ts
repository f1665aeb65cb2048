import type { Database } from 'better-sqlite3';
import { prepared, preparedColumn } from './prepared-queries.ts';

/** A write to the run's state that a step made. */
export interface StoredStateWrite {
  readonly seq: number;
  readonly key: string;
  readonly op: string;
  /** By how much it changed the number that was read before. */
  readonly delta: number | null;
  /** Of a `set`: whether the value may depend on one that was read before. */
  readonly fromRead: 0 | 1;
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
      'select seq, key, op, delta, from_read as fromRead from state_writes where run = ? and scope = ? and node = ? and attempt = ? and reverted = 0',
    ).all(this.#run, scope, node, attempt);
  }

  /**
   * Whether every `set` of a key in a node is an addition of 1, or of the number of its batch's items. A maximum or a
   * last value changes by other numbers, too, so that what it did cannot be taken back.
   */
  countsOnly(key: string, node: number): boolean {
    const other = preparedColumn<[number, string, number], number>(
      this.#db,
      `select 1 from state_writes w where run = ? and key = ? and node = ? and op = 'set' and reverted = 0
       and (delta is null or (delta <> 1
        and delta <> coalesce((select items from batches b where b.run = w.run and b.scope = w.scope), 1))) limit 1`,
    ).get(this.#run, key, node);
    return other === undefined;
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
