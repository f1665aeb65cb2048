import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { counted } from '../../common/format.ts';
import { encode } from '../../engine/store/codec.ts';
import { itemEvent } from '../../engine/store/item-event.ts';
import { requireRun } from '../../engine/store/runs.ts';
import { hashOf, keyText } from '../../host/spreadsheet/row-key.ts';
import { LOCKED_COLUMNS, sheetItems, sheetOf, type SheetItem } from '../../host/spreadsheet/sheet-items.ts';
import { SHEET_ITEMS } from '../../host/spreadsheet/which-items.ts';
import { tableFile } from '../../host/spreadsheet/table.ts';
import { text, type Arguments } from '../arguments.ts';
import { findStore, fromCaller } from '../caller-paths.ts';
import { UsageError } from '../usage.ts';
import { jsonLine } from '../../engine/store/json-line.ts';
import { withStore } from '../with-store.ts';

export const ITEM_OPTIONS = { items: { type: 'string' }, format: { type: 'string' }, out: { type: 'string' } } as const;

const FORMATS = ['xlsx', 'csv', 'jsonl'] as const;
type Format = (typeof FORMATS)[number];

/** Writes items that are to be corrected as a file for a spreadsheet, or for a program. */
export async function exportItems(run: number, values: Arguments['values']): Promise<number> {
  const which = oneOf('items', text(values.items) ?? '', SHEET_ITEMS);
  const out = text(values.out);
  const format = formatOf(text(values.format), out);
  if (format === 'xlsx' && out === undefined)
    throw new UsageError('--format xlsx writes a file: say where to with --out, such as --out items.xlsx.');
  return await withStore(findStore(text(values.store)), 'read', async db => {
    requireRun(db, run);
    const items = sheetItems(db, run, { which, node: text(values.node) });
    const bytes =
      format === 'jsonl'
        ? Buffer.from(items.map(item => `${lineOf(run, item)}\n`).join(''))
        : await tableFile(sheetOf(db, run, items), { format, locked: LOCKED_COLUMNS.length });
    if (out === undefined) process.stdout.write(bytes);
    else {
      write(out, bytes);
      process.stderr.write(`  ${counted(items.length, ['item', 'items'])} written to ${out}\n`);
    }
    return 0;
  });
}

function lineOf(run: number, { scope, node, batch, item, value, reason }: SheetItem): string {
  const key = keyText({ run, scope, item, hash: hashOf(encode(value, 'item')) });
  return jsonLine(itemEvent('item', { node, batch, item, position: null, label: null }, { key, reason, value }));
}

function formatOf(given: string | undefined, out: string | undefined): Format {
  if (given !== undefined) return oneOf('format', given, FORMATS);
  const ending = out === undefined ? '' : path.extname(out).slice(1).toLowerCase();
  return FORMATS.find(format => format === ending) ?? 'csv';
}

function oneOf<T extends string>(option: string, given: string, allowed: readonly T[]): T {
  const found = allowed.find(one => one === given);
  if (found !== undefined) return found;
  throw new UsageError(`--${option} ${JSON.stringify(given.slice(0, 100))}: it is ${allowed.join(', ')}.`);
}

function write(out: string, bytes: Uint8Array): void {
  try {
    writeFileSync(fromCaller(out), bytes);
  } catch (error) {
    throw new UsageError(`--out ${out} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
