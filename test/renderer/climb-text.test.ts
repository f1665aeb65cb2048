import { expect, test } from 'vitest';
import type { Climb } from '../../host/api/api.ts';
import { climbResult, climbTitle, rungNote, rungState, rungTitle } from '../../renderer/model/climb-text.ts';

const end = { succeeded: 7, failed: 3, open: 0, attempts: 2 };
const rungs: Climb['rungs'] = [
  { batches: 1, most: 0, first: 97_494, end: { ...end, succeeded: 1, failed: 0 } },
  { batches: 10, most: 2, first: 3, end },
  { batches: 23, most: 2, first: 8 },
];
const climb: Climb = { node: 1, path: 'import', state: 'stopped', startedAt: 1, rungs };
const plan = rungs.map(({ end: _end, ...rung }) => rung);

test('a ladder says what each rung executes and when it stops, before it begins', () => {
  expect(plan.map((rung, at) => [rungTitle(plan, at), rungNote(rung), rungState({ rungs: plan }, at)])).toEqual([
    ['1 batch: 97,494', 'stops if it fails again', 'planned'],
    ['10 batches', 'stops when more than 2 fail', 'planned'],
    ['The rest, 23 batches', 'stops when more than 2 fail', 'planned'],
  ]);
});

test('while it climbs one rung runs; when it has stopped, what was not reached was not touched', () => {
  const running = { state: 'climbing' as const, rungs: [rungs[0], ...plan.slice(1)] as Climb['rungs'] };
  expect(running.rungs.map((_, at) => rungState(running, at))).toEqual(['passed', 'running', 'planned']);
  expect(rungs.map((_, at) => rungState(climb, at))).toEqual(['passed', 'stopped', 'untouched']);
  expect(rungNote({ batches: 10, most: 2, first: 3, end })).toBe('7 done, 3 failed again · stopped: 2 may fail');
  expect(climbTitle(climb)).toBe('Stopped by itself');
  expect(climbResult(climb)).toEqual([
    '3 of 10 failed again, 2 times now.',
    '23 batches were not touched: they keep their results.',
  ]);
});

test('a climb that a person stopped did not stop by itself', () => {
  expect(climbTitle({ ...climb, rungs: [rungs[0], ...plan.slice(1)] as Climb['rungs'] })).toBe('Stopped');
  expect(climbTitle({ ...climb, state: 'done', rungs: rungs.slice(0, 1) })).toBe('All done');
});
