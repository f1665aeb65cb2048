import { describe, expect, onTestFinished, test } from 'vitest';
import type { Interrupted } from '../../host/api/api.ts';
import { succeeded } from '../../host/api/outcomes.ts';
import { Interruptions } from '../../host/runs/interruptions.ts';
import type { FolderSettings } from '../../host/workspace/folder-settings.ts';
import { Store } from '../../host/store/store.ts';
import { Bench, workflow } from '../support/runs.ts';
import { turns } from '../support/outside.ts';
import { inThisThread } from './store-thread.ts';

/* How many interrupted runs are resumed at a time, and how that is stopped: with a real store, and runs that end when they are told to. */

async function interrupted(count: number, settings: FolderSettings = {}, clock = { now: 1000 }) {
  const bench = new Bench();
  const build = () =>
    workflow(flow => flow.step('wait', ctx => new Promise((_, stop) => ctx.signal.addEventListener('abort', stop))));
  for (let n = 0; n < count; n++) {
    const { run, done } = await bench.start(build());
    run.stopping.request({ as: 'interrupted', reason: 'test' });
    await done;
  }
  // One that goes on while the list is read: its process has not noticed yet that its program is gone.
  const still = await bench.start(build());
  const endStill = async () => {
    still.run.stopping.request({ as: 'interrupted', reason: 'test' });
    await still.done;
    return await store.do('runItem', still.id);
  };
  onTestFinished(async () => {
    await endStill();
    await store.close();
  });
  const store = new Store(bench.file, '/test', inThisThread);
  const ends = new Map<number, () => void>();
  const told: Interrupted[] = [];
  const interruptions = new Interruptions({
    store,
    runs: {
      resume: run => {
        ends.set(run, () => undefined);
        return Promise.resolve(succeeded({}));
      },
      over: run => new Promise(resolve => ends.set(run, resolve)),
    },
    isTrusted: () => true,
    settings: { get: () => settings, change: () => undefined },
    onChange: shown => told.push(shown),
    onError: error => {
      throw error;
    },
    atATime: 2,
    now: () => clock.now,
  });
  await interruptions.look();
  return { interruptions, ends, told, store, endStill };
}

test('two run at a time, the oldest first, and the next begins when one is over', async () => {
  const { interruptions, ends, told } = await interrupted(4);
  interruptions.resumeAll();
  await turns(10);
  expect([...ends.keys()]).toEqual([1, 2]);
  ends.get(2)?.();
  await turns(10);
  expect([...ends.keys()]).toEqual([1, 2, 3]);
  expect(told.at(-1)?.resuming).toMatchObject({ startedAt: 1000, total: 4, resumed: 3, state: 'going on' });
  expect(interruptions.resumeAll()).toMatchObject({ ok: false });
  ends.get(1)?.();
  await turns(10);
  expect(told.at(-1)?.resuming).toMatchObject({ resumed: 4, state: 'done' });
});

test('a stop begins no others', async () => {
  const { interruptions, ends, told } = await interrupted(4);
  interruptions.resumeAll();
  await turns(10);
  interruptions.stopResuming();
  expect(told.at(-1)?.resuming?.state).toBe('stopping');
  ends.get(1)?.();
  await turns(10);
  expect([...ends.keys()]).toEqual([1, 2]);
  expect(told.at(-1)?.resuming).toMatchObject({ total: 4, resumed: 2, state: 'stopped' });
});

test('one that somebody else has resumed, or deleted, is not named any more', async () => {
  const { interruptions, told, store } = await interrupted(3);
  interruptions.noteRun({ ...(await store.do('runItem', 2)), status: 'running' });
  interruptions.noteGone(3);
  expect(told.at(-1)?.runs.map(({ run }) => run)).toEqual([1]);
});

describe('one whose process ends only after the folder was opened', () => {
  test('is named, too', async () => {
    const { interruptions, told, endStill } = await interrupted(1);
    expect(told.at(-1)?.runs.map(({ run }) => run)).toEqual([1]);
    interruptions.noteRun(await endStill());
    expect(told.at(-1)?.runs.map(({ run }) => run)).toEqual([2, 1]);
  });

  test('and resumed with the others where the folder is set so', async () => {
    const { interruptions, ends, told, endStill } = await interrupted(1, { resumesSince: 0 });
    await turns(10);
    interruptions.noteRun(await endStill());
    await turns(10);
    expect([...ends.keys()]).toEqual([1, 2]);
    expect(told.at(-1)?.resuming).toMatchObject({ resumed: 1, state: 'done' });
  });

  test('but not where somebody has ended it long after', async () => {
    const clock = { now: 1000 };
    const { interruptions, told, endStill } = await interrupted(1, {}, clock);
    clock.now += 60_000;
    interruptions.noteRun(await endStill());
    expect(told.at(-1)?.runs.map(({ run }) => run)).toEqual([1]);
  });
});
