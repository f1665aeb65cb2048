import path from 'node:path';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { RunItem } from '../../host/api/api.ts';
import { RunMirrors } from '../../host/runs/run-mirrors.ts';
import { StoreWatch } from '../../host/runs/store-watch.ts';
import { OperationError, Store } from '../../host/store/store.ts';
import { deleteRun } from '../../engine/store/delete-run.ts';
import { labelRun } from '../../engine/store/run-labels.ts';
import { Gate } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';
import { inThisThread } from './store-thread.ts';

/*
 * What a host notices of runs that it does not execute: a real store, written by another connection, and looks that the
 * test asks for.
 */

afterEach(() => {
  vi.useRealTimers();
});

function watched(own: readonly number[] = []) {
  const bench = new Bench();
  const store = new Store(bench.file, path.dirname(bench.file), inThisThread);
  const items: RunItem[] = [];
  const errors: unknown[] = [];
  const mirrors = new RunMirrors(store, {
    onNews: () => undefined,
    onLogs: () => undefined,
    onError: error => errors.push(error),
  });
  const gone: number[] = [];
  let looks = 0;
  let looked = Promise.withResolvers<void>();
  const next = () => looked.promise;
  const ends = () => {
    looks += 1;
    looked.resolve();
    looked = Promise.withResolvers();
  };
  const watch = new StoreWatch({
    store,
    mirrors,
    own: () => own,
    onItem: item => items.push(item),
    onGone: run => gone.push(run),
    onLook: ends,
    onError: error => {
      errors.push(error);
      ends();
    },
  });
  onTestFinished(async () => {
    watch.close();
    mirrors.close();
    await store.close();
  });
  /** Looks once more. */
  const look = async () => {
    const isOver = next();
    watch.soon();
    await isOver;
  };
  const statuses = () => items.splice(0).map(({ run, status }) => [run, status]);
  return { bench, store, watch, mirrors, errors, gone, first: next(), next, look, statuses, looks: () => looks };
}

const once = workflow(start => start.step('one', () => 1));

describe('runs of other processes', () => {
  test('are told when they start and when they end, and are live in between', async () => {
    const { bench, watch, first, look, statuses } = watched();
    await first;
    const gate = new Gate();
    const { done } = await bench.start(workflow(start => start.step('one', () => gate.pass())));
    await gate.reached();
    await look();
    expect(statuses()).toEqual([[1, 'running']]);
    expect(watch.isLive(1)).toBe(true);
    gate.open();
    await done;
    await look();
    expect(statuses()).toEqual([[1, 'completed']]);
    expect(watch.isLive(1)).toBe(false);
    await look();
    expect(statuses()).toEqual([]);
  });

  test('are told, and those of this host are not: its messages are ahead of the store', async () => {
    const { bench, first, watch, look, statuses } = watched([1]);
    await first;
    const gate = new Gate();
    const { done } = await bench.start(workflow(start => start.step('one', () => gate.pass())));
    await gate.reached();
    await bench.run(once);
    await look();
    expect(statuses()).toEqual([[2, 'completed']]);
    expect(watch.isLive(1)).toBe(false);
    gate.open();
    await done;
  });

  test('are told when they get another name, and when they are deleted', async () => {
    const { bench, first, look, statuses, gone } = watched();
    await bench.run(once);
    await first;
    labelRun(bench.db, 1, { title: 'the good one' }, 1);
    await look();
    expect(statuses()).toEqual([[1, 'completed']]);
    deleteRun(bench.db, 1, Date.now);
    await look();
    expect([statuses(), gone]).toEqual([[], [1]]);
  });

  test('that a page watches are read again once they are written', async () => {
    const { bench, mirrors, first, look } = watched();
    const gate = new Gate();
    const { done } = await bench.start(workflow(start => start.step('one', () => gate.pass())));
    await gate.reached();
    await first;
    const mirror = await mirrors.acquire(1);
    expect(mirror.live.progress.status).toBe('running');
    gate.open();
    await done;
    // Reading rests for three times as long as it took, so one look may come too early for that.
    await expect
      .poll(async () => {
        await look();
        return mirror.live.progress.status;
      })
      .toBe('completed');
  });
});

test('an error that nobody foresaw is told, one with a message for people waits for whoever asks; both are got over', async () => {
  const { bench, store, errors, first, next, watch, look, statuses } = watched();
  await first;
  await bench.run(once);
  const defect = new OperationError({ name: 'TypeError', message: 'x is undefined', defect: 'at y.ts:1' });
  vi.spyOn(store, 'do')
    .mockRejectedValueOnce(new OperationError({ name: 'StoreError', message: 'The store is damaged.' }))
    .mockRejectedValueOnce(defect);
  const isOver = next();
  watch.soon();
  // The foreseen one ends no look: it is the timer that looks again.
  await isOver;
  expect(errors).toEqual([defect]);
  await look();
  expect(statuses()).toEqual([[1, 'completed']]);
});

test('it looks once a second, and three times as often while a page watches a run', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { bench, mirrors, first, next, looks } = watched();
  await first;
  await bench.run(once);
  vi.advanceTimersByTime(999);
  expect(vi.getTimerCount()).toBe(1);
  let isOver = next();
  vi.advanceTimersByTime(1);
  await isOver;
  const mirror = await mirrors.acquire(1);
  isOver = next();
  vi.advanceTimersByTime(1_000);
  await isOver;
  isOver = next();
  vi.advanceTimersByTime(300);
  await isOver;
  expect(looks()).toBe(4);
  mirrors.release(mirror);
});

test('after it is closed, nothing is told, though an answer of the store was still to come', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { bench, store, watch, first, statuses, looks } = watched();
  await first;
  await bench.run(once);
  watch.soon();
  vi.advanceTimersByTime(0);
  watch.close();
  // The store answers one after the other, so that the answer before this one has come, too.
  await store.do('runSnapshot', 1);
  watch.soon();
  expect([statuses(), looks(), vi.getTimerCount()]).toEqual([[], 1, 0]);
});
