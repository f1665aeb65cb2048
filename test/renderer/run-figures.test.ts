import { expect, test } from 'vitest';
import { noCounts } from '../../common/counts.ts';
import type { Graph, Progress } from '../../host/api/api.ts';
import { runFigures } from '../../renderer/model/run-figures.ts';

const step = (id: string) => ({ path: id, id, kind: 'step' as const });
const graph = (...nodes: Graph['nodes']): Graph => ({ id: 'month', name: 'Close the month', triggers: [], nodes });
const MONTH = graph(step('collect'), step('book'), step('report'));

function progress(status: Progress['status'], succeeded: readonly string[], failed: readonly string[] = []): Progress {
  const count = (path: string, part: 'succeeded' | 'failed') => ({
    path,
    running: 0,
    succeeded: 0,
    failed: 0,
    retrying: 0,
    retries: 0,
    waited: 0,
    [part]: 1,
  });
  return {
    status,
    items: noCounts(),
    nodes: [],
    steps: [...succeeded.map(path => count(path, 'succeeded')), ...failed.map(path => count(path, 'failed'))],
  } as unknown as Progress;
}

test('a run of a workflow without items is counted in its steps, which add up', () => {
  const { counts, unit } = runFigures(MONTH, progress('failed', ['collect'], ['book']));
  expect(unit).toEqual(['step', 'steps']);
  expect(counts).toMatchObject({ total: 3, succeeded: 1, failed: 1, waiting: 1, cancelled: 0 });
});

const PRICES = graph(
  { path: 'ask', id: 'ask', kind: 'parallel', members: [step('ask/north'), step('ask/south')] },
  {
    path: 'cheap',
    id: 'cheap',
    kind: 'if',
    branches: [{ id: 'cheap', nodes: [step('buy')] }],
  },
  step('say'),
);

test.each([
  ['a member failed', 'failed', ['ask/north'], ['ask/south'], { succeeded: 0, failed: 1, waiting: 2 }],
  ['a member is done, and others run', 'running', ['ask/north'], [], { succeeded: 0, running: 1, waiting: 2 }],
  ['it was paused in between', 'paused', ['ask/north'], [], { succeeded: 0, running: 0, waiting: 3 }],
  ['all are done, or made good', 'running', ['ask/north', 'ask'], ['ask/south'], { succeeded: 1, waiting: 2 }],
  ['a step of a branch failed', 'failed', ['ask', 'cheap'], ['buy'], { succeeded: 1, failed: 1, waiting: 1 }],
  ['the branch is done', 'running', ['ask', 'cheap', 'buy'], [], { succeeded: 2, waiting: 1 }],
] as const)('a node that holds others stands as they do: %s', (_where, status, succeeded, failed, expected) => {
  expect(runFigures(PRICES, progress(status, succeeded, failed)).counts).toMatchObject({ total: 3, ...expected });
});

test('what a cancelled run has not come to waits for nothing any more', () => {
  expect(runFigures(MONTH, progress('cancelled', ['collect'])).counts).toMatchObject({
    succeeded: 1,
    waiting: 0,
    cancelled: 2,
  });
});

test('a workflow that goes through items is counted in them, also before the first has come', () => {
  const films = graph(step('collect'), {
    path: 'each',
    id: 'each',
    kind: 'forEach',
    unit: ['film', 'films'],
    body: { drawn: true, nodes: [] },
  });
  const { counts, unit } = runFigures(films, progress('running', ['collect']));
  expect(counts.total).toBe(0);
  expect(unit).toEqual(['item', 'items']);
});
