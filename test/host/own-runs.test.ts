import { expect, test } from 'vitest';
import { noCounts } from '../../common/counts.ts';
import type { FromRunner } from '../../engine/runner/protocol.ts';
import type { RunItem } from '../../host/api/api.ts';
import { OwnRuns } from '../../host/runs/own-runs.ts';
import { openedStore, Process } from './opened-store.ts';

/* When the items of a host's own runs are sent: with a real store, a clock of the test's, and a process whose end the test decides. */

function opened() {
  const { store, mirrors, errors, logs, started, run } = openedStore();
  const clock = { now: 0 };
  const items: RunItem[] = [];
  const first = Promise.withResolvers<void>();
  const over: number[] = [];
  const runs = new OwnRuns({
    store,
    mirrors,
    notices: { ended: () => undefined },
    onItem: item => {
      items.push(item);
      first.resolve();
    },
    onOver: () => over.push(runs.numbers().length),
    onError: error => errors.push(error),
    now: () => clock.now,
  });
  return { runs, started, clock, items, logs, firstSent: first.promise, over, run };
}

function progress(succeeded: number): FromRunner {
  return {
    type: 'progress',
    counts: { items: { ...noCounts(), total: 40, succeeded }, batches: noCounts(), nodes: [] },
    steps: [],
  };
}

test('a run has an item at once, with its file relative to the folder', async () => {
  const { runs, started, run } = opened();
  const process = new Process();
  runs.begin(process, started);
  expect(runs.items()).toMatchObject([{ run, file: 'sub/films.ts', status: 'running', workflow: 'films' }]);
  process.end();
  await runs.get(run)?.over;
});

test('progress is sent at most twice a second, and always known', async () => {
  const { runs, started, clock, items, firstSent, run } = opened();
  const process = new Process();
  const { onMessage } = runs.begin(process, started);
  await firstSent;
  const sent = () => items.slice(1).map(item => item.items.succeeded);
  for (const [at, succeeded] of [
    [1_000, 1],
    [1_100, 2],
    [1_499, 3],
    [1_500, 4],
    [1_600, 5],
  ] as const) {
    clock.now = at;
    onMessage(progress(succeeded));
    expect(runs.items()[0]?.items.succeeded).toBe(succeeded);
  }
  expect(sent()).toEqual([1, 4]);
  process.end();
  await runs.get(run)?.over;
});

test('a run is over when what the store says of its end has been sent', async () => {
  const { runs, started, items, over, run } = opened();
  const process = new Process();
  runs.begin(process, started);
  const own = runs.get(run);
  process.end();
  await own?.over;
  // The store says that it has failed; before that it counted as running.
  expect(items.map(({ status }) => status)).toEqual(['running', 'failed']);
  expect({ over, left: runs.numbers() }).toEqual({ over: [0], left: [] });
});

test('of a run that is in the store no more, what is known is sent: it was interrupted', async () => {
  const { runs, started, items, firstSent, run } = opened();
  const process = new Process();
  const { onMessage } = runs.begin(process, { ...started, uid: 'of another run' });
  const own = runs.get(run);
  await firstSent;
  onMessage({
    type: 'progress',
    counts: { items: { ...noCounts(), total: 9, running: 2, waiting: 7 }, batches: noCounts(), nodes: [] },
    steps: [],
  });
  process.end();
  await own?.over;
  expect(items.at(-1)).toMatchObject({
    status: 'interrupted',
    reason: expect.stringContaining('was deleted, moved or replaced'),
    items: { total: 9, running: 0, waiting: 9 },
  });
});

test('the end of a process leaves alone what has started in its place', async () => {
  const { runs, started, run } = opened();
  const [first, second] = [new Process(), new Process()];
  runs.begin(first, started);
  const own = runs.get(run);
  runs.begin(second, started);
  first.end();
  await own?.over;
  expect(runs.get(run)?.process).toBe(second);
  second.end();
  await runs.over();
});

test('what steps write past `console` is told in whole lines, each stream by itself, and the rest at the end', async () => {
  const { runs, started, logs, run } = opened();
  const process = new Process();
  const { onOutput } = runs.begin(process, started);
  const own = runs.get(run);
  onOutput('one li', 'stdout');
  onOutput('a warn', 'stderr');
  onOutput('ne\ntwo', 'stdout');
  onOutput('ing\n', 'stderr');
  onOutput(' lines\nthe rest', 'stdout');
  process.end();
  await own?.over;
  expect(logs).toEqual(['info: one line', 'warn: a warning', 'info: two lines', 'info: the rest']);
});
