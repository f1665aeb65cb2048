import { expect, test } from 'vitest';
import { deleteRun } from '../../engine/store/delete-run.ts';
import { drainWorker } from '../../engine/store/drain-worker.ts';
import { takeoversOf, workerLines, workerWords } from '../../engine/store/worker-queries.ts';
import { MemoryWorkers } from '../support/memory-workers.ts';
import { Gate, range, turns } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';
import { WorkerBench } from '../support/worker-bench.ts';

/* What is stored of the workers of a run: who there was, what each was last heard to do, and which of them executed what. */

const NODE = 1;

const flowOf = (step: (item: number) => unknown, options: Record<string, unknown> = {}) =>
  workflow(start =>
    start.batch('work', { items: range(8), size: 1, workers: 2, concurrency: 4, ...options }, ([item], inner) => {
      inner.step('one', () => step(Number(item)));
    }),
  );

const workersOf = (bench: Bench, run: number) => workerLines(bench.db, run, 100);
const wordsOf = (bench: Bench, run: number) => [...workerWords(bench.db, run, nodeOf(bench, run), 0)];
const nodeOf = (bench: Bench, run: number) =>
  bench.db.prepare<[number], number>("select node from nodes where run = ? and path = 'work'").pluck().get(run) ?? NODE;

test('each batch has the worker that executed it, and each worker what it has done', async () => {
  const bench = new WorkerBench();
  const { run } = await bench.run(flowOf(item => item));
  const workers = workersOf(bench, run);
  expect(workers.map(({ worker, host, status, code }) => ({ worker, host, status, code }))).toEqual(
    [1, 2].map(worker => ({ worker, host: 'this-machine', status: 'working', code: 'same' })),
  );
  const words = wordsOf(bench, run);
  expect(words).toHaveLength(8);
  for (const { worker, batches, steps, inFlight } of workers) {
    const own = words.filter(word => word === worker).length;
    expect({ batches, steps, inFlight }).toEqual({ batches: own, steps: own, inFlight: 0 });
  }
});

test('batches inside a batch have its worker', async () => {
  const bench = new WorkerBench();
  const { run } = await bench.run(
    workflow(start =>
      start.batch('outer', { items: range(4), size: 1, workers: 2, concurrency: 2 }, (_items, flow) => {
        flow.forEach('inner', ['x', 'y'], (letter, inner) => {
          inner.step('one', () => letter);
        });
      }),
    ),
  );
  const differ = bench.db
    .prepare(
      `select count(*) from batches i join batches o on o.run = i.run and o.scope = i.parent
        where i.run = ? and i.worker is not o.worker`,
    )
    .pluck();
  expect(differ.get(run)).toBe(0);
  const inner = bench.db.prepare('select count(*) from batches where run = ? and parent > 0 and worker > 0').pluck();
  expect(inner.get(run)).toBe(8);
});

test('without workers nothing is stored of any', async () => {
  const bench = new Bench();
  const { run } = await bench.run(flowOf(item => item, { workers: undefined }));
  expect(workersOf(bench, run)).toEqual([]);
  expect(wordsOf(bench, run)).toEqual(range(8).map(() => 0));
});

test('a lost worker stands there as lost, with what was taken from it', async () => {
  const gate = new Gate();
  const bench = new WorkerBench();
  const { done, id } = await bench.start(flowOf(item => (item === 0 ? gate.pass() : item)));
  await gate.reached(1);
  await turns(20);
  const holder = bench.workers.all.findIndex(worker =>
    worker.heard.some(message => message.type === 'job' && message.job.index === 0),
  );
  bench.workers.all[holder]?.die('memory ran out');
  await gate.reached(2);
  gate.open();
  expect(await done).toMatchObject({ status: 'completed' });
  const lost = workersOf(bench, id).find(({ status }) => status === 'lost');
  expect(lost).toMatchObject({ worker: holder + 1, reason: 'memory ran out' });
  const scope = bench.db.prepare<[number], number>('select scope from batches where run = ? and idx = 0').pluck();
  expect(takeoversOf(bench.db, id, [scope.get(id) ?? 0])).toMatchObject([{ worker: holder + 1, batchAttempt: 1 }]);
  expect(wordsOf(bench, id)[0]).not.toBe(holder + 1);
});

test('each attempt of a batch has its own worker', async () => {
  const bench = new WorkerBench();
  let fails = true;
  const { run } = await bench.run(
    flowOf(
      item => {
        if (item === 3 && fails) {
          fails = false;
          throw new Error('once');
        }
      },
      { retry: { attempts: 2, backoff: { delay: 1 } } },
    ),
  );
  const attempts = bench.db.prepare('select attempt, worker > 0 as has from batch_attempts where run = ?').all(run);
  expect(attempts).toEqual([{ attempt: 1, has: 1 }]);
  expect(wordsOf(bench, run).every(word => word > 0)).toBe(true);
});

test('a re-run goes on with the numbers', async () => {
  const bench = new WorkerBench();
  let fails = true;
  const flow = flowOf(item => {
    if (item === 5 && fails) throw new Error('not yet');
  });
  const { run } = await bench.run(flow);
  fails = false;
  await bench.rerun(flow, run);
  expect(workersOf(bench, run).map(({ worker, session }) => [worker, session])).toEqual([
    [1, 1],
    [2, 1],
    [3, 2],
    [4, 2],
  ]);
  expect(wordsOf(bench, run)[5]).toBeGreaterThan(2);
});

test('a worker with other code stands there as that', async () => {
  const bench = new WorkerBench(new MemoryWorkers({ code: 'another' }));
  const { run, status } = await bench.run(flowOf(item => item));
  expect(status).toBe('interrupted');
  expect(workersOf(bench, run)).toMatchObject([
    { status: 'refused', code: 'other' },
    { status: 'refused', code: 'other' },
  ]);
});

test('a worker that is drained finishes what it has and gets no more; the last one of this machine stays', async () => {
  const gate = new Gate();
  const bench = new WorkerBench();
  const { done, id } = await bench.start(flowOf(() => gate.pass()));
  await gate.reached(4);
  drainWorker(bench.db, id, 1);
  await expect.poll(() => workersOf(bench, id)[0]?.status).toBe('draining');
  expect(() => drainWorker(bench.db, id, 2)).toThrow('Worker 2 is the only one that run 1 has');
  const before = wordsOf(bench, id).filter(word => word === 1).length;
  gate.open();
  expect(await done).toMatchObject({ status: 'completed', batches: { succeeded: 8 } });
  expect(workersOf(bench, id)).toMatchObject([
    { status: 'drained', batches: 2 },
    { status: 'working', batches: 6 },
  ]);
  expect(before).toBeLessThanOrEqual(2);
  expect(bench.workers.all).toHaveLength(2);
  expect(() => drainWorker(bench.db, id, 2)).toThrow('executes nothing any more');
});

test('nothing of them is left of a run that is deleted', async () => {
  const bench = new WorkerBench();
  const { run } = await bench.run(flowOf(item => item));
  bench.db.prepare('insert into takeovers values (?, 1, 1, 1, 1, 0, 0)').run(run);
  deleteRun(bench.db, run, () => Date.now());
  const left = ['workers', 'takeovers', 'worker_drains'].map(table =>
    bench.db.prepare(`select count(*) from ${table}`).pluck().get(),
  );
  expect(left).toEqual([0, 0, 0]);
});
