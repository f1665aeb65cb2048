import { describe, expect, test } from 'vitest';
import { Lease } from '../../engine/store/leases.ts';
import { askToStop } from '../../engine/store/runs.ts';
import type { RunItem } from '../../host/api/api.ts';
import { RunControls } from '../../host/runs/run-controls.ts';
import { openedStore, Process, quietOwnRuns } from './opened-store.ts';

/* Stopping runs and changing their concurrency: with a real store, and a process whose end the test decides. */

function opened(status = 'failed') {
  const host = openedStore();
  const { db, store, mirrors, started, run } = host;
  db.prepare('update runs set status = ? where id = ?').run(status, run);
  const items: RunItem[] = [];
  const note = (item: RunItem) => void items.push(item);
  const ownRuns = quietOwnRuns(host);
  let written = 0;
  const controls = new RunControls({
    store,
    ownRuns,
    mirrors,
    onItem: note,
    onWritten: () => {
      written += 1;
    },
  });
  return { controls, ownRuns, started, run, items, db, store, written: () => written };
}

describe('a run that nobody executes', () => {
  test('that was interrupted is cancelled in the store, and told to pages', async () => {
    const { controls, run, items, written } = opened('interrupted');
    expect(await controls.stop(run, 'cancelled')).toEqual({ ok: true, value: {} });
    expect(items.map(({ status, reason }) => [status, reason])).toEqual([
      ['cancelled', 'cancelled in Cronflow Studio'],
    ]);
    expect(written()).toBe(1);
  });

  test.each([
    ['interrupted', 'there is nothing to pause. To continue, resume or cancel it.'],
    ['failed', 'there is nothing to pause. To continue, use Re-run.'],
  ])('that is %s cannot be paused, and its problem says what can be done', async (status, words) => {
    const { controls, run, items } = opened(status);
    const result = await controls.stop(run, 'paused');
    expect(result).toMatchObject({ ok: false, problem: { message: `Run ${run} is ${status}: ${words}` } });
    expect(items).toEqual([]);
  });

  test('has no concurrency to change', async () => {
    const { controls, run } = opened();
    expect(await controls.setConcurrency(run, 'clean', 3)).toMatchObject({
      ok: false,
      problem: { message: `Run ${run} is failed: its concurrency cannot be changed. To continue, use Re-run.` },
    });
  });
});

describe('a run of this host', () => {
  test('that is being cancelled cannot be paused any more', async () => {
    const { controls, ownRuns, started, run } = opened();
    const process = new Process();
    process.stopping = 'cancelled';
    ownRuns.begin(process, started);
    const result = await controls.stop(run, 'paused');
    expect(result).toMatchObject({ ok: false, problem: { message: expect.stringContaining('is being cancelled') } });
    process.end();
    await ownRuns.get(run)?.over;
  });

  test('passes a new concurrency on for a batch node that has started, and names the nodes there are', async () => {
    const { controls, ownRuns, started, run } = opened();
    const process = new Process();
    ownRuns.begin(process, started);
    expect(await controls.setConcurrency(run, 'clean', 7)).toEqual({ ok: true, value: {} });
    expect(process.told).toEqual([['clean', 7]]);
    expect(await controls.setConcurrency(run, 'clear', 7)).toMatchObject({
      ok: false,
      problem: { message: `Run ${run} has no batch or forEach "clear". Choose one of "clean".` },
    });
    process.end();
    await ownRuns.get(run)?.over;
  });
});

test('that another process was asked to stop its run is told at once, by whichever command it was asked', async () => {
  const { controls, db, store, run, items } = opened('running');
  // Its owner: this very process, which lives.
  const lease = Lease.take(db, run, Date.now());
  await store.do('changes', []);
  expect(await controls.stop(run, 'paused')).toEqual({ ok: true, value: {} });
  expect(items).toMatchObject([{ run, status: 'running', stopping: 'paused' }]);
  askToStop(db, run, 'cancelled', 'asked by a command');
  const { items: changed } = await store.do('changes', []);
  expect(changed).toMatchObject([{ run, stopping: 'cancelled' }]);
  // A cancel stays: nobody who asked for it finds the run paused.
  expect(await controls.stop(run, 'paused')).toMatchObject({
    ok: false,
    problem: { message: expect.stringContaining('is being cancelled') },
  });
  expect(await store.do('runItem', run)).toMatchObject({ stopping: 'cancelled' });
  lease.release();
  expect(await store.do('runItem', run)).not.toHaveProperty('stopping');
});
