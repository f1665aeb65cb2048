import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noCounts } from '../../common/counts.ts';
import { BatchStatus } from '../../common/status.ts';
import type { EventOf, Progress, RunItem } from '../../host/api/api.ts';
import { LiveRun } from '../../host/runs/live-run.ts';
import type { Watcher } from '../../host/runs/watcher.ts';
import { Outbox, type Listener } from '../../host/api/outbox.ts';
import { Model } from './model.ts';

const NODE = 1;
const PROGRESS: Progress = {
  status: 'running',
  items: noCounts(),
  batches: noCounts(),
  failedBatches: 0,
  nodes: [],
  steps: [],
  rate: 0,
  startedAt: 0,
  activeMs: 0,
};

function feedOf(onNews = () => undefined): LiveRun {
  const feed = new LiveRun(7, PROGRESS, onNews);
  feed.addMap(NODE, 'clean');
  return feed;
}

/** Lets the watcher tell the model all there is to tell now. */
function tellAll(watcher: Watcher, model: Model): void {
  for (let told = watcher.take(); told; told = watcher.take()) {
    if (told.kind === 'delta') model.apply(told.delta);
    else model.lose();
  }
}

function change(feed: LiveRun, changes: readonly (readonly [number, number])[]): void {
  feed.change(
    NODE,
    Uint32Array.from(changes, ([index]) => index),
    Uint8Array.from(changes, ([, status]) => status),
  );
}

describe('a feed', () => {
  test('tells each batch that has changed once, with its last status', () => {
    const feed = feedOf();
    const watcher = feed.watch();
    const model = new Model(watcher.snapshot());
    change(feed, [
      [0, BatchStatus.running],
      [1, BatchStatus.running],
    ]);
    change(feed, [
      [0, BatchStatus.failed],
      [1, BatchStatus.retrying],
    ]);
    change(feed, [[1, BatchStatus.succeeded]]);
    const told = watcher.take();
    expect(told).toMatchObject({ kind: 'delta', delta: { seq: 1, maps: [{ node: NODE }] } });
    expect(told?.kind === 'delta' && told.delta.maps[0]?.ranges).toEqual(Uint32Array.of(0, 2));
    if (told?.kind === 'delta') model.apply(told.delta);
    expect(model.statuses(NODE)).toEqual([BatchStatus.failed, BatchStatus.succeeded]);
    expect(watcher.take()).toBeUndefined();
  });

  test('tells the batches of a node that has begun since, though they are not counted yet', () => {
    const feed = feedOf();
    const watcher = feed.watch();
    const model = new Model(watcher.snapshot());
    feed.addMap(2, 'clean more');
    feed.change(2, Uint32Array.of(0, 1), Uint8Array.of(BatchStatus.succeeded, BatchStatus.running));
    tellAll(watcher, model);
    feed.setProgress({
      ...PROGRESS,
      nodes: [
        {
          node: 2,
          path: 'clean more',
          batches: { ...noCounts(), total: 4 },
          items: noCounts(),
          complete: true,
          concurrency: 1,
        },
      ],
    });
    tellAll(watcher, model);
    expect(model.statuses(2)).toEqual([BatchStatus.succeeded, BatchStatus.running, 0, 0]);
  });

  test('says nothing of what is as it was', () => {
    const feed = feedOf();
    change(feed, [[0, BatchStatus.succeeded]]);
    const watcher = feed.watch();
    watcher.snapshot();
    change(feed, [[0, BatchStatus.succeeded]]);
    feed.replace(NODE, Uint8Array.of(BatchStatus.succeeded));
    expect(watcher.take()).toBeUndefined();
  });

  test('numbers its deltas one after the other, also over a new snapshot', () => {
    const feed = feedOf();
    const watcher = feed.watch();
    expect(watcher.snapshot().seq).toBe(0);
    const seqs = [0, 1, 2].map(index => {
      change(feed, [[index, BatchStatus.running]]);
      const told = watcher.take();
      return told?.kind === 'delta' ? told.delta.seq : undefined;
    });
    expect(seqs).toEqual([1, 2, 3]);
    change(feed, [[3, BatchStatus.running]]);
    expect(watcher.snapshot()).toMatchObject({ seq: 3, maps: [{ statuses: Uint8Array.of(1, 1, 1, 1) }] });
    expect(watcher.take()).toBeUndefined();
  });

  test('makes a map as long as the batches that are counted, with those not heard of waiting', () => {
    const feed = feedOf();
    const watcher = feed.watch();
    const model = new Model(watcher.snapshot());
    feed.expect(NODE, 5);
    tellAll(watcher, model);
    expect(model.statuses(NODE)).toEqual([0, 0, 0, 0, 0]);
  });

  test('takes batches that were out of use for waiting, once they are counted again', () => {
    const feed = feedOf();
    feed.replace(NODE, Uint8Array.of(6, 6, 6));
    const watcher = feed.watch();
    const model = new Model(watcher.snapshot());
    change(feed, [[0, BatchStatus.running]]);
    feed.expect(NODE, 2);
    tellAll(watcher, model);
    expect(model.statuses(NODE)).toEqual([1, 0, 6]);
  });

  test('asks for a new snapshot where a map has become shorter, and tells nothing until it is taken', () => {
    const feed = feedOf();
    feed.replace(NODE, Uint8Array.of(2, 2, 2));
    const watcher = feed.watch();
    const model = new Model(watcher.snapshot());
    feed.replace(NODE, Uint8Array.of(2));
    expect(watcher.take()).toEqual({ kind: 'resync' });
    change(feed, [[0, BatchStatus.failed]]);
    expect(watcher.take()).toBeUndefined();
    model.begin(watcher.snapshot());
    expect(model.statuses(NODE)).toEqual([3]);
  });

  test('asks for a new snapshot where that is less than the changes', () => {
    const feed = feedOf();
    feed.expect(NODE, 200_000);
    const watcher = feed.watch();
    watcher.snapshot();
    feed.change(
      NODE,
      Uint32Array.from({ length: 60_000 }, (_, index) => index),
      new Uint8Array(60_000).fill(BatchStatus.succeeded),
    );
    expect(watcher.take()).toEqual({ kind: 'resync' });
  });

  test('replayed over a snapshot gives the true statuses, whatever happens in whatever order', () => {
    const index = fc.nat({ max: 30 });
    const status = fc.nat({ max: 6 });
    const who = fc.constantFrom(0, 1);
    const event = fc.oneof(
      fc.record({
        kind: fc.constant('change' as const),
        changes: fc.array(fc.tuple(index, status), { maxLength: 12 }),
      }),
      fc.record({ kind: fc.constant('expect' as const), count: index }),
      fc.record({ kind: fc.constant('replace' as const), statuses: fc.array(status, { maxLength: 30 }) }),
      fc.record({ kind: fc.constant('resync' as const) }),
      fc.record({ kind: fc.constant('take' as const), who }),
      fc.record({ kind: fc.constant('watch again' as const), who }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), events => {
        const feed = feedOf();
        const watchers = [feed.watch(), feed.watch()];
        const models = watchers.map(watcher => new Model(watcher.snapshot()));
        let truth: number[] = [];
        for (const event of events) {
          switch (event.kind) {
            case 'change':
              for (const [index, status] of event.changes) {
                while (truth.length < index) truth.push(0);
                truth[index] = status;
              }
              change(feed, event.changes);
              break;
            case 'expect':
              while (truth.length < event.count) truth.push(0);
              truth = truth.map((status, index) =>
                index < event.count && status === BatchStatus.superseded ? 0 : status,
              );
              feed.expect(NODE, event.count);
              break;
            case 'replace':
              truth = event.statuses;
              feed.replace(NODE, Uint8Array.from(event.statuses));
              break;
            case 'resync':
              feed.resync();
              break;
            case 'take': {
              const told = watchers[event.who]?.take();
              if (told?.kind === 'delta') models[event.who]?.apply(told.delta);
              else if (told) models[event.who]?.lose();
              break;
            }
            case 'watch again': {
              const snapshot = watchers[event.who]?.snapshot();
              if (snapshot) models[event.who]?.begin(snapshot);
            }
          }
        }
        for (const [at, watcher] of watchers.entries()) {
          const model = models[at];
          if (!model) continue;
          tellAll(watcher, model);
          if (model.state === 'lost') model.begin(watcher.snapshot());
          expect(model.statuses(NODE)).toEqual(truth);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('an outbox', () => {
  const item = (run: number, succeeded: number): RunItem => ({
    run,
    workflow: 'w',
    name: 'w',
    file: 'w.ts',
    status: 'running',
    items: { ...noCounts(), succeeded },
    batches: noCounts(),
    failedBatches: 0,
    startedAt: 0,
    activeMs: 0,
  });
  const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

  test('tells no more than thirty times a second, and in the end all there is', async () => {
    const feed = feedOf(() => {
      outbox.plan();
      return undefined;
    });
    const deltas: EventOf<'onDelta'>[] = [];
    const outbox = new Outbox((event, payload) => {
      if (event === 'onDelta') deltas.push(payload as EventOf<'onDelta'>);
    });
    const model = new Model(await outbox.watch(7, async () => feed.watch()));
    const from = Date.now();
    let index = 0;
    for (; Date.now() - from < 600; index++) {
      change(feed, [[index, BatchStatus.running]]);
      await sleep(1);
    }
    await sleep(100);
    outbox.close();
    expect(deltas.length).toBeLessThanOrEqual((Date.now() - from) / 33 + 1);
    expect(deltas.length).toBeGreaterThan(3);
    for (const delta of deltas) model.apply(delta);
    expect(model.statuses(NODE)).toEqual(Array.from({ length: index }, () => 1));
  });

  test('sends a page that does not answer a few turns, and then keeps only what is true last', async () => {
    const feed = feedOf(() => {
      outbox.plan();
      return undefined;
    });
    const answers: (() => void)[] = [];
    const told: [string, unknown][] = [];
    const listener: Listener = (event, payload) => {
      told.push([event, payload]);
      return new Promise<void>(resolve => answers.push(resolve));
    };
    const outbox = new Outbox(listener);
    const model = new Model(await outbox.watch(7, async () => feed.watch()));
    for (let round = 0; round < 12; round++) {
      change(feed, [
        [0, round % 2 === 0 ? BatchStatus.running : BatchStatus.failed],
        [round, BatchStatus.running],
      ]);
      outbox.noteRun(item(7, round));
      outbox.noteRun(item(8, round));
      outbox.noteLogs(
        7,
        Array.from({ length: 100 }, (_, at) => ({ id: round * 100 + at, at: 0, level: 'info', text: 'x' })),
        0,
      );
      await sleep(40);
    }
    const before = told.length;
    expect(told.filter(([event]) => event === 'onDelta')).toHaveLength(4);
    for (const answer of answers.splice(0)) answer();
    await sleep(100);
    const late = told.slice(before);
    expect(late.filter(([event]) => event === 'onRun').map(([, run]) => run)).toEqual([item(7, 11), item(8, 11)]);
    const [logs] = late.filter(([event]) => event === 'onLogs').map(([, payload]) => payload as EventOf<'onLogs'>);
    expect(logs).toMatchObject({ run: 7, dropped: 300 });
    expect(logs?.lines.map(({ id }) => id)).toEqual(Array.from({ length: 500 }, (_, at) => 700 + at));
    for (const [event, payload] of told) if (event === 'onDelta') model.apply(payload as EventOf<'onDelta'>);
    expect(model.statuses(NODE)).toEqual([3, ...Array.from({ length: 11 }, () => 1)]);
    outbox.close();
  });

  test('tells a page that is behind nothing until it has caught up', async () => {
    let behind = true;
    const runs: unknown[] = [];
    const outbox = new Outbox(
      (_event, payload) => {
        runs.push(payload);
      },
      () => behind,
    );
    outbox.noteRun(item(1, 1));
    await sleep(80);
    outbox.noteRun(item(1, 2));
    expect(runs).toEqual([]);
    behind = false;
    await sleep(300);
    expect(runs).toEqual([item(1, 2)]);
    outbox.close();
  });

  test('watches a run once however often that is asked for, and not at all when it was left meanwhile', async () => {
    const feed = feedOf();
    const outbox = new Outbox(() => undefined);
    const open = async () => {
      await sleep(10);
      return feed.watch();
    };
    await Promise.all([outbox.watch(7, open), outbox.watch(7, open)]);
    outbox.unwatch(7);
    expect(feed.isWatched).toBe(false);
    const watching = outbox.watch(7, open);
    outbox.unwatch(7);
    await watching;
    expect(feed.isWatched).toBe(false);
    await outbox.watch(7, open);
    outbox.close();
    expect(feed.isWatched).toBe(false);
  });
});
