import { expect, test } from 'vitest';
import { finishedRun } from '../../engine/store/finished-run.ts';
import { setNoticePolicy } from '../../engine/store/store-policies.ts';
import { Store } from '../../host/store/store.ts';
import { EndNotices } from '../../host/runs/end-notices.ts';
import { Bench, workflow } from '../support/runs.ts';
import { inThisThread } from './store-thread.ts';

/* Runs that the Studio executes are told of, too: as their store says, and what fails is in the log of the run. */

const flow = (fails: boolean) =>
  workflow(start =>
    start.step('one', () => {
      if (fails) throw new Error('no such film');
    }),
  );

function opened() {
  const bench = new Bench();
  const store = new Store(bench.file, '/test', inThisThread);
  const errors: unknown[] = [];
  const logs = () => bench.db.prepare<[], string>(`select level || ' ' || text from logs`).pluck().all();
  return { bench, errors, logs, notices: new EndNotices({ store, onError: error => errors.push(error) }) };
}

test('what could not be told is in the log of the run, and none of it is a defect', async () => {
  const { bench, errors, logs, notices } = opened();
  await bench.run(flow(true));
  notices.ended(1, false);
  await notices.told();
  expect(logs()).toEqual([]);
  // Nothing answers at this port.
  setNoticePolicy(bench.db, { onFailure: 'http://127.0.0.1:9/' });
  await bench.run(flow(false));
  notices.ended(2, false);
  await notices.told();
  expect(logs()).toEqual([]);
  notices.ended(1, false);
  await notices.told();
  expect(logs()).toEqual([
    expect.stringMatching(/^warn http:\/\/127.0.0.1:9\/ was to be told of the end of run 1, and failed: /),
  ]);
  notices.ended(99, false);
  await notices.told();
  expect(errors).toEqual([]);
});

test('what is told has how the run went, and nothing of its items, outputs and state', async () => {
  const { bench } = opened();
  await bench.run(flow(true), { secret: 'of mine' });
  const told = finishedRun(bench.db, 1, Date.now());
  expect(told).toMatchObject({ run: 1, workflow: 'test', status: 'failed', error: 'no such film', failedBatches: 0 });
  expect(JSON.stringify(told)).not.toContain('of mine');
});
