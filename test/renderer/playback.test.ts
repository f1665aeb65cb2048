import { expect, test } from 'vitest';
import { BatchStatus } from '../../common/status.ts';
import { statusesAt } from '../../renderer/model/playback.ts';

const { waiting, running, succeeded, failed } = BatchStatus;
/** Batch 0 ran from 0 to 10, batch 1 from 5 to 20 and failed, batch 2 began and never ended, batch 3 never began. */
const map = { statuses: Uint8Array.of(succeeded, failed, running, waiting, 99), length: 4 };
const times = { starts: Float32Array.of(0, 5, 8, -1), ends: Float32Array.of(10, 20, -1, -1) };

test.each([
  [0, [running, waiting, waiting, waiting]],
  [7, [running, running, waiting, waiting]],
  [10, [succeeded, running, running, waiting]],
  [20, [succeeded, failed, running, waiting]],
])('at %d ms, each batch has the status it had then', (at, statuses) => {
  expect([...statusesAt(map, times, at)]).toEqual(statuses);
});
