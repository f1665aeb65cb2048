import { correctionsIn, type Corrections } from '../spreadsheet/corrections.ts';
import { LOCKED_COLUMNS, sheetItems, sheetOf, type WhichItems } from '../spreadsheet/sheet-items.ts';
import type { ReadTable, Table } from '../spreadsheet/table.ts';
import { lineOf } from './runs.ts';
import type { StoreConnection } from './store-connection.ts';

/* Items that people correct in a spreadsheet, as tables. */

export function sheet(
  store: StoreConnection,
  { run, ...which }: WhichItems & { readonly run: number },
): Table & { readonly locked: number } {
  const { db } = lineOf(store, run);
  return { ...sheetOf(db, run, sheetItems(db, run, which)), locked: LOCKED_COLUMNS.length };
}

/** @throws CellError */
export function corrections(
  store: StoreConnection,
  { run, table }: { readonly run: number; readonly table: ReadTable },
): Corrections {
  return correctionsIn(lineOf(store, run).db, run, table);
}
