import { number } from '../../common/format.ts';
import type { Ranges } from '../../common/ranges.ts';

/*
 * What an expression comes to for each batch of a map, put into a few classes: the most frequent values, ranges of numbers, and the
 * others. Kept in typed arrays, so that millions of batches have theirs.
 */

type Value = string | number | boolean | null;

/** A page of values as the host gives it. */
export interface ValuesPage {
  readonly values: readonly Value[];
  /** Of each batch the place in `values`, from 1; 0: it has none. */
  readonly ids: Uint32Array;
  readonly mixed: Uint8Array;
}

/** No more different texts are told apart: those that come later are among the others. */
const MOST_TEXTS = 100_000;
const IS_NUMBER = 0xffff_ffff;
const IS_LATE = 0xffff_fffe;

/** The values of batches as they arrive. */
export class DataValues {
  #length = 0;
  /** The place in `#others`, from 1; 0: none. */
  #ids = new Uint32Array(0);
  #numbers = new Float64Array(0);
  #mixed = new Uint8Array(0);
  readonly #others: Exclude<Value, number>[] = [];
  readonly #known = new Map<Value, number>();

  get length(): number {
    return this.#length;
  }

  /** Adds the batches that follow those before. @param room How many there may be in all */
  add({ values, ids, mixed }: ValuesPage, room: number): void {
    const end = this.#length + ids.length;
    if (end > this.#ids.length) this.#grow(Math.max(end, room));
    this.#mixed.set(mixed, this.#length);
    const placeOf = values.map(value => this.#placeOf(value));
    for (let at = 0; at < ids.length; at++) {
      const id = ids[at] ?? 0;
      if (id === 0) continue;
      const value = values[id - 1];
      this.#ids[this.#length + at] = placeOf[id - 1] ?? 0;
      if (typeof value === 'number') this.#numbers[this.#length + at] = value;
    }
    this.#length = end;
  }

  /** @param most How many different values have a class of their own */
  classes({ most, ranges }: { readonly most: number; readonly ranges: number }): DataClasses {
    return classesOf(
      {
        length: this.#length,
        ids: this.#ids,
        numbers: this.#numbers,
        mixed: this.#mixed,
        others: this.#others,
      },
      most,
      ranges,
    );
  }

  #placeOf(value: Value): number {
    if (typeof value === 'number') return IS_NUMBER;
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    if (this.#others.length >= MOST_TEXTS) return IS_LATE;
    const place = this.#others.push(value);
    this.#known.set(value, place);
    return place;
  }

  #grow(room: number): void {
    const ids = new Uint32Array(room);
    ids.set(this.#ids);
    this.#ids = ids;
    const numbers = new Float64Array(room);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
    const mixed = new Uint8Array(room);
    mixed.set(this.#mixed);
    this.#mixed = mixed;
  }
}

/** Batches that are shown alike. */
export interface DataClass {
  readonly kind: 'value' | 'range' | 'others' | 'none';
  readonly text: string;
  readonly count: number;
}

export interface DataClasses {
  readonly entries: readonly DataClass[];
  /** Of each batch the place in `entries`, from 1; 0: it has not been looked at. */
  readonly classes: Uint8Array;
  /** 1 for batches whose items have several values. */
  readonly mixed: Uint8Array;
  readonly mixedCount: number;
}

interface Stored {
  readonly length: number;
  readonly ids: Uint32Array;
  readonly numbers: Float64Array;
  readonly mixed: Uint8Array;
  readonly others: readonly Exclude<Value, number>[];
}

function classesOf(stored: Stored, most: number, ranges: number): DataClasses {
  const { length, ids, numbers, mixed, others } = stored;
  const counts = new Uint32Array(others.length + 1);
  const figures = new Map<number, number>();
  let isMany = false;
  for (let at = 0; at < length; at++) {
    const id = ids[at] ?? 0;
    if (id !== IS_NUMBER) {
      if (id !== IS_LATE) counts[id] = (counts[id] ?? 0) + 1;
    } else if (!isMany) {
      const figure = numbers[at] ?? 0;
      figures.set(figure, (figures.get(figure) ?? 0) + 1);
      isMany = figures.size > most;
    }
  }
  const bounds = isMany ? boundsOf(stored, ranges) : undefined;
  const values: { readonly value: Value; readonly count: number }[] = [
    ...others.map((value, place) => ({ value, count: counts[place + 1] ?? 0 })),
    ...(isMany ? [] : Array.from(figures, ([value, count]) => ({ value, count }))),
  ].toSorted((a, b) => b.count - a.count);
  const room = bounds ? Math.max(1, most - bounds.length - 1) : most;
  const own = values.slice(0, room);
  // Few numbers are read in their order, whatever is the most frequent.
  if (own.every(({ value }) => typeof value === 'number')) own.sort((a, b) => Number(a.value) - Number(b.value));
  const names = [
    ...(bounds ? rangeTexts(bounds) : []).map(text => ({ kind: 'range' as const, text })),
    ...own.map(({ value }) => ({ kind: 'value' as const, text: valueText(value) })),
  ];
  const placeOf = new Map<Value, number>(own.map(({ value }, at) => [value, names.length - own.length + at + 1]));
  const [othersPlace, nonePlace] = [names.length + 1, names.length + 2];
  const ofOthers = Uint8Array.from([nonePlace, ...others.map(value => placeOf.get(value) ?? othersPlace)]);
  const classes = new Uint8Array(length);
  const totals = new Uint32Array(nonePlace + 1);
  let mixedCount = 0;
  for (let at = 0; at < length; at++) {
    const id = ids[at] ?? 0;
    const place =
      id === IS_LATE
        ? othersPlace
        : id === IS_NUMBER
          ? bounds
            ? rangeOf(bounds, numbers[at] ?? 0)
            : (placeOf.get(numbers[at] ?? 0) ?? othersPlace)
          : (ofOthers[id] ?? nonePlace);
    classes[at] = place;
    totals[place] = (totals[place] ?? 0) + 1;
    mixedCount += mixed[at] ?? 0;
  }
  const different = values.length - own.length;
  const entries = [
    ...names.map(({ kind, text }, at) => ({ kind, text, count: totals[at + 1] ?? 0 })),
    { kind: 'others' as const, text: othersText(different), count: totals[othersPlace] ?? 0 },
    { kind: 'none' as const, text: 'no value', count: totals[nonePlace] ?? 0 },
  ];
  return { entries, classes, mixed: mixed.subarray(0, length), mixedCount };
}

function othersText(different: number): string {
  return different > 0 ? `${number(different)} other values` : 'other values';
}

function valueText(value: Value): string {
  if (value === '') return 'an empty text';
  return typeof value === 'number' ? numberText(value) : String(value);
}

function numberText(value: number): string {
  return Math.abs(value) >= 0.001 || value === 0 ? number(value) : String(value);
}

/** More would not move the bounds. */
const SAMPLE = 50_000;

/** The lower bounds of the ranges after the first one: so that each has about as many batches, and rounded. */
function boundsOf({ length, ids, numbers }: Stored, ranges: number): number[] {
  const every = Math.max(1, Math.floor(length / SAMPLE));
  const sample: number[] = [];
  for (let at = 0; at < length; at += every) if (ids[at] === IS_NUMBER) sample.push(numbers[at] ?? 0);
  const sorted = Float64Array.from(sample).toSorted();
  const bounds = Array.from({ length: ranges - 1 }, (_, at) =>
    rounded(sorted[Math.floor((sorted.length * (at + 1)) / ranges)] ?? 0),
  );
  return [...new Set(bounds)].toSorted((a, b) => a - b);
}

/** To two digits: `1,234` is a worse bound than `1,200`. */
function rounded(value: number): number {
  return Number(value.toPrecision(2));
}

function rangeTexts(bounds: readonly number[]): string[] {
  const [first = 0] = bounds;
  return [
    `below ${numberText(first)}`,
    ...bounds.map((from, at) => {
      const to = bounds[at + 1];
      return to === undefined ? `${numberText(from)} or more` : `${numberText(from)} to below ${numberText(to)}`;
    }),
  ];
}

/** The place of the range, from 1. */
function rangeOf(bounds: readonly number[], value: number): number {
  let place = 1;
  for (const bound of bounds) {
    if (value < bound) break;
    place += 1;
  }
  return place;
}

/** The batches of a class, by their places. */
export function rangesOfClass(classes: Uint8Array, wanted: number): Ranges {
  const ranges: Ranges = [];
  for (let at = 0; at < classes.length; at++) {
    if (classes[at] !== wanted) continue;
    const from = at;
    while (classes[at + 1] === wanted) at += 1;
    ranges.push([from, at]);
  }
  return ranges;
}
