import { describe, expect, test } from 'vitest';
import type { Ranges } from '../../common/ranges.ts';
import { rangeSelection } from '../../renderer/model/selection.ts';

const map = { node: 3, path: 'clean', length: 100 };
const ranges = (base: Ranges, from: number, to: number, perTile?: number) =>
  rangeSelection(map, base, from, to, perTile)?.where.ranges;

describe('selecting batches on the map', () => {
  test('selects a range in either direction', () => {
    expect(ranges([], 4, 9)).toEqual([[4, 9]]);
    expect(ranges([], 9, 4)).toEqual([[4, 9]]);
  });

  test('adds to what is selected', () => expect(ranges([[0, 3]], 4, 9)).toEqual([[0, 9]]));

  test('removes a single batch that is already selected', () => {
    expect(ranges([[0, 3]], 2, 2)).toEqual([
      [0, 1],
      [3, 3],
    ]);
    expect(rangeSelection(map, [[2, 2]], 2, 2)).toBeUndefined();
  });

  test('selects all batches of a tile, and none past the end', () =>
    expect(ranges([], 96, 96, 10)).toEqual([[96, 99]]));

  test('says what is selected', () => {
    expect(rangeSelection(map, [], 7, 7)?.text).toBe('batch 7');
    expect(rangeSelection(map, [], 0, 11)?.text).toBe('12 selected batches');
  });
});
