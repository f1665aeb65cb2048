import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTolerated, parseTolerance, readTolerance } from '../../common/tolerance.ts';

describe('tolerateFailures', () => {
  test.each([
    [0, { kind: 'count', count: 0 }],
    [3, { kind: 'count', count: 3 }],
    ['5%', { kind: 'percent', percent: 5 }],
    [' 2.5 % ', { kind: 'percent', percent: 2.5 }],
    ['all', { kind: 'percent', percent: 100 }],
  ])('may be %j', (value, tolerance) => {
    expect(parseTolerance(value)).toEqual(tolerance);
  });

  test.each([-1, 1.5, NaN, Infinity, '101%', '5', 'none', '-1%', true, null, undefined, {}, ['5%'], 5n])(
    'is not %s',
    value => {
      expect(parseTolerance(value)).toBeUndefined();
    },
  );

  test('means the same in the graph of a run as in the workflow', () => {
    const option = fc.oneof(
      fc.nat(20),
      fc.nat(100).map(percent => `${percent}%`),
      fc.constant('all'),
    );
    fc.assert(
      fc.property(option, value => {
        const tolerance = parseTolerance(value);
        expect(tolerance).toBeDefined();
        expect(readTolerance(JSON.parse(JSON.stringify(tolerance)))).toEqual(tolerance);
      }),
    );
    expect([undefined, null, 5, '5%', {}, { count: '5' }, { percent: null }].map(readTolerance)).toEqual(
      Array.from({ length: 7 }, () => undefined),
    );
  });
});

describe('failures are tolerated', () => {
  test.each([
    [0, 0, 10, true],
    [0, 1, 10, false],
    [2, 2, 10, true],
    [2, 3, 10, false],
    ['10%', 1, 10, true],
    ['10%', 2, 10, false],
    // 7 % of 100 is not exactly 7 in binary fractions: 0.07 * 100 is more.
    ['7%', 7, 100, true],
    ['100%', 10, 10, true],
    ['all', 10, 10, true],
    ['5%', 0, 0, true],
  ])('with %j: %d of %d, %s', (value, failed, total, tolerated) => {
    const tolerance = parseTolerance(value);
    expect(tolerance && isTolerated(tolerance, { failed, total })).toBe(tolerated);
  });
});
