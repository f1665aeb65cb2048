import { expect, test } from 'vitest';
import { BatchStatus } from '../../common/status.ts';
import { failedText } from '../../renderer/model/failed-text.ts';

/* The map of batches in words. */

function textOf(total: number, failed: readonly number[]): string {
  const statuses = new Uint8Array(total).fill(BatchStatus.succeeded);
  for (const index of failed) statuses[index] = BatchStatus.failed;
  return failedText(statuses, { failed: failed.length, total });
}

test('says where failures are, neighbours as one place', () => {
  expect(textOf(33, [10, 12, 13, 32])).toBe('4 of 33 failed: batches 10, 12 to 13 and 32');
  expect(textOf(33, [0, 1])).toBe('2 of 33 failed: batches 0 to 1');
  expect(textOf(2_000, [1_234])).toBe('1 of 2,000 failed: batch 1,234');
  expect(textOf(33, [])).toBe('none of 33 failed');
});

test('names so many as can be listened to, and counts the others', () => {
  const text = textOf(
    1_000_000,
    Array.from({ length: 5_000 }, (_, at) => at * 200),
  );
  expect(text).toMatch(/^5,000 of 1,000,000 failed: batches 0, 200, 400, [\d, ]+ and 4,988 more$/);
});
