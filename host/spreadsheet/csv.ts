import { isHeld } from '../../common/exact-json.ts';
import { CellError, FORMULA, type Cell, type ReadCell } from './cells.ts';

/*
 * A CSV has only texts. An apostrophe before one says that it is a text: a spreadsheet then neither executes it nor makes a number
 * or a date of it, and what is read back is exact.
 */

/** What a spreadsheet would execute (OWASP: CSV injection), and what begins with the apostrophe itself. */
const EXECUTED = /^[=+\-@\t\r\n']/;
/** What it would make a number, a date or a truth of. */
const REMADE = /^[\d\s.,:/e+\-%$€]+$|^\d{1,2}[ .-]*\p{L}{3,9}\.?([ -]\d{2,4})?$|^(true|false|wahr|falsch|vrai|faux)$/iu;

export function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  return cell !== '' && (EXECUTED.test(cell) || REMADE.test(cell)) ? `'${cell}` : cell;
}

export interface CsvDialect {
  /** The file is from a place where they are usual. */
  readonly hasDecimalCommas: boolean;
}

/** What a text of a CSV says. */
export function cellOfCsv(text: string, { hasDecimalCommas }: CsvDialect): ReadCell {
  if (text === '') return null;
  if (text.startsWith("'")) return text.slice(1);
  if (text.startsWith('=')) return FORMULA;
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  const number = hasDecimalCommas ? text.replace(/^(-?\d+),(\d+)$/, '$1.$2') : text;
  // What has zeros before it, or too many digits, is no number but a name of something.
  if (!/^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i.test(number)) return text;
  return isHeld(Number(number), number) ? Number(number) : text;
}

/** The rows of a text. @throws CellError where a quote has no end */
export function parseCsv(text: string): { readonly rows: string[][]; readonly delimiter: string } {
  const named = /^sep=(.)\r?\n/i.exec(text);
  const body = named ? text.slice(named[0].length) : text;
  const delimiter = named?.[1] ?? delimiterOf(body);
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < body.length;) {
    const { field, next } = fieldAt(body, at, delimiter);
    row.push(field);
    at = next;
    if (body[at] === delimiter) {
      at += 1;
      if (at < body.length && body[at] !== '\n' && body[at] !== '\r') continue;
      row.push('');
    }
    if (body[at] === '\r') at += 1;
    if (body[at] === '\n') at += 1;
    rows.push(row);
    row = [];
  }
  return { rows, delimiter };
}

function fieldAt(text: string, from: number, delimiter: string): { readonly field: string; readonly next: number } {
  if (text[from] !== '"') {
    let next = from;
    while (next < text.length && text[next] !== delimiter && text[next] !== '\n' && text[next] !== '\r') next += 1;
    return { field: text.slice(from, next), next };
  }
  const parts: string[] = [];
  for (let at = from + 1; ;) {
    const end = text.indexOf('"', at);
    if (end === -1) throw new CellError('a text in quotes has no end');
    parts.push(text.slice(at, end));
    if (text[end + 1] !== '"') return { field: parts.join('"'), next: end + 1 };
    at = end + 2;
  }
}

/** The one that stands most often in the first line. */
function delimiterOf(text: string): string {
  const line = /^[^\r\n]*/.exec(text)?.[0] ?? '';
  const counts = [',', ';', '\t'].map(mark => [mark, line.split(mark).length] as const);
  return counts.reduce((most, next) => (next[1] > most[1] ? next : most))[0];
}

/** With a byte order mark, by which Excel knows that it is UTF-8. */
export function csvText(rows: readonly (readonly Cell[])[]): string {
  return `\uFEFF${rows.map(row => `${csvLine(row)}\r\n`).join('')}`;
}

export function csvLine(row: readonly Cell[]): string {
  return row.map(cell => quoted(csvCell(cell))).join(',');
}

function quoted(text: string): string {
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
