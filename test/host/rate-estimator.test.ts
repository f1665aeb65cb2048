import { expect, test } from 'vitest';
import { noCounts } from '../../common/counts.ts';
import { RateEstimator } from '../../host/runs/rate-estimator.ts';

const counts = (succeeded: number, waiting: number) => ({
  ...noCounts(),
  total: succeeded + waiting,
  succeeded,
  waiting,
});

test('the time left is a span, and is told once two seconds have been seen', () => {
  const estimator = new RateEstimator();
  expect(estimator.note(counts(0, 100), true, 0).left).toBeUndefined();
  expect(estimator.note(counts(10, 90), true, 1_000)).toEqual({ rate: 10, left: undefined });
  expect(estimator.note(counts(20, 80), true, 2_000)).toEqual({ rate: 10, left: [7_200, 8_800] });
});

test('it is not told while items still come, and not while nothing gets done', () => {
  const estimator = new RateEstimator();
  estimator.note(counts(0, 10), false, 0);
  expect(estimator.note(counts(5, 5), false, 5_000)).toEqual({ rate: 1, left: undefined });
  const idle = new RateEstimator();
  idle.note(counts(5, 5), true, 0);
  expect(idle.note(counts(5, 5), true, 5_000)).toEqual({ rate: 0, left: undefined });
});

test('after a change of pace it spans both paces', () => {
  const estimator = new RateEstimator();
  estimator.note(counts(0, 300), true, 0);
  for (let at = 1; at <= 10; at++) estimator.note(counts(10 * at, 300 - 10 * at), true, at * 1_000);
  for (let at = 11; at <= 21; at++) estimator.note(counts(100 + (at - 10), 200 - (at - 10)), true, at * 1_000);
  const { rate, left } = estimator.note(counts(112, 188), true, 22_000);
  expect(rate).toBeCloseTo(1);
  // Overall 112 in 22 s: fast; the last ten seconds: one a second.
  expect(left).toEqual([Math.round((188 / (112 / 22)) * 900), Math.round(188 * 1_100)]);
});

test('it is not told of a step that hangs, once all of the rest should have been done', () => {
  const estimator = new RateEstimator();
  for (let at = 0; at <= 9; at++) estimator.note(counts(10 * at, 91 - 10 * at), true, at * 1_000);
  // One item is left, for about a tenth of a second: a second later nothing has come of it.
  expect(estimator.note(counts(90, 1), true, 9_050).left).toBeDefined();
  expect(estimator.note(counts(90, 1), true, 10_000).left).toBeUndefined();
  expect(estimator.note(counts(90, 1), true, 12_000).left).toBeUndefined();
});
