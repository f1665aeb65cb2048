import { setAsideEvent } from '../../engine/store/set-aside-event.ts';
import { jsonLine } from '../../engine/store/json-line.ts';
import { valueSetAside } from '../../engine/store/set-aside.ts';
import { setAsideCounts, setAsidePage, type SetAsideLine } from '../../engine/store/set-aside-queries.ts';
import type { Args, Result, SetAsideRow, ShownValue } from '../api/api.ts';
import { lineOf } from './runs.ts';
import { shown, shownInTable } from './show.ts';
import type { StoreConnection } from './store-connection.ts';

/* Items that are set aside. */

export function getSetAside(store: StoreConnection, { run, ...page }: Args<'getSetAside'>): Result<'getSetAside'> {
  const { db } = lineOf(store, run);
  return {
    items: setAsidePage(db, run, page).map(rowOf),
    total: setAsideCounts(db, run).reduce((total, { items }) => total + items, 0),
  };
}

export function exportSetAside(
  store: StoreConnection,
  { run, ...page }: Args<'exportSetAside'>,
): Result<'exportSetAside'> {
  const items = setAsidePage(lineOf(store, run).db, run, page);
  const last = items.at(-1);
  return {
    lines: items.map(line => jsonLine(setAsideEvent(line))),
    ...(last && { last: { scope: last.scope, item: last.item } }),
  };
}

export function getItemSetAside(store: StoreConnection, { run, scope, item }: Args<'getItemSetAside'>): ShownValue {
  return shown(valueSetAside(lineOf(store, run).db, run, scope, item), true);
}

function rowOf({
  scope,
  node,
  batch,
  item,
  position,
  label,
  value,
  error,
  reason,
  who,
  at,
}: SetAsideLine): SetAsideRow {
  return {
    ...{ scope, path: node, batch, item, position, at },
    value: shownInTable(value, value.length),
    ...(label !== undefined && { label }),
    ...(error && { message: error.explain ?? error.message }),
    ...(reason !== undefined && { reason }),
    ...(who !== undefined && { who }),
  };
}
