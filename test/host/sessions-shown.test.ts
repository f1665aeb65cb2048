import { userInfo } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { encode } from '../../engine/store/codec.ts';
import { Store } from '../../host/store/store.ts';
import { range } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';
import { inThisThread } from './store-thread.ts';

test('each session of a run says whose it was, and a re-run what it was asked to touch', async () => {
  const bench = new Bench();
  const store = new Store(bench.file, '/test', inThisThread);
  onTestFinished(() => store.close());
  const build = () =>
    workflow(flow =>
      flow.batch('clean', { items: range(6), size: 1 }, ([item], inner) => {
        inner.step('work', () => {
          if (item === 2 || item === 4) throw new Error('no');
        });
      }),
    );
  const { run } = await bench.run(build());
  await bench.rerun(build(), run, { batches: 'failed' });
  await bench.rerun(build(), run, { batches: 'failed', tryOne: true });
  await bench.rerun(build(), run, { batches: 'all' });
  await bench.rerun(build(), run, { node: 'clean', batches: [4], items: encode([7], 'items') });
  await bench.rerun(build(), run, { node: 'clean', batches: [2, 3] });
  const { sessions } = await store.do('runDetail', run);
  expect(sessions.map(({ kind, what }) => [kind, what])).toEqual([
    ['start', undefined],
    ['rerun', 'failed batches'],
    ['rerun', 'the first failed batch'],
    ['rerun', 'all batches'],
    ['rerun', 'batch 4 with edited items'],
    ['rerun', '2 chosen batches'],
  ]);
  expect(new Set(sessions.map(({ who }) => who))).toEqual(new Set([userInfo().username]));
});
