import { expect, test } from 'vitest';
import { triedText, waitText } from '../../renderer/model/retry-text.ts';
import { statusCounts } from '../../renderer/model/status-counts.ts';
import { BatchStatus } from '../../common/status.ts';

const failed = { status: 'failed', startedAt: 1_000, endedAt: 2_000, waitsUntil: 5_000 } as const;

test('the wait after a failed attempt counts down to the next one, and is told afterwards', () => {
  expect(waitText(failed, true, true, 2_500)).toBe('Next attempt in 3 s');
  expect(waitText(failed, true, true, 4_999)).toBe('Next attempt in 1 s');
  expect(waitText(failed, true, true, 5_000)).toBe('Next attempt now');
  expect(waitText(failed, false, true, 9_000)).toBe('Waited 3.0 s for the next attempt');
});

test('the wait of a run that was stopped does not count down', () => {
  expect(waitText(failed, true, false, 2_500)).toBe('The next attempt was to follow after 3.0 s');
});

test('an attempt without a wait tells of none, and one in its delay when it begins', () => {
  expect(waitText({ ...failed, waitsUntil: undefined }, true, true, 2_500)).toBeUndefined();
  const delayed = { status: 'running', startedAt: 1_000, waitsUntil: 5_000 } as const;
  expect(waitText(delayed, true, true, 3_200)).toBe('Its delay is over in 2 s');
});

test('the chips of the table count what the map shows, retrying batches among them', () => {
  const { retrying, succeeded, waiting } = BatchStatus;
  const statuses = Uint8Array.of(succeeded, retrying, retrying, waiting, succeeded, succeeded, retrying);
  expect(statusCounts({ statuses, length: 5 })).toMatchObject({ retrying: 2, succeeded: 2, waiting: 1, running: 0 });
});

test('a run says what its retries have cost', () => {
  expect(triedText([{ retries: 0, waited: 0 }])).toBe('');
  expect(
    triedText([
      { retries: 80, waited: 30_500 },
      { retries: 7, waited: 500 },
    ]),
  ).toBe('87 retries, 31.0 s waiting');
  expect(triedText([{ retries: 0, waited: 2_000 }])).toBe('2.0 s waiting');
});
