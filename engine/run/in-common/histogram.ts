import { number } from '../../../common/format.ts';
import { columnsOf, kindOf, valueAt } from './columns.ts';

/** How often the values of a field are there, in the items at fault and in the others. */
export interface Histogram {
  readonly rows: readonly HistogramRow[];
  readonly atFault: number;
  readonly others: number;
}

export interface HistogramRow {
  readonly text: string;
  readonly atFault: number;
  readonly others: number;
}

const LIMITS = { paths: 200, depth: 4 };
const LOOKED_AT = 500;
/** More different values are counted together. */
const MOST_VALUES = 12;
const BUCKETS = 8;
const LONGEST_VALUE = 80;

/** The fields of the items, as `inCommon` calls them. Of many items, those of the first. */
export function fieldsOf(atFault: readonly unknown[], rest: readonly unknown[]): string[] {
  const some = [...atFault.slice(0, LOOKED_AT), ...rest.slice(0, LOOKED_AT)];
  return columnsOf(some, LIMITS)
    .filter(({ keys, values }) => keys.length > 0 && values.some(value => !isNothing(value) && !isInner(value)))
    .map(({ keys }) => keys.join('.'));
}

export function histogramOf(field: string, atFault: readonly unknown[], rest: readonly unknown[]): Histogram {
  const keys = keysOf(field, [...atFault.slice(0, LOOKED_AT), ...rest.slice(0, LOOKED_AT)]);
  const values = { atFault: atFault.map(item => valueAt(item, keys)), others: rest.map(item => valueAt(item, keys)) };
  const all = [...values.atFault, ...values.others];
  const numbers = all.filter(value => typeof value === 'number' && Number.isFinite(value)) as number[];
  const textOf = new Set(numbers).size > MOST_VALUES ? bucketText(numbers) : valueText;
  const rows = new Map<string, { atFault: number; others: number; first: number }>();
  const count = (value: unknown, as: 'atFault' | 'others') => {
    const text = textOf(value);
    const row = rows.get(text) ?? { atFault: 0, others: 0, first: typeof value === 'number' ? value : -Infinity };
    row[as] += 1;
    row.first = typeof value === 'number' ? Math.min(row.first, value) : row.first;
    rows.set(text, row);
  };
  for (const value of values.atFault) count(value, 'atFault');
  for (const value of values.others) count(value, 'others');
  const sorted = [...rows].toSorted(
    ([, a], [, b]) => b.atFault - a.atFault || (a.first === b.first ? b.others - a.others : a.first - b.first),
  );
  const shown = sorted.slice(0, MOST_VALUES).map(([text, row]) => ({ text, atFault: row.atFault, others: row.others }));
  const left = sorted.slice(MOST_VALUES).map(([, row]) => row);
  const sum = (of: 'atFault' | 'others') => left.reduce((total, row) => total + row[of], 0);
  if (left.length > 0)
    shown.push({ text: `${number(left.length)} other values`, atFault: sum('atFault'), others: sum('others') });
  return { rows: shown, atFault: atFault.length, others: rest.length };
}

/** The keys of a field: one of them may have a point in it. */
function keysOf(field: string, items: readonly unknown[]): readonly string[] {
  return columnsOf(items, LIMITS).find(({ keys }) => keys.join('.') === field)?.keys ?? field.split('.');
}

function valueText(value: unknown): string {
  switch (kindOf(value)) {
    case 'missing':
      return 'missing';
    case 'null':
      return 'null';
    case 'a text':
      return JSON.stringify((value as string).slice(0, LONGEST_VALUE));
    case 'a date':
      return Number.isNaN((value as Date).getTime()) ? 'no date' : (value as Date).toISOString().slice(0, 10);
    case 'a list':
      return `a list of ${number((value as readonly unknown[]).length)}`;
    case 'an object':
      return 'an object';
    default:
      return String(value);
  }
}

/** Numbers in so many ranges of the same width; anything else as it is. */
function bucketText(numbers: readonly number[]): (value: unknown) => string {
  let [low, high] = [Infinity, -Infinity];
  for (const one of numbers) {
    low = Math.min(low, one);
    high = Math.max(high, one);
  }
  const width = (high - low) / BUCKETS;
  return value => {
    // Texts by themselves would take the room of the ranges.
    if (typeof value === 'string') return 'a text';
    if (typeof value !== 'number' || !Number.isFinite(value)) return valueText(value);
    const bucket = Math.min(BUCKETS - 1, Math.floor((value - low) / width));
    return `${rounded(low + bucket * width)} to ${rounded(low + (bucket + 1) * width)}`;
  };
}

function rounded(value: number): string {
  return number(Number(value.toPrecision(4)));
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null;
}

function isInner(value: unknown): boolean {
  return kindOf(value) === 'an object';
}
