import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pinnedText } from '../../cli/view/pinned.ts';
import { summaryText } from '../../cli/view/summary.ts';
import { drawGraph } from '../../engine/workflow/graph.ts';
import { Bench, temporaryFolder, workflow } from '../support/runs.ts';

/* What is said of several is said of one in the singular. */

beforeEach(() => {
  vi.stubEnv('INIT_CWD', temporaryFolder());
  vi.stubEnv('NO_COLOR', '1');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

test.each([
  [[1, 2], '1 egg is at fault; 1 waits with it:'],
  [[1, 1, 2], '1 egg is at fault; 2 wait with it:'],
  [[1, 2, 2], '2 eggs are at fault; 1 waits with them:'],
])('of the eggs %j', async (items, said) => {
  const bench = new Bench();
  const definition = workflow(flow =>
    flow.batch({ id: 'eggs', unit: ['egg', 'eggs'] }, { items, size: 3 }, (eggs, body) =>
      body.step('look', ctx =>
        ctx.each(eggs, egg => {
          if (egg === 2) throw new Error('bad');
        }),
      ),
    ),
  );
  const result = await bench.run(definition);
  expect(summaryText(bench.db, bench.file, drawGraph(definition), result)).toContain(said);
});

test.each([
  [['cronflow'], 'cronflow cannot be found from there: install it first.'],
  [['cronflow', 'vitest'], 'cronflow and vitest cannot be found from there: install them first.'],
])('of the packages %j that a pinned test needs', (missing, said) => {
  const error = { name: 'Error', message: 'bad', fingerprint: 'bad' };
  expect(pinnedText({ file: '/eggs.test.ts', wasThere: false, missing }, { error, left: [] }, undefined)).toContain(
    said,
  );
});
