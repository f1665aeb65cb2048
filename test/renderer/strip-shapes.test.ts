import { expect, test } from 'vitest';
import { areaPath, linePath, scaleOf, spaced } from '../../renderer/model/strip-shapes.ts';

test('an area and a line go through the middles of their columns, and never above the top', () => {
  expect(areaPath([1, 2], 2, 10)).toBe('M0 10L0 5L0.5 5L1.5 0L2 0L2 10Z');
  expect(linePath([1, 5], 2, 10)).toBe('M0.5 5L1.5 0');
  expect(areaPath([], 1, 10)).toBe('');
});

test('what is still to come gets room for the expected end, but never so much that the past is not seen', () => {
  const strip = { done: [1, 1, 1, 1], columnMs: 100 };
  expect(scaleOf(strip, undefined)).toEqual({ columns: 4, now: undefined, end: undefined });
  expect(scaleOf(strip, [100, 200])).toEqual({ columns: 6 * 1.02, now: 4, end: [5, 6] });
  expect(scaleOf(strip, [1_000, 100_000])).toEqual({ columns: 10 * 1.02, now: 4, end: [10, 10] });
});

test('of marks that are written over each other the last one speaks', () => {
  const marks = [{ column: 1 }, { column: 2 }, { column: 50 }];
  expect(spaced(marks, 100)).toEqual([{ column: 2 }, { column: 50 }]);
});
