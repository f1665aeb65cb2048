import type { StoredError } from '../../common/stored-error.ts';
import { shortIndex } from '../../common/set-aside.ts';
import { isPlain } from '../../engine/run/rerun/plain.ts';
import { decode, encode } from '../../engine/store/codec.ts';
import { currentFindingsOf } from '../../engine/store/findings.ts';
import { ItemTexts } from '../../engine/store/item-texts.ts';
import type { StoreDatabase } from '../../engine/store/open.ts';
import { failedToSearch } from '../../engine/store/searches.ts';
import { setAsideLines } from '../../engine/store/set-aside-queries.ts';
import { itemsGone } from '../../engine/store/set-aside.ts';
import { cellOf } from './cells.ts';
import { hashOf, keyText } from './row-key.ts';
import type { Table } from './table.ts';
import type { SheetItems } from './which-items.ts';

/* The items of a run that somebody has to correct, as a table with a row for each. */

/** Which item a row is. */
export const KEY_COLUMN = 'cronflow:key';
/** Why it is in the file. */
const REASON_COLUMN = 'cronflow:reason';
/** What is not an object stands in one cell. */
export const ITEM_COLUMN = 'cronflow:item';
/** Key and reason are not to be changed. */
export const LOCKED_COLUMNS = [KEY_COLUMN, REASON_COLUMN] as const;

/** An item, where it stands, and why it is in the file. */
export interface SheetItem {
  readonly scope: number;
  /** Node path. */
  readonly node: string;
  /** The index of its batch among its siblings. */
  readonly batch: number;
  readonly item: number;
  readonly value: unknown;
  readonly reason: string;
}

export interface WhichItems {
  readonly which: SheetItems;
  /** Path of a batch node; without it, of all. */
  readonly node?: string | undefined;
}

export function sheetItems(db: StoreDatabase, run: number, which: WhichItems): SheetItem[] {
  return [...failedItems(db, run, which), ...asideItems(db, run, which)];
}

export function sheetOf(db: StoreDatabase, run: number, items: readonly SheetItem[]): Table {
  const texts = new ItemTexts(db, run);
  const scopes = new Set(items.map(({ scope }) => scope));
  // Also members that no item at fault has: one that is missing may be what is to be corrected.
  const others = [...scopes].flatMap(scope => texts.itemsOf(scope));
  const members = [...new Set([...others, ...items.map(({ value }) => value)].flatMap(columnsOf))];
  return {
    columns: [...LOCKED_COLUMNS, ...members],
    rows: items.map(({ scope, item, value, reason }) => [
      keyText({ run, scope, item, hash: hashOf(encode(value, 'item')) }),
      reason,
      ...members.map(column => cellOf(memberOf(value, column))),
    ]),
  };
}

/** The columns that an item has something in. */
export function columnsOf(item: unknown): string[] {
  return isPlain(item) ? Object.keys(item) : [ITEM_COLUMN];
}

export function memberOf(item: unknown, column: string): unknown {
  if (!isPlain(item)) return column === ITEM_COLUMN ? item : undefined;
  return Object.hasOwn(item, column) ? (Reflect.get(item, column) as unknown) : undefined;
}

/** Those found at fault; of a batch of which none is known, all. */
function failedItems(db: StoreDatabase, run: number, { which, node }: WhichItems): SheetItem[] {
  if (which === 'set-aside') return [];
  const texts = new ItemTexts(db, run);
  return failedToSearch(db, run, { node, batches: 'failed' }).flatMap(({ scope, node: path, index: batch }) => {
    const of = { scope, node: path, batch };
    const list = texts.itemsOf(scope);
    const gone = itemsGone(db, run, scope);
    const found = currentFindingsOf(db, run, scope);
    if (found.length > 0)
      return found.map(({ item, error }) => ({
        ...{ ...of, item, reason: reasonOf(error) },
        value: list[shortIndex(item, gone)],
      }));
    const reason = 'Its batch failed. Which of the items is at fault is not known.';
    const whole = Array.from({ length: list.length + gone.length }, (_, item) => item);
    return whole.filter(item => !gone.includes(item)).map((item, at) => ({ ...of, item, reason, value: list[at] }));
  });
}

function asideItems(db: StoreDatabase, run: number, { which, node }: WhichItems): SheetItem[] {
  if (which === 'failed') return [];
  return Array.from(setAsideLines(db, run, node), ({ scope, node: path, batch, item, value, reason, error }) => ({
    ...{ scope, node: path, batch, item, value: decode(value) },
    reason: reason ?? (error ? reasonOf(error) : 'It was set aside.'),
  }));
}

function reasonOf({ explain, message }: StoredError): string {
  return explain ?? message;
}
