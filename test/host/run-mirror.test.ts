import { describe, expect, test } from 'vitest';
import { noCounts } from '../../common/counts.ts';
import { BatchStatus } from '../../common/status.ts';
import type { FromRunner } from '../../engine/runner/protocol.ts';
import { openedStore } from './opened-store.ts';
import { NODES } from './big-run.ts';

/* What a host shows of one run, from its runner's messages or from the store: with a real store of one failed run. */

/** Forty batches, of which a runner says that so many have succeeded, and one runs. */
function progress(succeeded: number): FromRunner {
  const batches = { ...noCounts(), total: 40, succeeded, running: 1, waiting: 39 - succeeded };
  const items = { ...noCounts(), total: 400, succeeded: succeeded * 10, running: 10, waiting: 390 - succeeded * 10 };
  return {
    type: 'progress',
    counts: { items, batches, nodes: [{ path: 'clean', batches, items, complete: true }] },
    steps: [],
  };
}

const running: FromRunner = {
  type: 'batches',
  changes: [
    { node: NODES.clean, parent: 0, indices: Uint32Array.of(3), statuses: Uint8Array.of(BatchStatus.running) },
    { node: NODES.each, parent: 7, indices: Uint32Array.of(4), statuses: Uint8Array.of(BatchStatus.running) },
  ],
};

async function opened() {
  const { db, mirrors, run } = openedStore();
  const mirror = await mirrors.acquire(run);
  const statusOf = (index: number) => mirror.live.map(NODES.clean)?.statuses.copy()[index];
  const setStatus = (status: string) => db.prepare('update runs set status = ? where id = ?').run(status, run);
  return { mirrors, mirror, run, statusOf, setStatus };
}

describe('while nobody executes the run', () => {
  test('the store is shown, and messages of a runner are not heard', async () => {
    const { mirror, statusOf } = await opened();
    mirror.hear(progress(5));
    mirror.hear(running);
    expect(mirror.live.progress).toMatchObject({ status: 'failed', batches: { total: 40, failed: 2, succeeded: 38 } });
    expect(statusOf(3)).toBe(BatchStatus.failed);
  });

  test('the store is read again once it has been written, and only then', async () => {
    const { mirror, setStatus } = await opened();
    setStatus('cancelled');
    await mirror.tick();
    expect(mirror.live.progress.status).toBe('failed');
    mirror.noteWritten();
    // Reading rests for three times as long as it took.
    await expect.poll(() => mirror.tick().then(() => mirror.live.progress.status)).toBe('cancelled');
  });
});

describe('while a runner of this host executes it', () => {
  test('its messages are shown, and the store, which is behind them, is not read', async () => {
    const { mirror, statusOf, setStatus } = await opened();
    await mirror.begin();
    mirror.hear(progress(5));
    mirror.hear(running);
    setStatus('cancelled');
    mirror.noteWritten();
    await mirror.tick();
    expect(mirror.live.progress).toMatchObject({ status: 'running', batches: { succeeded: 5, running: 1 } });
    // What a batch inside a batch does is no part of the map.
    expect([statusOf(3), statusOf(4)]).toEqual([BatchStatus.running, BatchStatus.succeeded]);
  });

  test('a changed concurrency is shown with its next message, and forgotten when it ends', async () => {
    const { mirror } = await opened();
    const shown = () => mirror.live.progress.nodes.find(({ path }) => path === 'clean')?.concurrency;
    await mirror.begin();
    mirror.hear(progress(5));
    expect(shown()).toBe(4);
    mirror.concurrencyChanged('clean', 9);
    mirror.hear(progress(6));
    expect(shown()).toBe(9);
    await mirror.end();
    await mirror.begin();
    mirror.hear(progress(7));
    expect(shown()).toBe(4);
  });

  test('its time goes on from what the run had been active for', async () => {
    const { mirror } = await opened();
    const before = mirror.live.progress.activeMs;
    await mirror.begin();
    mirror.hear(progress(5));
    expect(mirror.live.progress.activeMs).toBeGreaterThanOrEqual(before);
    expect(mirror.live.progress.activeMs).toBeLessThan(before + 60_000);
  });

  test('its end is what the store says, and later messages are not heard', async () => {
    const { mirror, statusOf } = await opened();
    await mirror.begin();
    mirror.hear(progress(5));
    mirror.hear(running);
    await mirror.end();
    mirror.hear(progress(6));
    expect(mirror.live.progress).toMatchObject({ status: 'failed', batches: { succeeded: 38, failed: 2 } });
    expect(statusOf(3)).toBe(BatchStatus.failed);
  });

  test('an answer of the store that comes after its end is out of date, and is dropped', async () => {
    const { mirror, run } = await opened();
    const beginning = mirror.begin();
    mirror.endWithoutStore({
      run,
      workflow: 'films',
      name: 'Films',
      file: 'films.ts',
      status: 'interrupted',
      reason: 'its store is gone',
      items: noCounts(),
      batches: noCounts(),
      failedBatches: 0,
      startedAt: 0,
      endedAt: 1,
      activeMs: 1,
    });
    await beginning;
    expect(mirror.live.progress).toMatchObject({ status: 'interrupted', reason: 'its store is gone', rate: 0 });
  });
});

describe('the mirrors of a store', () => {
  test('are one for each run, open as long as somebody uses it', async () => {
    const { mirrors, mirror, run } = await opened();
    const watcher = await mirrors.watch(run);
    expect(await mirrors.acquire(run)).toBe(mirror);
    mirrors.release(mirror);
    mirrors.release(mirror);
    expect([mirrors.size, await mirrors.all()]).toEqual([1, [mirror]]);
    watcher.close();
    expect([mirrors.size, await mirrors.get(run)]).toEqual([0, undefined]);
    expect(await mirrors.acquire(run)).not.toBe(mirror);
  });

  test('refuse a run that is not in the store, each time it is asked for', async () => {
    const { mirrors } = await opened();
    for (let times = 0; times < 2; times++) await expect(mirrors.watch(99)).rejects.toThrow('99');
    expect(mirrors.size).toBe(1);
    expect(await mirrors.get(99)).toBeUndefined();
  });
});
