import { InexactNumberError } from '../../common/exact-json.ts';
import { withEdits } from '../../engine/run/rerun/edited-items.ts';
import { RerunError } from '../../engine/run/rerun/request.ts';
import { encode } from '../../engine/store/codec.ts';
import { valueOfText } from '../runs/value-of-text.ts';
import { ToldError } from '../../common/told.ts';
import { shown } from '../store/show.ts';

/*
 * Values as cells of a spreadsheet, and back. A cell that was not changed stands for the value in the store, whatever the
 * spreadsheet has made of it; only what a person has changed is read.
 */

/** What is written into a cell. Null: nothing. */
export type Cell = string | number | boolean | null;

/** What is read from one. Dates are those of the spreadsheet, without a time zone: as if in UTC. */
export type ReadCell = Cell | Date | Formula;

/** A cell with a formula, which is never calculated. */
interface Formula {
  readonly kind: 'formula';
}

/** Plain data: tables are read in one thread and compared in another. */
export const FORMULA: Formula = { kind: 'formula' };

/** A cell cannot be taken over; the message says why. */
export class CellError extends ToldError {
  override readonly name = 'CellError';
}

/** Excel cuts off what is longer. */
const LONGEST_CELL = 32_000;
const TOO_LONG = '… (too long to be corrected here)';

export function cellOf(value: unknown): Cell {
  switch (typeof value) {
    case 'undefined':
      return null;
    case 'string':
      return value.length > LONGEST_CELL ? value.slice(0, LONGEST_CELL) + TOO_LONG : value;
    case 'boolean':
      return value;
    case 'number':
      return isNumberCell(value) ? value : textOf(value);
    case 'bigint':
      return String(value);
    default:
      if (value === null) return null;
      return value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : textOf(value);
  }
}

/** Others are lost or rounded on the way. */
function isNumberCell(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}

/** As the Studio shows it, which is JSON where JSON can say it. */
function textOf(value: unknown): string {
  const { json } = shown(encode(value, 'cell'), true);
  return json.length > LONGEST_CELL ? json.slice(0, LONGEST_CELL) + TOO_LONG : json;
}

/** Whether a cell says what was written for a value. */
export function isUnchanged(value: unknown, cell: ReadCell): boolean {
  const before = cellOf(value);
  if (before === null || before === '') return cell === null || cell === '';
  if (typeof before === 'string' && typeof cell === 'string') return oneLineEnd(before) === oneLineEnd(cell);
  return before === cell;
}

/** Spreadsheets write the ends of lines in their own way. */
function oneLineEnd(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n');
}

/** What the same member is in most of the other items. */
export type UsualKind = 'text' | 'number' | 'other';

export function usualKind(values: readonly unknown[]): UsualKind {
  const known = values.filter(value => value !== null && value !== undefined);
  const most = (type: string) => 2 * known.filter(value => typeof value === type).length > known.length;
  if (most('number')) return 'number';
  return most('string') ? 'text' : 'other';
}

/**
 * The value that a changed cell says, in the place of one that was there. What is wrong with that may be its very kind, so of texts and
 * numbers it is what its like are. @throws CellError
 */
export function valueOfCell(before: unknown, cell: ReadCell, usual: UsualKind = 'other'): unknown {
  if (typeof cell === 'object' && cell !== null && 'kind' in cell)
    throw new CellError('it is a formula. Formulas are never calculated: write the value itself.');
  const was = cellOf(before);
  if (typeof was === 'string' && was.endsWith(TOO_LONG))
    throw new CellError('it is too long for a cell. Correct it in the Studio.');
  if (cell === null || cell === '') return typeof before === 'string' ? '' : null;
  if (cell instanceof Date) return before instanceof Date ? cell : dateText(cell);
  if (typeof cell === 'number' && isText(before, usual)) return String(cell);
  if (typeof cell === 'number' && !isNumberCell(cell))
    throw new CellError(`${cell} is larger than a number can hold exactly. Write it as a text.`);
  if (typeof before === 'string') return typeof cell === 'number' ? cell : String(cell);
  if (before instanceof Date) return merged(before, before, typeof cell === 'string' ? inUtc(cell) : cell);
  if (typeof before === 'bigint') return merged(before, before, cell);
  if (typeof before === 'object' && before !== null && typeof cell === 'string')
    return merged(before, valueOfText(textOf(before)), parsed(cell));
  return cell;
}

/** A moment without a time zone is one in UTC: a spreadsheet knows none, and shows the one that was written. */
function inUtc(text: string): string {
  const [, year, month, day, time = '00:00'] =
    /^(\d{4})[-/](\d\d)[-/](\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?$/.exec(text.trim()) ?? [];
  return year === undefined ? text : `${year}-${month}-${day}T${time}Z`;
}

function isText(before: unknown, usual: UsualKind): boolean {
  if (typeof before === 'string') return usual !== 'number';
  return usual === 'text' && (typeof before === 'number' || before === null || before === undefined);
}

function merged(before: unknown, seen: unknown, edited: unknown): unknown {
  try {
    return withEdits(before, seen, edited, 'it');
  } catch (error) {
    if (error instanceof RerunError) throw new CellError(error.message);
    throw error;
  }
}

function parsed(text: string): unknown {
  try {
    return valueOfText(text);
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof InexactNumberError)) throw error;
    throw new CellError(`it cannot be read: ${error.message}`);
  }
}

/** `2026-01-31`, with the time of day where there is one. */
function dateText(date: Date): string {
  const text = date.toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.replace(/(\.000)?Z$/, '');
}
