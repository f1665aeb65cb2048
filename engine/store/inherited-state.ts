import type { Database } from 'better-sqlite3';
import { prepared } from './prepared-queries.ts';

/* The state of a run that is a part of another one: it begins as that of the run around it, and what it has changed goes back. */

/** What a run has made of a key of its state. */
export interface StateChange {
  readonly key: string;
  /** What was added to it in all, where it was only added to; else null. */
  readonly added: number | null;
  /** In the codec's text; null: it was deleted. */
  readonly value: string | null;
}

/** In the transaction that creates the inner run. */
export function inheritState(db: Database, outer: number, inner: number): void {
  prepared<[number, number]>(
    db,
    'insert into state (run, key, value, version) select ?, key, value, version from state where run = ?',
  ).run(inner, outer);
}

/** In the order in which the keys were first written. */
export function stateChanges(db: Database, run: number): StateChange[] {
  return prepared<[number], StateChange>(
    db,
    `select w.key, iif(min(w.op in ('incr', 'revert')), sum(iif(w.op = 'incr' and w.reverted = 0, w.delta, 0)), null) as added,
       s.value
     from state_writes w left join state s on s.run = w.run and s.key = w.key
     where w.run = ? group by w.key order by min(w.seq)`,
  ).all(run);
}
