import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sizeOf } from '../../common/ranges.ts';
import { DataValues, rangesOfClass, type DataClasses } from '../../renderer/model/data-classes.ts';

type Value = string | number | boolean | null | undefined;

/** Values as the host sends them, in pages. */
function classesOf(values: readonly Value[], page = 7): DataClasses {
  const all = new DataValues();
  for (let from = 0; from < values.length; from += page) {
    const part = values.slice(from, from + page);
    const known = [...new Set(part.filter(value => value !== undefined))];
    const ids = Uint32Array.from(part, value => (value === undefined ? 0 : known.indexOf(value) + 1));
    all.add({ values: known, ids, mixed: Uint8Array.from(part, value => Number(value === 'mixed')) }, values.length);
  }
  return all.classes({ most: 10, ranges: 6 });
}

const shown = ({ entries }: DataClasses) =>
  entries.filter(({ count }) => count > 0).map(({ text, count }) => `${text} ${count}`);

test('a few values have an entry each, the most frequent first', () => {
  expect(shown(classesOf(['US', 'NL', 'US', undefined, null, 'US', 'NL', '']))).toEqual([
    'US 3',
    'NL 2',
    'null 1',
    'an empty text 1',
    'no value 1',
  ]);
});

test('of many values the most frequent ones have one, and the others one together', () => {
  const values = Array.from({ length: 200 }, (_, at) => `v${at % 40 < 10 ? at % 40 : at}`);
  const got = shown(classesOf(values));
  expect(got).toHaveLength(11);
  expect(got.at(-1)).toBe('150 other values 150');
});

test('a few numbers are values, in their order; many are ranges with about as many batches each', () => {
  expect(shown(classesOf([3, 1, 1, 2, 1]))).toEqual(['1 3', '2 1', '3 1']);
  const got = shown(classesOf(Array.from({ length: 600 }, (_, at) => at)));
  expect(got).toEqual([
    'below 100 100',
    '100 to below 200 100',
    '200 to below 300 100',
    '300 to below 400 100',
    '400 to below 500 100',
    '500 or more 100',
  ]);
});

test('batches with several values are told', () => {
  expect(classesOf(['a', 'mixed', 'mixed'])).toMatchObject({ mixedCount: 2, mixed: Uint8Array.of(0, 1, 1) });
});

const value = fc.oneof(
  fc.string({ maxLength: 2 }),
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.constantFrom(null, undefined),
);

test('each batch is in exactly one class, and a class selects the batches that it counts', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 200 }), values => {
      const { entries, classes } = classesOf(values.map(one => (one === 0 ? 0 : one)));
      expect(classes).toHaveLength(values.length);
      expect(entries.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
      for (const [at, { count }] of entries.entries()) expect(sizeOf(rangesOfClass(classes, at + 1))).toBe(count);
    }),
  );
});
