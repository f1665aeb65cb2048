import { expect, test } from 'vitest';
import type { ListedRun, RunItem } from '../../host/api/api.ts';
import { dayOf, runRows, startedText } from '../../renderer/model/run-rows.ts';

const NOW = new Date(2026, 10, 28, 14).getTime();
const at = (day: number, hour = 12, month = 10) => new Date(2026, month, day, hour).getTime();
const run = (number: number, startedAt: number) => ({ run: number, status: 'completed', startedAt }) as RunItem;
const told = (rows: ReturnType<typeof runRows>) => rows.map(row => (row.kind === 'heading' ? row.text : row.run.run));

test('runs stand under the day on which they began, the further away the less exactly', () => {
  expect([at(28, 0), at(28, 23), at(27, 23), at(26), at(22), at(21), at(1, 12, 9)].map(day => dayOf(day, NOW))).toEqual(
    ['Today', 'Today', 'Yesterday', 'Thursday', 'Sunday', '21 November', 'October 2026'],
  );
});

test('under its day a run says at what time it began, elsewhere how long ago', () => {
  expect([at(28, 3), at(1, 3)].map(started => startedText(started, NOW, true))).toEqual(['03:00', '03:00']);
  expect(startedText(at(28, 11), NOW, false)).toBe('3 h ago');
  expect(startedText(at(1, 12, 7), NOW, true)).toBe(startedText(at(1, 12, 7), NOW, false));
});

test('the pinned ones stand first, once; a damaged one beside those of about its number', () => {
  const damaged: ListedRun = { run: 6, status: 'damaged', message: 'no' };
  const old = run(1, at(1, 12, 9));
  const rows = runRows([old], [run(8, at(28)), run(7, at(27)), damaged, run(5, at(27)), old], NOW);
  expect(told(rows)).toEqual(['Pinned', 1, 'Today', 8, 'Yesterday', 7, 6, 5]);
  expect(told(runRows([], [damaged], NOW))).toEqual(['Today', 6]);
});
