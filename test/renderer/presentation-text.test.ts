import { describe, expect, test } from 'vitest';
import type { Counts, Graph, Progress } from '../../host/api/api.ts';
import { outline, sentence } from '../../renderer/model/presentation-text.ts';

const NONE: Counts = { total: 0, succeeded: 0, failed: 0, running: 0, waiting: 0, cancelled: 0 };
const graph: Graph = {
  id: 'films',
  name: 'Films',
  triggers: [],
  nodes: [
    { path: 'load', id: 'load', kind: 'step', title: 'Load films' },
    { path: 'note', id: 'note', kind: 'log' },
    { path: 'clean', id: 'clean', kind: 'batch', title: 'Clean', unit: ['film', 'films'] },
    { path: 'report', id: 'report', kind: 'step', title: 'Report' },
  ],
};
const progress = (status: Progress['status'], items: Partial<Counts>, more: Partial<Progress> = {}): Progress => {
  const counts = { ...NONE, ...items };
  return {
    status,
    items: counts,
    batches: counts,
    failedBatches: 0,
    nodes: [{ node: 2, path: 'clean', batches: counts, items: counts, complete: true, concurrency: 1 }],
    steps: [{ path: 'load', running: 0, succeeded: 1, failed: 0, retrying: 0, retries: 0 }],
    rate: 0,
    startedAt: 0,
    activeMs: 0,
    ...more,
  };
};
const said = (of: Progress): string =>
  sentence(of, graph)
    .map(({ text }) => text)
    .join('')
    .trim();

describe('the presentation says how the run is, in a sentence', () => {
  test.each([
    [
      'while it runs',
      progress('running', { total: 3_201, succeeded: 2_900 }, { left: [19_600, 20_300] }),
      '2,900 of 3,201 films done. About 20 seconds left.',
    ],
    [
      'while the time left is unknown',
      progress('running', { total: 10, succeeded: 1 }),
      '1 of 10 films done. Running.',
    ],
    [
      'when batches failed',
      progress('failed', { total: 33, succeeded: 21, failed: 12 }, { failedBatches: 12 }),
      '21 of 33 films done. 12 batches need attention.',
    ],
    [
      'when one batch failed',
      progress('failed', { total: 2, succeeded: 1, failed: 1 }, { failedBatches: 1 }),
      '1 of 2 films done. 1 batch needs attention.',
    ],
    ['when all is done', progress('completed', { total: 1_000, succeeded: 1_000 }), 'All 1,000 films done.'],
    ['when there was one', progress('completed', { total: 1, succeeded: 1 }), '1 film done.'],
    ['when it is paused', progress('paused', { total: 4, succeeded: 1 }), '1 of 4 films done. Paused.'],
    ['when it can be resumed', progress('interrupted', {}), 'Interrupted. You can resume it.'],
    ['when there was nothing to do', progress('completed', {}), 'Completed.'],
  ])('%s', (_, given, text) => expect(said(given)).toBe(text));
});

describe('the outline', () => {
  const states = (of: Progress) => outline(graph, of).map(({ title, state }) => `${title}: ${state}`);

  test('lists the steps of the workflow, without its log lines', () => {
    expect(states(progress('running', { total: 4, running: 2, waiting: 2 }))).toEqual([
      'Load films: done',
      'Clean: working',
      'Report: next',
    ]);
  });

  test('shows where a failed run stopped', () => {
    expect(states(progress('failed', { total: 4, failed: 1, succeeded: 3 }))).toEqual([
      'Load films: done',
      'Clean: stopped',
      'Report: next',
    ]);
  });
});
