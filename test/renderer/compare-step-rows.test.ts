import { expect, test } from 'vitest';
import type { AttemptRow } from '../../host/api/api.ts';
import { stepRows } from '../../renderer/model/compare/step-rows.ts';

const attempt = (path: string, number: number, batchAttempt: number, status: AttemptRow['status']): AttemptRow => ({
  scope: 1,
  node: 1,
  path,
  attempt: number,
  batchAttempt,
  session: batchAttempt,
  status,
  startedAt: number,
  logLines: 0,
});

test('each step is a row, with all its attempts in each attempt of the batch', () => {
  const rows = stepRows(
    {
      attempts: [
        attempt('read', 1, 1, 'succeeded'),
        attempt('ask', 1, 1, 'failed'),
        attempt('ask', 2, 1, 'failed'),
        attempt('ask', 3, 2, 'failed'),
        attempt('ask', 4, 3, 'succeeded'),
        attempt('keep', 1, 3, 'succeeded'),
      ],
    },
    [1, 2, 3],
  );
  const told = rows.map(({ path, cells }) => [
    path,
    ...cells.map(cell => cell.reused?.batchAttempt ?? cell.attempts.map(one => one.attempt)),
  ]);
  expect(told).toEqual([
    ['read', [1], 1, 1],
    ['ask', [1, 2], [3], [4]],
    // Not reached before.
    ['keep', [], [], [1]],
  ]);
});

test('a result that a re-run took out of use is not called used again', () => {
  const [row] = stepRows({ attempts: [attempt('read', 1, 1, 'superseded')] }, [1, 2]);
  expect(row?.cells[1]).toEqual({ attempts: [], reused: undefined });
});

test('what a later re-run took out of use was used again before that, where steps behind it ran', () => {
  const rows = stepRows(
    {
      attempts: [
        attempt('read', 1, 1, 'superseded'),
        attempt('ask', 1, 1, 'failed'),
        attempt('ask', 2, 2, 'superseded'),
        attempt('read', 2, 3, 'succeeded'),
        attempt('ask', 3, 3, 'succeeded'),
      ],
    },
    [1, 2, 3],
  );
  expect(rows[0]?.cells[1]?.reused?.attempt).toBe(1);
});
