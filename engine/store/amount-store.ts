import type { Database } from 'better-sqlite3';
import { prepared } from './prepared-queries.ts';

/** Where a batch stands, for its amount. */
export interface AmountOf {
  readonly node: number;
  /** The scope that its node stands in. */
  readonly parent: number;
  readonly scope: number;
}

/*
 * Two books: what was read of the source, by node (amount_totals), and what each batch holds (batch_amounts). A run is
 * balanced where they agree. Amounts are whole millionths.
 */

/** A batch has been created from items that were read. Within the caller's transaction. */
export function createAmount(db: Database, run: number, of: AmountOf, amount: bigint | null, unit: string): void {
  prepared<[number, number, number, bigint, string], never>(
    db,
    `insert into amount_totals (run, node, parent, amount, unit) values (?, ?, ?, ?, ?)
      on conflict (run, node, parent) do update set amount = amount + excluded.amount, unit = excluded.unit`,
  ).run(run, of.node, of.parent, amount ?? 0n, unit);
  prepared<[number, number, bigint | null], never>(
    db,
    `insert into batch_amounts (run, scope, amount) values (?, ?, ?)
      on conflict (run, scope) do update set amount = excluded.amount`,
  ).run(run, of.scope, amount);
}

/** An item that is set aside comes to so much: it was part of what its batch holds, unless that is not known. */
export function setAsideAmount(
  db: Database,
  run: number,
  of: AmountOf,
  item: number,
  amount: bigint,
  unit: string,
): void {
  const { changes } = prepared<[bigint, number, number, number], never>(
    db,
    'update set_aside set amount = ? where run = ? and scope = ? and item = ? and until_attempt is null and amount is null',
  ).run(amount, run, of.scope, item);
  if (changes === 0) return;
  const taken = prepared<[bigint, number, number], never>(
    db,
    'update batch_amounts set amount = amount - ? where run = ? and scope = ? and amount is not null',
  ).run(amount, run, of.scope);
  if (taken.changes > 0) return;
  prepared<[number, number, number, bigint, string], never>(
    db,
    `insert into amount_totals (run, node, parent, amount, unit) values (?, ?, ?, ?, ?)
      on conflict (run, node, parent) do update set amount = amount + excluded.amount, unit = excluded.unit`,
  ).run(run, of.node, of.parent, amount, unit);
}

/** A batch is about to be executed: its items may have been edited since it was created, or their amount was not known. */
export function correctAmount(db: Database, run: number, of: AmountOf, amount: bigint, unit: string): void {
  prepared<[number, number, number, bigint, number, number, string], never>(
    db,
    `insert into amount_totals (run, node, parent, amount, unit)
     values (?, ?, ?, ? - coalesce((select amount from batch_amounts where run = ? and scope = ?), 0), ?)
      on conflict (run, node, parent) do update set amount = amount + excluded.amount, unit = excluded.unit`,
  ).run(run, of.node, of.parent, amount, run, of.scope, unit);
  prepared<[number, number, bigint], never>(
    db,
    `insert into batch_amounts (run, scope, amount) values (?, ?, ?)
      on conflict (run, scope) do update set amount = excluded.amount where amount is not excluded.amount`,
  ).run(run, of.scope, amount);
}
