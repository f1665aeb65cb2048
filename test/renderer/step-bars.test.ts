import { expect, test } from 'vitest';
import { stepBars } from '../../renderer/model/step-bars.ts';
import { timeScale } from '../../renderer/model/time-scale.ts';

const attempt = (from: number, to: number, status: 'succeeded' | 'failed') => ({
  ...{ path: 'ask', from, to, status },
  attempt: status === 'failed' ? 1 : 2,
});

test('the attempts of a step stand in the bar of their batch where they were executed, apart from each other', () => {
  // A second a pixel: the batch begins 100 s after the run.
  const scale = timeScale({ from: 0, to: 1_000_000, gaps: [] }, 1_000);
  const bar = { from: 100_000, steps: [attempt(110_000, 130_000, 'failed'), attempt(130_000, 160_000, 'succeeded')] };
  expect(stepBars(bar, scale)).toMatchObject([
    { left: 10, width: 19, step: { status: 'failed', attempt: 1 } },
    { left: 30, width: 29, step: { status: 'succeeded', attempt: 2 } },
  ]);
});

test('an attempt of no length is a pixel wide, and a wait of hours between two of them is cut short', () => {
  const hour = 3_600_000;
  const scale = timeScale({ from: 0, to: hour + 2_000, gaps: [[1_000, hour + 1_000]] }, 248);
  const bar = { from: 0, steps: [attempt(500, 500, 'failed'), attempt(hour + 1_000, hour + 2_000, 'succeeded')] };
  expect(stepBars(bar, scale)).toMatchObject([
    { left: 50, width: 1 },
    { left: 148, width: 99 },
  ]);
});

test('the wait for the next attempt stands between the two, and none where it was too short to be seen', () => {
  const scale = timeScale({ from: 0, to: 1_000_000, gaps: [] }, 1_000);
  const waits = (waitedTo: number) =>
    stepBars({ from: 0, steps: [{ ...attempt(10_000, 20_000, 'failed'), waitedTo }] }, scale)[0]?.wait;
  expect(waits(60_000)).toEqual({ left: 19, width: 40 });
  expect(waits(20_500)).toBeUndefined();
});
