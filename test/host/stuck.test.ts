import { describe, expect, test } from 'vitest';
import { figuresOf } from '../../host/store/times/step-times.ts';
import { stuckOf } from '../../host/store/times/stuck.ts';
import type { StepMoment } from '../../engine/store/time-queries.ts';

const NODE = 7;
/** Attempts of one node that took so long, the scope 1 first. */
const took = (...ms: readonly number[]) =>
  figuresOf(ms.map((time, index): StepMoment => [NODE, index + 1, 1_000, 1_000 + time]));
const since = (startedAt: number) => [{ scope: 99, node: NODE, startedAt }];
const none = () => false;

describe('a step is stuck', () => {
  test('when it runs for more than 10 s, and 20 times as long as nearly all of its like', () => {
    const quick = took(50, 60, 61, 62, 70);
    expect(stuckOf(since(0), quick, none, 10_000)).toEqual([]);
    expect(stuckOf(since(0), quick, none, 10_001)).toEqual([{ scope: 99, node: NODE, startedAt: 0, median: 61 }]);
    const slow = took(900, 900, 900, 900, 1_000);
    expect(stuckOf(since(0), slow, none, 20_000)).toEqual([]);
    expect(stuckOf(since(0), slow, none, 20_001)).toHaveLength(1);
  });

  test('never when nobody knows how long it takes, or when it ends by its own timeout', () => {
    expect(stuckOf(since(0), took(50, 60, 61, 62), none, 60_000)).toEqual([]);
    expect(stuckOf(since(0), took(50, 60, 61, 62, 70), node => node === NODE, 60_000)).toEqual([]);
  });
});

describe('the bars of a step', () => {
  const bars = (...ms: readonly number[]) => took(...ms).get(NODE)?.bins ?? [];

  test('hold every attempt once, between bounds that can be said, and are never more than 16', () => {
    for (const times of [[0], [5], [0.01, 100_000], [1, 2, 3, 4], [20, 20, 20], [99.9, 100, 100.1], [0, 86_400_000]]) {
      const bins = bars(...times);
      expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(times.length);
      expect(bins.length).toBeLessThanOrEqual(16);
      expect(bins[0]?.count).toBeGreaterThan(0);
      expect(bins.at(-1)?.count).toBeGreaterThan(0);
    }
    expect(bars(20, 24, 25, 40)).toEqual([
      { from: 20, to: 25, count: 2 },
      { from: 25, to: 30, count: 1 },
      { from: 30, to: 40, count: 0 },
      { from: 40, to: 50, count: 1 },
    ]);
  });
});
