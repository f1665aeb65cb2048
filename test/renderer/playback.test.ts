import { describe, expect, test } from 'vitest';
import { BatchStatus } from '../../common/status.ts';
import { endOf, playbackScale, statusesAt } from '../../renderer/model/playback.ts';

const { waiting, running, succeeded, failed } = BatchStatus;
const NONE = {
  indices: Uint32Array.of(),
  statuses: Uint8Array.of(),
  starts: Float32Array.of(),
  ends: Float32Array.of(),
};
/** Batch 0 ran from 0 to 10, batch 1 from 5 to 20 and failed, batch 2 began and never ended, batch 3 never began. */
const map = { statuses: Uint8Array.of(succeeded, failed, running, waiting, 99), length: 4 };
const times = { starts: Float32Array.of(0, 5, 8, -1), ends: Float32Array.of(10, 20, -1, -1), earlier: NONE };

test.each([
  [0, [running, waiting, waiting, waiting]],
  [7, [running, running, waiting, waiting]],
  [10, [succeeded, running, running, waiting]],
  [20, [succeeded, failed, running, waiting]],
])('at %d ms, each batch has the status it had then', (at, statuses) => {
  expect([...statusesAt(map, times, at)]).toEqual(statuses);
});

/** Batch 1 failed twice, and a re-run fixed it minutes later. Batch 0 waits for its re-run. */
const fixed = { statuses: Uint8Array.of(waiting, succeeded), length: 2 };
const fixedTimes = {
  starts: Float32Array.of(-1, 200_000),
  ends: Float32Array.of(-1, 200_400),
  earlier: {
    indices: Uint32Array.of(0, 1, 1),
    statuses: Uint8Array.of(failed, failed, failed),
    starts: Float32Array.of(0, 0, 100_000),
    ends: Float32Array.of(1_000, 3_000, 100_500),
  },
};

describe('a batch that failed', () => {
  test.each([
    [500, [running, running]],
    [2_000, [failed, running]],
    [3_000, [failed, failed]],
    [100_000, [failed, running]],
    [150_000, [failed, failed]],
    [200_100, [failed, running]],
    [200_400, [failed, succeeded]],
  ])('at %d ms, stays failed until its re-run begins', (at, statuses) => {
    expect([...statusesAt(fixed, fixedTimes, at)]).toEqual(statuses);
  });
});

test('minutes in which nothing ran take a moment', () => {
  const end = endOf(fixedTimes);
  expect(end).toBeCloseTo(200_400, -1);
  const scale = playbackScale(fixedTimes, 1_000);
  const pause = (from: number, to: number) => scale.x(to) - scale.x(from);
  expect(pause(3_000, 100_000)).toBeLessThanOrEqual(48);
  expect(pause(100_500, 200_000)).toBeLessThanOrEqual(48);
  // Work of one length takes one length of playback, before a pause and after it.
  expect(pause(0, 400)).toBeCloseTo(pause(200_000, 200_400), 0);
  expect(scale.x(end)).toBeCloseTo(1_000, 0);
  expect(scale.time(scale.x(1_500))).toBeCloseTo(1_500, 0);
});

test('a run without pauses is played as it went', () => {
  const scale = playbackScale(times, 1_000);
  expect(scale.x(10)).toBeCloseTo(500, 0);
});
