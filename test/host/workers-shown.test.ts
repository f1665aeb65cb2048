import path from 'node:path';
import { expect, test } from 'vitest';
import { OPERATIONS } from '../../host/store/operations.ts';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { METHODS, type BatchRow } from '../../host/api/api.ts';
import { MemoryWorkers } from '../support/memory-workers.ts';
import { Gate, range, turns } from '../support/outside.ts';
import { workflow } from '../support/runs.ts';
import { WorkerBench } from '../support/worker-bench.ts';
import { handedOver } from '../recording/recorded.ts';

/* Which worker executed what, as a page is told. */

const HOSTS = ['build-north', 'build-south'];
const FAR = { aboutOf: (n: number) => ({ host: HOSTS[n % 2] ?? '', pid: 4_700 + n, address: undefined }) };

const flowOf = (step: (item: number) => unknown) =>
  workflow(start =>
    start.batch('work', { items: range(8), size: 1, workers: 2, concurrency: 4 }, ([item], inner) => {
      inner.step('first', () => item).step('second', () => step(Number(item)));
    }),
  );

function shown(bench: WorkerBench): StoreConnection {
  return new StoreConnection(bench.file, path.dirname(bench.file));
}

function nodeOf(bench: WorkerBench, run: number): number {
  const [node = 0] = bench.db
    .prepare<[number], number>(`select node from nodes where run = ? and path = 'work'`)
    .pluck()
    .all(run);
  return node;
}

test('the workers of a run that has ended have ended', async () => {
  const bench = new WorkerBench(new MemoryWorkers(FAR));
  const { run } = await bench.run(flowOf(item => item));
  const answer = OPERATIONS.getWorkers(shown(bench), { run });
  expect(METHODS.getWorkers.result.safeParse(answer).error).toBeUndefined();
  expect(
    answer.workers.map(({ worker, host, pid, status, inFlight }) => [worker, host, pid, status, inFlight]),
  ).toEqual([
    [1, 'build-south', 4_701, 'ended', 0],
    [2, 'build-north', 4_702, 'ended', 0],
  ]);
  expect(answer.workers.reduce((sum, { steps }) => sum + steps, 0)).toBe(16);
});

test('rows, bars, the map and a filter name the same worker', async () => {
  const bench = new WorkerBench(new MemoryWorkers(FAR));
  const { run } = await bench.run(flowOf(item => item));
  const [store, node] = [shown(bench), nodeOf(bench, run)];
  const page = { run, node, sort: 'index', offset: 0, limit: 100 } as const;
  const { rows } = OPERATIONS.listBatches(store, { ...page, where: {} });
  const byIndex = rows.map(({ worker }) => worker);
  expect(new Set(byIndex)).toEqual(new Set([1, 2]));
  const overlay = OPERATIONS.getOverlay(store, { run, node, by: 'worker' });
  expect('values' in overlay && [...overlay.values]).toEqual(byIndex);
  const { bars } = OPERATIONS.getTimeline(store, { run, columns: 100 });
  expect(bars.toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0)).map(({ worker }) => worker)).toEqual(byIndex);
  for (const worker of [1, 2]) {
    const found = OPERATIONS.listBatches(store, { ...page, where: { workers: [worker] } });
    const own = rows.filter(row => row.worker === worker).map(({ index }) => index);
    expect(found.rows.map(({ index }) => index)).toEqual(own);
    expect(found.total).toBe(own.length);
    const { scopes } = OPERATIONS.getScopes(store, { run, node, where: { workers: [worker] } });
    expect(scopes).toHaveLength(own.length);
  }
  expect(OPERATIONS.listBatches(store, { ...page, where: { workers: [1, 2] } }).total).toBe(8);
});

test('of a batch that went from one worker to another, each attempt of a step says who executed it', async () => {
  const gate = new Gate();
  const bench = new WorkerBench(new MemoryWorkers(FAR));
  const { done, id: run } = await bench.start(flowOf(item => (item === 0 ? gate.pass() : item)));
  await gate.reached(1);
  await turns(20);
  const holder = bench.workers.all.findIndex(worker =>
    worker.heard.some(message => message.type === 'job' && message.job.index === 0),
  );
  bench.workers.all[holder]?.die();
  await gate.reached(2);
  gate.open();
  await done;
  const found = OPERATIONS.findBatch(shown(bench), { run, node: nodeOf(bench, run), index: 0 });
  const scope = found?.scope ?? 0;
  const { attempts, batch } = OPERATIONS.getBatch(shown(bench), { run, scope });
  const second = attempts.filter(({ path }) => path === 'work/second');
  expect(attempts.find(({ path }) => path === 'work/first')?.worker).toBe(holder + 1);
  expect(batch.worker).not.toBe(holder + 1);
  expect(second.at(-1)?.worker).toBe(batch.worker);
});

test('a file that hides values tells machines apart without naming them, and with values it names them', async () => {
  const bench = new WorkerBench(new MemoryWorkers(FAR));
  const { run } = await bench.run(flowOf(item => item));
  const [store, node] = [shown(bench), nodeOf(bench, run)];
  const hidden = await handedOver(store, run);
  for (const host of HOSTS) expect(hidden.text).not.toContain(host);
  expect(hidden.text).not.toContain('4701');
  const { workers } = await hidden.api.getWorkers({ run });
  expect(workers.map(({ worker, host }) => [worker, host])).toEqual([
    [1, 'machine 1'],
    [2, 'machine 2'],
  ]);
  const live = OPERATIONS.getOverlay(store, { run, node, by: 'worker' });
  expect(await hidden.api.getOverlay({ run, node, by: 'worker' })).toEqual(live);
  const where = { workers: [2] };
  const page = { run, node, where, sort: 'index', offset: 0, limit: 100 } as const;
  const own = ({ rows }: { rows: readonly BatchRow[] }) => rows.map(({ index, worker }) => [index, worker]);
  expect(own(await hidden.api.listBatches(page))).toEqual(own(OPERATIONS.listBatches(store, page)));
  const told = await handedOver(store, run, true);
  expect((await told.api.getWorkers({ run })).workers.map(({ host }) => host)).toEqual(['build-south', 'build-north']);
});

test('a worker is drained through the store, and the last one is not', async () => {
  const gate = new Gate();
  const bench = new WorkerBench();
  const { done, id: run } = await bench.start(flowOf(() => gate.pass()));
  await gate.reached(4);
  const store = shown(bench);
  OPERATIONS.drainWorker(store, { run, worker: 2 });
  const statuses = () => OPERATIONS.getWorkers(store, { run }).workers.map(({ status }) => status);
  await expect.poll(statuses).toEqual(['working', 'draining']);
  expect(() => OPERATIONS.drainWorker(store, { run, worker: 1 })).toThrow('is the only one');
  gate.open();
  await done;
  expect(statuses()).toEqual(['ended', 'drained']);
});

test('what the workers of a killed process had done is counted, and stays so when another process takes the run up', async () => {
  const bench = new WorkerBench();
  let fails = true;
  const flow = flowOf(item => {
    if (item === 5 && fails) throw new Error('not yet');
  });
  const { run } = await bench.run(flow);
  // As a kill leaves it: they were heard of last before they had done anything.
  bench.db.prepare('update workers set ended_at = null, batches = 0, in_flight = 2 where run = ?').run(run);
  const told = () =>
    OPERATIONS.getWorkers(shown(bench), { run }).workers.map(({ status, batches, inFlight }) => [
      status,
      batches,
      inFlight,
    ]);
  const sum = (workers: ReturnType<typeof told>) => workers.reduce((total, [, batches]) => total + Number(batches), 0);
  const before = told();
  expect(before.map(([status, , inFlight]) => [status, inFlight])).toEqual([
    ['ended', 0],
    ['ended', 0],
  ]);
  expect(sum(before)).toBe(8);
  fails = false;
  await bench.rerun(flow, run);
  expect(told().slice(0, 2)).toEqual(before);
  expect(sum(told())).toBe(9);
});
