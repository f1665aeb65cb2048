import { readXlsx, writeXlsx } from 'hucre/xlsx';
import { decodedText } from '../../common/decoded-text.ts';
import { CellError, FORMULA, type Cell, type ReadCell } from './cells.ts';
import { csvText, parseCsv, type CsvDialect } from './csv.ts';
import { unpackedSize } from './unpacked-size.ts';

/* A table as a file that spreadsheets open, and back. */

export type TableFormat = 'xlsx' | 'csv';

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export interface ReadTable {
  /** Who saved the file last, where it says so. */
  readonly by?: string | undefined;
  readonly columns: readonly string[];
  /** Of a CSV, the texts as they stand there. */
  readonly rows: readonly (readonly ReadCell[])[];
  /** It is a CSV, which has texts only. */
  readonly csv?: CsvDialect | undefined;
}

/** The first columns can only be read. In CSV, nothing can be locked. */
export async function tableFile(
  { columns, rows }: Table,
  { format, locked }: { readonly format: TableFormat; readonly locked: number },
): Promise<Uint8Array> {
  if (format === 'csv') return Buffer.from(csvText([columns, ...rows]));
  const free = { protection: { locked: false } };
  return await writeXlsx({
    sheets: [
      {
        name: 'Items',
        rows: [columns, ...rows].map(row => row.map(escaped)),
        columns: columns.map((name, at) => ({
          width: Math.min(60, Math.max(12, name.length + 2)),
          ...(at >= locked && { style: free }),
        })),
        freezePane: { rows: 1 },
        protection: { sheet: true },
      },
    ],
  });
}

/** In texts of a workbook `_x000D_` is a character; where somebody has written just that, its underscore is one. */
function escaped(cell: Cell): Cell {
  return typeof cell === 'string' ? cell.replaceAll(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_') : cell;
}

/** More is no file of corrections. */
const LARGEST_FILE = 100_000_000;
const LONGEST_NAME = 100;
/** And a workbook that becomes larger than this is made to fill the memory. */
const LARGEST_UNPACKED = 500_000_000;

/** Of a workbook, the first sheet. @throws CellError where it is no such file */
export async function readTable(bytes: Uint8Array): Promise<ReadTable> {
  if (bytes.length > LARGEST_FILE) throw new CellError('it is larger than 100 MB');
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  const {
    rows: [columns = [], ...rows],
    ...about
  } = isZip ? await workbookRows(bytes) : csvRows(bytes);
  return { columns: columns.map(name => (typeof name === 'string' ? name : '')), rows, ...about };
}

async function workbookRows(bytes: Uint8Array): Promise<{ readonly rows: ReadCell[][]; readonly by?: string }> {
  if (unpackedSize(bytes) > LARGEST_UNPACKED) throw new CellError('it is larger than 500 MB when it is unpacked');
  const { sheets, properties } = await readXlsx(bytes, { sheets: [0], readStyles: true }).catch((error: unknown) => {
    throw new CellError(error instanceof Error ? error.message : String(error));
  });
  const [sheet] = sheets;
  if (!sheet) throw new CellError('it has no sheet');
  const rows = sheet.rows.map((row, at) =>
    row.map((value, column) => cellOfFormula(sheet.cells?.get(`${at},${column}`)?.formula) ?? value),
  );
  const by = nameOf(properties?.lastModifiedBy);
  return { rows, ...(by !== undefined && { by }) };
}

/** LibreOffice writes the two truths as formulas. */
function cellOfFormula(formula: string | undefined): ReadCell | undefined {
  const truth = /^(true|false)\(\)$/i.exec(formula ?? '')?.[1];
  if (truth !== undefined) return truth.toLowerCase() === 'true';
  return formula === undefined ? undefined : FORMULA;
}

/** Anybody may have written anything there. */
function nameOf(text: string | undefined): string | undefined {
  const name = text?.trim().slice(0, LONGEST_NAME);
  return name === '' ? undefined : name;
}

function csvRows(bytes: Uint8Array): { readonly rows: string[][]; readonly csv: CsvDialect } {
  const { rows, delimiter } = parseCsv(textOf(bytes));
  return { rows, csv: { hasDecimalCommas: delimiter === ';' } };
}

function textOf(bytes: Uint8Array): string {
  try {
    return decodedText(bytes);
  } catch (error) {
    throw new CellError(error instanceof Error ? error.message : String(error));
  }
}
