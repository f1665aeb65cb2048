import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isIn, mergeRanges, partOf, sizeOf, toRanges, withoutRange, type Ranges } from '../../common/ranges.ts';

const range = fc.tuple(fc.nat(60), fc.nat(10)).map(([from, length]): [number, number] => [from, from + length]);
const ranges = fc.array(range, { maxLength: 12 });
const indicesOf = (given: Ranges): Set<number> =>
  new Set(given.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, at) => from + at)));

describe('ranges of batches', () => {
  test('hold the same batches after merging, sorted and with a gap between each two', () => {
    fc.assert(
      fc.property(ranges, given => {
        const merged = mergeRanges(given);
        expect(indicesOf(merged)).toEqual(indicesOf(given));
        expect(sizeOf(merged)).toBe(indicesOf(given).size);
        for (const [at, [from]] of merged.entries())
          if (at > 0) expect(from).toBeGreaterThan((merged[at - 1]?.[1] ?? 0) + 1);
      }),
    );
  });

  test('are made from indices in any order, with repetitions', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(80)), indices => {
        expect(indicesOf(toRanges(indices))).toEqual(new Set(indices));
      }),
    );
    expect(toRanges([9, 0, 7, 8, 4, 4])).toEqual([
      [0, 0],
      [4, 4],
      [7, 9],
    ]);
  });

  test('lose exactly the batches of a range that is removed', () => {
    fc.assert(
      fc.property(ranges, range, (given, removed) => {
        const rest = withoutRange(mergeRanges(given), removed);
        expect(indicesOf(rest)).toEqual(indicesOf(given).difference(indicesOf([removed])));
      }),
    );
  });

  test('know their batches, both ends included', () => {
    const given: Ranges = [
      [2, 4],
      [9, 9],
    ];
    expect([1, 2, 4, 5, 9, 10].filter(index => isIn(given, index))).toEqual([2, 4, 9]);
  });

  test('are not changed by an operation on them', () => {
    const given: Ranges = [
      [0, 3],
      [2, 8],
    ];
    mergeRanges(given);
    withoutRange(given, [1, 2]);
    expect(given).toEqual([
      [0, 3],
      [2, 8],
    ]);
  });
});

test('a part of ranges has the indices that follow so many others', () => {
  fc.assert(
    fc.property(ranges, fc.nat(60), fc.nat(60), (given, skip, count) => {
      const merged = mergeRanges(given);
      const all = merged.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, at) => from + at));
      const part = partOf(merged, skip, count).flatMap(([from, to]) =>
        Array.from({ length: to - from + 1 }, (_, at) => from + at),
      );
      expect(part).toEqual(all.slice(skip, skip + count));
      for (let index = 0; index < 60; index++) expect(isIn(merged, index)).toBe(all.includes(index));
    }),
  );
});
