import { expect, test } from 'vitest';
import type { Progress } from '../../host/api/api.ts';
import { pageTitle } from '../../renderer/model/page-title.ts';

const NONE = { total: 0, waiting: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0, setAside: 0 };
const PROGRESS: Progress = {
  status: 'running',
  items: { ...NONE, total: 200, succeeded: 91, waiting: 109 },
  batches: { ...NONE, total: 20, succeeded: 9, waiting: 11 },
  failedBatches: 0,
  nodes: [],
  steps: [],
  rate: 0,
  startedAt: 0,
  activeMs: 0,
};

test.each<[Partial<Progress>, string]>([
  [{}, '▶ 45 % · Films'],
  [{ failedBatches: 5 }, '▶ 45 %, 5 failed · Films'],
  [{ status: 'completed', items: { ...NONE, total: 200, succeeded: 200 } }, '✓ completed · Films'],
  [{ status: 'completed', failedBatches: 3 }, '✓ completed, 3 failed · Films'],
  [{ status: 'failed', failedBatches: 5, batches: { ...NONE, total: 20, failed: 5 } }, '✕ 5 failed · Films'],
  [{ status: 'failed' }, '✕ failed · Films'],
  [{ status: 'paused' }, '‖ paused, 45 % · Films'],
  [{ status: 'interrupted', items: NONE }, '! interrupted · Films'],
  [{ items: NONE }, '▶ running · Films'],
])('the title of the page tells how the run stands: %j', (changed, title) => {
  expect(pageTitle('Films', { ...PROGRESS, ...changed })).toBe(title);
});

test('the title of a page without a run', () => {
  expect(pageTitle('Films', undefined)).toBe('Films · Cronflow Studio');
  expect(pageTitle(undefined, undefined)).toBe('Cronflow Studio');
});
