import { expect, onTestFinished, test } from 'vitest';
import { Store } from '../../host/store/store.ts';
import { Bench, workflow } from '../support/runs.ts';
import { inThisThread } from './store-thread.ts';

/* What a person says of runs, how those of a workflow went, and what is left when one is deleted: as the host tells it. */

const flow = (fails = false) =>
  workflow(start =>
    start.step('one', () => {
      if (fails) throw new Error('no');
    }),
  );

function hosted() {
  const bench = new Bench();
  const store = new Store(bench.file, '/test', inThisThread);
  onTestFinished(() => store.close());
  return { bench, store };
}

test('a run has its title, note and pin wherever it is listed, and is found by them', async () => {
  const { bench, store } = hosted();
  for (let run = 0; run < 3; run++) await bench.run(flow());
  await store.do('labelRun', { run: 1, title: 'Before the fix', note: 'asked for by Ada', pinned: true });
  expect(await store.do('runItem', 1)).toMatchObject({
    title: 'Before the fix',
    note: 'asked for by Ada',
    pinned: true,
  });
  const found = async (search: string) => (await store.do('searchRuns', { search, limit: 10 })).map(({ run }) => run);
  expect(await found('before fix')).toEqual([1]);
  expect(await found('ada')).toEqual([1]);
  expect(await found('pinned')).toEqual([1]);
  expect((await store.do('pinnedRuns', undefined)).map(({ run }) => run)).toEqual([1]);
  await store.do('labelRun', { run: 1, pinned: false, note: '' });
  const { note, pinned, title } = await store.do('runItem', 1);
  expect({ note, pinned, title }).toEqual({ note: undefined, pinned: undefined, title: 'Before the fix' });
  await expect(store.do('labelRun', { run: 9, title: 'x' })).rejects.toThrow('There is no run 9');
});

test('the last 20 runs of a workflow are told with how they went, the oldest first', async () => {
  const { bench, store } = hosted();
  for (let run = 1; run <= 22; run++) await bench.run(flow(run === 22));
  const [history] = await store.do('histories', undefined);
  expect(history).toMatchObject({ workflow: 'test', file: 'workflow.ts' });
  expect(history?.runs.map(({ run }) => run)).toEqual(Array.from({ length: 20 }, (_, at) => at + 3));
  expect(history?.runs.map(({ status }) => status).slice(-2)).toEqual(['completed', 'failed']);
});

test('a run is deleted after it was told about how much that frees, and the others are as they were', async () => {
  const { bench, store } = hosted();
  for (let run = 0; run < 2; run++) await bench.run(flow());
  expect((await store.do('planDeletion', { run: 1 })).bytes).toBeGreaterThan(0);
  await store.do('deleteRun', { run: 1 });
  expect((await store.do('listRuns', { limit: 10 })).map(({ run }) => run)).toEqual([2]);
  for (const again of [store.do('deleteRun', { run: 1 }), store.do('planDeletion', { run: 1 })])
    await expect(again).rejects.toThrow('There is no run 1');
});

test('a run that a process works on is neither deleted, nor is that planned', async () => {
  const { bench, store } = hosted();
  const gate = Promise.withResolvers<void>();
  const { done } = await bench.start(workflow(start => start.step('wait', () => gate.promise)));
  for (const refused of [store.do('planDeletion', { run: 1 }), store.do('deleteRun', { run: 1 })])
    await expect(refused).rejects.toThrow('Run 1 is being worked on');
  gate.resolve();
  await done;
  expect((await store.do('runItem', 1)).status).toBe('completed');
});
