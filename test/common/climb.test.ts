import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mayClimb, mostFailures, rungsOf, stopRuleText } from '../../common/climb.ts';

const alike = (count: number, cause = 'a') => Array.from({ length: count }, (_, index) => ({ index, cause }));

describe('a re-run climbs', () => {
  test('one batch, ten, and the rest; with many, ten times as many each time', () => {
    expect(rungsOf(alike(34)).map(({ batches, most }) => [batches.length, most])).toEqual([
      [1, 0],
      [10, 2],
      [23, 2],
    ]);
    expect(rungsOf(alike(33_348)).map(({ batches }) => batches.length)).toEqual([
      ...[1, 10, 100, 1_000, 10_000, 10_000, 10_000, 2_237],
    ]);
    expect(rungsOf([])).toEqual([]);
  });

  test('ten are of each cause in turn, so that none waits for the last rung', () => {
    const batches = alike(40).map(({ index }) => ({ index, cause: index < 36 ? 'frequent' : 'rare' }));
    expect(rungsOf(batches)[1]?.batches).toEqual([1, 2, 3, 4, 5, 6, 36, 37, 38, 39]);
  });

  test('each rung says when it stops', () => {
    expect(stopRuleText({ most: 0, batches: 1 })).toBe('stops if it fails again');
    expect(stopRuleText({ most: mostFailures(100), batches: 100 })).toBe('stops when more than 5 fail');
  });

  test('more than may fail, or a batch that had no turn, ends it', () => {
    const end = { succeeded: 8, failed: 2, open: 0, attempts: 2 };
    expect(mayClimb(end, { most: 2 })).toBe(true);
    expect(mayClimb({ ...end, failed: 3 }, { most: 2 })).toBe(false);
    expect(mayClimb({ ...end, open: 1 }, { most: 2 })).toBe(false);
  });

  test('each batch has its turn once, and no rung is larger than ten times what was tried before', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3_000 }), causes => {
        const rungs = rungsOf(causes.map((cause, index) => ({ index, cause })));
        const all = rungs.flatMap(({ batches }) => batches);
        expect(all.toSorted((a, b) => a - b)).toEqual(causes.map((_, index) => index));
        let before = 0;
        for (const { batches } of rungs) {
          if (before > 0) expect(batches.length).toBeLessThanOrEqual(before * 10);
          before += batches.length;
        }
      }),
    );
  });
});
