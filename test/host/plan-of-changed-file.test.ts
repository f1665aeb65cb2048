import { expect, onTestFinished, test } from 'vitest';
import { planRerun } from '../../host/runs/run-plans.ts';
import { Store } from '../../host/store/store.ts';
import { drawGraph } from '../../engine/workflow/graph.ts';
import { Bench, workflow } from '../support/runs.ts';

const sending = (name: string) =>
  workflow(flow =>
    flow.batch(name, { items: [1, 2], size: 1 }, ([item], inner) => {
      inner.step('mail', () => {
        if (item === 2) throw new Error('no address');
      });
    }),
  );

test('the plan of a re-run in the Studio says which stored work has no place in the file as it is now', async () => {
  const bench = new Bench();
  const { run } = await bench.run(sending('send'));
  const store = new Store(bench.file, '/');
  onTestFinished(() => store.close());
  const plan = (name: string, answers = {}) =>
    planRerun(store, run, { select: 'failed', ...answers }, () =>
      Promise.resolve({ kind: 'drawn', graph: drawGraph(sending(name)) }),
    );
  expect(await plan('send')).toMatchObject({ ok: true, value: { nodes: [{ path: 'send', batches: 1 }] } });
  expect(await plan('deliver')).toMatchObject({
    ok: false,
    problem: {
      message: expect.stringContaining('"send" (2 batches, 1 succeeded) is not in the file any more.') as string,
    },
  });
  const renamed = [{ from: 'send', to: 'deliver' }];
  expect(await plan('deliver', { renamed })).toMatchObject({
    ok: true,
    value: { nodes: [{ path: 'deliver', batches: 1 }] },
  });
});
