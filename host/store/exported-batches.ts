import { batchStatusNow } from '../../common/at-rest.ts';
import { batchLine, matchingScopes } from '../../engine/store/batch-queries.ts';
import { decode } from '../../engine/store/codec.ts';
import { errorOf, jsonLine } from '../../engine/store/json-line.ts';
import { parseOptionalError } from '../../engine/store/queries.ts';
import { itemsText } from '../../engine/store/step-queries.ts';
import type { Args, Result } from '../api/api.ts';
import { csvLine } from '../spreadsheet/csv.ts';
import { lineOf } from './runs.ts';
import type { StoreConnection } from './store-connection.ts';

/* Batches as a file that other programs read. */

const COLUMNS = ['index', 'state', 'error', 'items'] as const;

export function getScopes(store: StoreConnection, { run, node, where }: Args<'getScopes'>): Result<'getScopes'> {
  const { db, line } = lineOf(store, run);
  return { scopes: Uint32Array.from(matchingScopes(db, run, node, where, line.live)) };
}

export function exportBatches(
  store: StoreConnection,
  { run, scopes, format, head }: Args<'exportBatches'>,
): Result<'exportBatches'> {
  const { db, line: of } = lineOf(store, run);
  const lines = Array.from(scopes).flatMap(scope => {
    const line = batchLine(db, run, scope);
    if (!line) return [];
    const error = parseOptionalError(line.error);
    const text = itemsText(db, run, scope, undefined);
    const batch = { index: line.idx, state: batchStatusNow(line.status, of.live) };
    const items: unknown = text === undefined ? null : decode(text);
    if (format === 'jsonl') return [jsonLine({ ...batch, error: error ? errorOf(error) : null, items })];
    return [csvLine([batch.index, batch.state, error?.message ?? '', jsonLine(items)])];
  });
  const names = format === 'csv' && head === true ? [COLUMNS.join(',')] : [];
  return { text: [...names, ...lines].map(line => `${line}\n`).join('') };
}
