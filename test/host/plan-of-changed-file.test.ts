import { expect, onTestFinished, test } from 'vitest';
import { planRerun, planResume } from '../../host/runs/run-plans.ts';
import { Store } from '../../host/store/store.ts';
import { drawGraph } from '../../engine/workflow/graph.ts';
import { contentOf } from '../support/rerun-flows.ts';
import { Bench, workflow } from '../support/runs.ts';
import { inThisThread } from './store-thread.ts';

const sending = (name: string) =>
  workflow(flow =>
    flow.batch(name, { items: [1, 2], size: 1 }, ([item], inner) => {
      inner.step('mail', () => {
        if (item === 2) throw new Error('no address');
      });
    }),
  );

const SEND = {
  path: 'send',
  kind: 'batch',
  now: 'gone',
  batches: { all: 2, succeeded: 1 },
  results: 0,
  candidates: ['deliver'],
};
const RENAMED = { renamed: [{ from: 'send', to: 'deliver' }] };

/** A run with a failed batch, in a store that a host has open. */
async function failedRun() {
  const bench = new Bench();
  const { run } = await bench.run(sending('send'));
  const store = new Store(bench.file, '/', inThisThread);
  onTestFinished(() => store.close());
  return { bench, run, store };
}

test('the plan of a re-run in the Studio says which stored work has no place in the file as it is now, to be answered', async () => {
  const { run, store } = await failedRun();
  const plan = (name: string, answers = {}) =>
    planRerun(
      store,
      run,
      () => Promise.resolve({ batches: 'failed', ...answers }),
      () => Promise.resolve({ kind: 'drawn', graph: drawGraph(sending(name)) }),
    );
  expect(await plan('send')).toMatchObject({ ok: true, value: { nodes: [{ path: 'send', batches: 1 }] } });
  const refused = await plan('deliver');
  expect(refused).toMatchObject({
    ok: false,
    problem: {
      name: 'ChangedNodesError',
      message: expect.stringContaining('"send" (2 batches, 1 succeeded) is not in the file any more.') as string,
      changed: [SEND],
    },
  });
  // How a command line answers is no help here.
  expect(JSON.stringify(refused)).not.toContain('--');
  expect(await plan('deliver', RENAMED)).toMatchObject({
    ok: true,
    value: { nodes: [{ path: 'deliver', batches: 1 }] },
  });
});

test('the plan of a resume says the same, and what an answer costs, and changes nothing', async () => {
  const { bench, run, store } = await failedRun();
  bench.db.prepare(`update runs set status = 'interrupted'`).run();
  const before = contentOf(bench.db);
  const plan = (name: string, answers = {}) =>
    planResume(store, run, answers, () => Promise.resolve({ kind: 'drawn', graph: drawGraph(sending(name)) }));
  expect(await plan('send')).toMatchObject({ ok: true, value: { discarded: [] } });
  expect(await plan('deliver')).toMatchObject({ ok: false, problem: { changed: [SEND] } });
  expect(await plan('deliver', RENAMED)).toMatchObject({ ok: true, value: { discarded: [] } });
  expect(await plan('deliver', { discard: ['send'] })).toMatchObject({ ok: true, value: { discarded: ['send'] } });
  expect(contentOf(bench.db)).toEqual(before);
});
