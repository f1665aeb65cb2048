import { kindOf, valueAt, type Column, type Kind } from './columns.ts';
import { rangesOf, type Range } from './ranges.ts';

/** Something that items have or have not, in words: "`country` has nothing in it". */
export interface Feature {
  /** `a.b`; '' is the item itself. */
  readonly path: string;
  readonly words: string;
  /** What is said first of features that say the same: the plainest. */
  readonly rank: number;
  readonly test: (item: unknown) => boolean;
}

/** A feature and the rows of the items that have it. */
export interface Candidate extends Feature {
  readonly rows: readonly number[];
  /** Of a range: the same, moved to where the items at fault lie. */
  readonly tighter?: ((atFault: number) => Candidate | undefined) | undefined;
}

const RANK = { nothing: 0, kind: 1, unusual: 2, class: 3, value: 4, range: 5, length: 6 } as const;

const TEXT_CLASSES: readonly (readonly [string, (text: string) => boolean])[] = [
  ['is an empty text', text => text === ''],
  ['has spaces at its ends', text => text !== '' && text.trim() !== text],
  ['is made of digits only', text => /^\d+$/.test(text)],
  // oxlint-disable-next-line no-control-regex
  ['has characters outside ASCII', text => /[^\u0000-\u007f]/.test(text)],
  // oxlint-disable-next-line no-control-regex
  ['has a line break or control character', text => /[\u0000-\u001f]/.test(text)],
];

const NUMBER_CLASSES: readonly (readonly [string, (value: number) => boolean])[] = [
  ['is not a finite number', value => !Number.isFinite(value)],
  ['is 0', value => value === 0],
  ['is negative', value => value < 0],
  ['has a fraction', value => Number.isFinite(value) && !Number.isInteger(value)],
];

/** Everything that can be said of a column and holds for at least `support` items, but not for all. */
export function candidatesOf(column: Column, support: number): Candidate[] {
  const { keys, values } = column;
  const path = keys.join('.');
  const subject = path === '' ? 'the item' : `\`${path}\``;
  const found: Candidate[] = [];
  const add = (words: string, rank: number, rows: readonly number[], test: (value: unknown) => boolean): void => {
    if (rows.length < support || rows.length === values.length) return;
    found.push({ path, words: `${subject} ${words}`, rank, rows, test: item => test(valueAt(item, keys)) });
  };
  const addTested = (words: string, rank: number, test: (value: unknown) => boolean): void =>
    add(words, rank, rowsWhere(values, test), test);

  const byKind = Map.groupBy(values.keys(), row => kindOf(values[row]));
  const [usual] = [...byKind].toSorted((a, b) => b[1].length - a[1].length)[0] ?? ['missing' as Kind];
  for (const [kind, rows] of byKind) add(`is ${kind}`, RANK.kind, rows, value => kindOf(value) === kind);
  if (byKind.size > 2) addTested(`is not ${usual}`, RANK.unusual, value => kindOf(value) !== usual);
  if (byKind.size > 1 || usual === 'a text' || usual === 'a list')
    addTested('has nothing in it', RANK.nothing, hasNothing);

  const byValue = Map.groupBy(values.keys(), row => (Object(values[row]) === values[row] ? undefined : values[row]));
  byValue.delete(undefined);
  for (const [value, rows] of byValue)
    add(`is ${shortText(value)}`, RANK.value, rows, other => Object.is(other, value) || other === value);

  if (byKind.has('a text')) {
    for (const [words, test] of TEXT_CLASSES)
      addTested(words, RANK.class, value => typeof value === 'string' && test(value));
    if (areDates(values)) addTested('is not a date', RANK.class, isNoDate);
  }
  if (byKind.has('a number'))
    for (const [words, test] of NUMBER_CLASSES)
      addTested(words, RANK.class, value => typeof value === 'number' && test(value));
  if (byKind.has('a list'))
    addTested('is an empty list', RANK.unusual, value => Array.isArray(value) && value.length === 0);

  const ofRange = ({ words, rows, test, isLength, tighter }: Range): Candidate => ({
    path,
    words: `${subject} ${words}`,
    rank: isLength ? RANK.length : RANK.range,
    rows,
    test: item => test(valueAt(item, keys)),
    tighter: atFault => {
      const range = tighter?.(atFault);
      return range && ofRange(range);
    },
  });
  for (const range of rangesOf(column, areDates(values)))
    if (range.rows.length >= support && range.rows.length < values.length) found.push(ofRange(range));
  return found;
}

function rowsWhere(values: readonly unknown[], test: (value: unknown) => boolean): number[] {
  const rows: number[] = [];
  for (let row = 0; row < values.length; row++) if (test(values[row])) rows.push(row);
  return rows;
}

function hasNothing(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === 'string' ? value.trim() === '' : Array.isArray(value) && value.length === 0;
}

function isNoDate(value: unknown): boolean {
  return typeof value === 'string' && Number.isNaN(Date.parse(value));
}

const LOOKED_AT = 50;

/** Whether at least half of the texts are dates; some of them are looked at. */
function areDates(values: readonly unknown[]): boolean {
  const texts = values.filter(value => typeof value === 'string');
  const step = Math.max(1, Math.floor(texts.length / LOOKED_AT));
  const some = texts.filter((_, index) => index % step === 0);
  const dates = some.filter(text => text.length >= 8 && /\d/.test(text) && !isNoDate(text));
  return some.length > 0 && dates.length >= some.length / 2;
}

const LONGEST_VALUE = 40;

function shortText(value: unknown): string {
  if (typeof value !== 'string') return String(value);
  const text = JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 2)}…"` : text;
}
