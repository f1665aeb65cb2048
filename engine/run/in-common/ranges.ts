import { number } from '../../../common/format.ts';
import type { Column } from './columns.ts';

/** "is 9.1 or more", "has 3 characters or less". */
export interface Range {
  readonly words: string;
  readonly rows: readonly number[];
  readonly test: (value: unknown) => boolean;
  readonly isLength: boolean;
  /** The same, moved to where the items at fault lie: the first so many rows. */
  readonly tighter?: ((atFault: number) => Range | undefined) | undefined;
}

/** Judged at fixed shares of all values, not where the items at fault happen to lie: so they can be counted. */
const SHARES = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99];
/** Of fewer measured values shares say nothing. */
const FEWEST = 20;
/** A tighter range must still hold for so many of the items at fault that it held for. */
const STILL_HELD = 0.8;
const MOST_TRIED = 50;

interface Measure {
  readonly of: (value: unknown) => number | undefined;
  readonly verb: 'is' | 'has';
  readonly say: (value: number) => string;
  readonly isDate?: boolean;
}

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
const countOf =
  (one: string, many: string) =>
  (value: number): string =>
    `${number(value)} ${value === 1 ? one : many}`;

const MEASURES: readonly Measure[] = [
  { of: value => (typeof value === 'number' ? value : undefined), verb: 'is', say: String },
  { of: value => (value instanceof Date ? value.getTime() : undefined), verb: 'is', say: day, isDate: true },
  {
    of: value => (typeof value === 'string' ? value.length : undefined),
    verb: 'has',
    say: countOf('character', 'characters'),
  },
  { of: value => (Array.isArray(value) ? value.length : undefined), verb: 'has', say: countOf('entry', 'entries') },
];
const DATE_TEXTS: Measure = {
  of: value => (typeof value === 'string' ? Date.parse(value) : undefined),
  verb: 'is',
  say: day,
  isDate: true,
};

/** @param areDates Whether the texts of the column are dates. */
export function rangesOf({ values }: Column, areDates: boolean): Range[] {
  return [...MEASURES, ...(areDates ? [DATE_TEXTS] : [])].flatMap(measure => rangesBy(measure, values));
}

function rangesBy(measure: Measure, values: readonly unknown[]): Range[] {
  const measured = values.map(value => measure.of(value));
  const isMeasured = (row: number) => Number.isFinite(measured[row] ?? Number.NaN);
  const order = [...measured.keys()].filter(isMeasured).toSorted((a, b) => (measured[a] ?? 0) - (measured[b] ?? 0));
  const sorted = order.map(row => measured[row] ?? 0);
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (sorted.length < FEWEST || least === undefined || most === undefined || least === most) return [];

  const cutAt = (cut: number, isUp: boolean): Range => {
    const edge = isUp ? lowerBound(sorted, cut) : upperBound(sorted, cut);
    const isEnd = cut === (isUp ? most : least);
    const beyond = measure.isDate ? (isUp ? 'later' : 'earlier') : isUp ? 'more' : 'less';
    return {
      words: `${measure.verb} ${measure.say(cut)}${isEnd ? '' : ` or ${beyond}`}`,
      rows: isUp ? order.slice(edge) : order.slice(0, edge),
      test: value => {
        const size = measure.of(value);
        return size !== undefined && (isUp ? size >= cut : size <= cut);
      },
      isLength: measure.verb === 'has',
    };
  };
  const tighter =
    (loose: Range, isUp: boolean): Range['tighter'] =>
    atFault => {
      const held = (range: Range) => range.rows.filter(row => row < atFault).length;
      const least = STILL_HELD * held(loose);
      const worth = (range: Range) => (held(range) >= least ? held(range) / Math.sqrt(range.rows.length) : 0);
      const own = [...new Set(measured.slice(0, atFault))].filter(
        cut => cut !== undefined && Number.isFinite(cut),
      ) as number[];
      const step = Math.max(1, Math.floor(own.length / MOST_TRIED));
      const tried = own
        .toSorted((a, b) => a - b)
        .filter((_, index) => index % step === 0 || index === own.length - 1)
        .map(cut => cutAt(cut, isUp));
      const best = tried.reduce((one, other) => (worth(other) > worth(one) ? other : one), loose);
      return best === loose ? undefined : best;
    };
  const cuts = new Set(
    SHARES.map(share => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0),
  );
  return [...cuts].flatMap(cut =>
    [true, false].flatMap(isUp => {
      if (cut === (isUp ? least : most)) return [];
      const loose = cutAt(cut, isUp);
      return [{ ...loose, tighter: tighter(loose, isUp) }];
    }),
  );
}

/** Index of the first value that is not below the cut. */
function lowerBound(sorted: readonly number[], cut: number): number {
  const found = sorted.findIndex(value => value >= cut);
  return found === -1 ? sorted.length : found;
}

/** Index of the first value above the cut. */
function upperBound(sorted: readonly number[], cut: number): number {
  const found = sorted.findIndex(value => value > cut);
  return found === -1 ? sorted.length : found;
}
