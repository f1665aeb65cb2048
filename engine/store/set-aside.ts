import type { Database } from 'better-sqlite3';
import { withItems, withoutItems, type SetAsideItem } from '../../common/set-aside.ts';
import { decode, encode, UnreadableError } from './codec.ts';
import { prepared, preparedColumn } from './prepared-queries.ts';
import { itemsText } from './step-queries.ts';

/*
 * Items that their batches go without. They are counted twice, by their rows and by the splits of their nodes, and are no part of
 * the batch any more: what a batch node has read is what its batches hold and what is set aside.
 */

/** Items of one batch. `at`: when they were set aside. */
export interface ItemsToSetAside {
  readonly scope: number;
  readonly at: number;
  readonly items: readonly SetAsideItem[];
}

/** Items of one batch. */
export interface ItemsToTakeBack {
  readonly scope: number;
  /** With another value in its place, in the codec's text, where a person has edited it. */
  readonly items: readonly { readonly item: number; readonly value?: string | undefined }[];
}

/** What is set aside of a batch now: indices among the items that it was created with, in order. */
export function itemsGone(db: Database, run: number, scope: number): number[] {
  return preparedColumn<[number, number], number>(
    db,
    'select item from set_aside indexed by set_aside_now where run = ? and scope = ? and until_attempt is null order by item',
  ).all(run, scope);
}

/** Sets items of a batch aside: from its latest attempt on, which has not begun. In the caller's transaction. */
export function setAside(db: Database, run: number, { scope, at, items }: ItemsToSetAside): number {
  const gone = itemsGone(db, run, scope);
  const { left, taken } = withoutItems(
    itemsOf(db, run, scope),
    gone,
    items.map(({ item }) => item),
  );
  const insert = prepared<unknown[]>(
    db,
    `insert or replace into set_aside (run, scope, item, since_attempt, position, label, value, found, error, reason, who, at)
     select run, scope, ?, attempt, ?, ?, ?, ?, ?, ?, ?, ? from batches where run = ? and scope = ?`,
  );
  items.forEach(({ item, position, label, found, error, reason, who }, index) =>
    insert.run(
      item,
      position,
      label ?? null,
      encode(taken[index], 'item'),
      found ?? null,
      error ? JSON.stringify(error) : null,
      reason ?? null,
      who ?? null,
      at,
      run,
      scope,
    ),
  );
  writeItems(db, run, scope, left, items.length);
  return left.length;
}

/** Takes items back into their batch, for its latest attempt, which has not begun. In the caller's transaction. */
export function takeBack(db: Database, run: number, { scope, items }: ItemsToTakeBack): void {
  const gone = itemsGone(db, run, scope);
  const back = items.map(({ item, value }) => ({
    item,
    value: decode(value ?? valueSetAside(db, run, scope, item)),
  }));
  const list = withItems(itemsOf(db, run, scope), gone, back);
  const numbers = JSON.stringify(items.map(({ item }) => item));
  returnAmounts(db, run, scope, numbers);
  prepared<[object]>(
    db,
    `update set_aside set until_attempt = (select attempt from batches b where b.run = @run and b.scope = @scope)
      where run = @run and scope = @scope and until_attempt is null and item in (select value from json_each(@numbers))`,
  ).run({ run, scope, numbers });
  writeItems(db, run, scope, list, -items.length);
}

/** A batch is taken out of use: what was set aside of it is no part of its node any more. In the caller's transaction. */
export function forgetSetAside(db: Database, run: number, scope: number): void {
  const { changes } = prepared<[object]>(
    db,
    `update set_aside set until_attempt = (select attempt + 1 from batches b where b.run = @run and b.scope = @scope)
      where run = @run and scope = @scope and until_attempt is null`,
  ).run({ run, scope });
  if (changes > 0) countSetAside(db, run, scope, -changes);
}

/** The batches of which items are set aside, in their order. */
export function scopesSetAside(db: Database, run: number): number[] {
  return preparedColumn<[number], number>(
    db,
    'select distinct scope from set_aside indexed by set_aside_now where run = ? and until_attempt is null order by scope',
  ).all(run);
}

/** An item that is set aside, in the codec's text. */
export function valueSetAside(db: Database, run: number, scope: number, item: number): string {
  const value = preparedColumn<[number, number, number], string>(
    db,
    'select value from set_aside where run = ? and scope = ? and item = ? and until_attempt is null',
  ).get(run, scope, item);
  if (value === undefined) throw new UnreadableError(`Item ${item} of batch ${scope} is not set aside.`);
  return value;
}

/** An item that is set aside, of which more is still to be known than its value. */
export interface UndescribedItem {
  readonly scope: number;
  readonly item: number;
  readonly position: number;
  readonly value: string;
}

/** Of a node's batches in a scope: what has no label or no amount yet. Only who has the author's code can tell. */
export function undescribedItems(db: Database, run: number, node: number, parent: number): UndescribedItem[] {
  return prepared<[number, number, number], UndescribedItem>(
    db,
    `select s.scope, s.item, s.position, s.value
     from set_aside s indexed by set_aside_now cross join batches b on b.run = s.run and b.scope = s.scope
     where s.run = ? and s.until_attempt is null and b.node = ? and b.parent = ? and (s.label is null or s.amount is null)`,
  ).all(run, node, parent);
}

export function labelSetAside(db: Database, run: number, scope: number, item: number, label: string): void {
  prepared<[string, number, number, number]>(
    db,
    'update set_aside set label = coalesce(label, ?) where run = ? and scope = ? and item = ? and until_attempt is null',
  ).run(label, run, scope, item);
}

/** Whether anything of a run is set aside. */
export function hasSetAside(db: Database, run: number): boolean {
  return (
    preparedColumn<[number], number>(
      db,
      'select 1 from set_aside indexed by set_aside_now where run = ? and until_attempt is null limit 1',
    ).get(run) !== undefined
  );
}

function itemsOf(db: Database, run: number, scope: number): unknown[] {
  const items = decode(itemsText(db, run, scope, undefined) ?? '');
  if (Array.isArray(items)) return items as unknown[];
  throw new UnreadableError(`The items of batch ${scope} are not a list.`);
}

/** @param gone How many more are set aside of it now */
function writeItems(db: Database, run: number, scope: number, items: readonly unknown[], gone: number): void {
  // An attempt that has not begun may have other items already.
  prepared<[number, number, string, number, number]>(
    db,
    `insert or replace into batch_items (run, scope, attempt, items)
     select ?, ?, attempt, ? from batches where run = ? and scope = ?`,
  ).run(run, scope, encode(items, 'items'), run, scope);
  prepared<[number, number, number]>(db, 'update batches set items = ? where run = ? and scope = ?').run(
    items.length,
    run,
    scope,
  );
  countSetAside(db, run, scope, gone);
}

function countSetAside(db: Database, run: number, scope: number, more: number): void {
  prepared<[object]>(
    db,
    `update splits set set_aside = set_aside + @more from batches b
      where b.run = @run and b.scope = @scope and splits.run = b.run and splits.node = b.node and splits.parent = b.parent`,
  ).run({ run, scope, more });
}

/** What they amount to is the batch's again; where what the batch holds is not known, it is not part of the sum. */
function returnAmounts(db: Database, run: number, scope: number, numbers: string): void {
  const back = `(select coalesce(sum(s.amount), 0) from set_aside s where s.run = @run and s.scope = @scope and s.until_attempt is null
     and s.item in (select value from json_each(@numbers)))`;
  prepared<[object]>(
    db,
    `update amount_totals set amount = amount_totals.amount - ${back} from batches b join batch_amounts a on a.run = b.run and a.scope = b.scope
      where b.run = @run and b.scope = @scope and a.amount is null
        and amount_totals.run = b.run and amount_totals.node = b.node and amount_totals.parent = b.parent`,
  ).run({ run, scope, numbers });
  prepared<[object]>(
    db,
    `update batch_amounts set amount = amount + ${back} where run = @run and scope = @scope and amount is not null`,
  ).run({ run, scope, numbers });
}
