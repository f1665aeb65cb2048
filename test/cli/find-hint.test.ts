import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { summaryText } from '../../cli/view/summary.ts';
import { drawGraph } from '../../engine/workflow/graph.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';
import { Bench, temporaryFolder, workflow } from '../support/runs.ts';

/* Whoever reads that batches have failed is told how to find out which of their items make them fail. */

beforeEach(() => {
  vi.stubEnv('npm_lifecycle_event', 'cronflow');
  vi.stubEnv('INIT_CWD', temporaryFolder());
  vi.stubEnv('NO_COLOR', '1');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

async function told(definition: Definition): Promise<string> {
  const bench = new Bench();
  return summaryText(bench.db, bench.file, drawGraph(definition), await bench.run(definition));
}

const EGGS: { id: 'eggs'; unit: [string, string] } = { id: 'eggs', unit: ['egg', 'eggs'] };

function look(eggs: readonly number[]): void {
  if (eggs.includes(2)) throw new Error('bad');
}

test('where batches of several items have failed', async () => {
  const text = await told(
    workflow(flow =>
      flow.batch(EGGS, { items: [1, 2, 3], size: 2 }, (eggs, body) => body.step('look', () => look(eggs))),
    ),
  );
  expect(text).toContain(
    '\n\n  To find out which eggs make their batches fail:\n    npm run cronflow -- find 1 --store ',
  );
  expect(text.indexOf('find 1')).toBeLessThan(text.indexOf('Fix the cause, then re-run the failed batches:'));
});

test.each([
  [
    'each batch has one item',
    workflow(flow =>
      flow.batch(EGGS, { items: [1, 2, 3], size: 1 }, (eggs, body) => body.step('look', () => look(eggs))),
    ),
  ],
  [
    'it is a forEach',
    workflow(flow => flow.forEach(EGGS, [1, 2], (egg, body) => body.step('look', () => look([egg])))),
  ],
  [
    'the step has named them',
    workflow(flow =>
      flow.batch(EGGS, { items: [1, 2, 3], size: 2 }, (eggs, body) =>
        body.step('look', ctx => ctx.each(eggs, egg => look([egg]))),
      ),
    ),
  ],
  [
    'nothing has failed',
    workflow(flow => flow.batch(EGGS, { items: [1], size: 2 }, (_, body) => body.step('look', () => 1))),
  ],
])('not where %s', async (_, definition) => {
  expect(await told(definition)).not.toContain('To find out which');
});
