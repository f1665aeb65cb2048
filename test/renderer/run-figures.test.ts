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
