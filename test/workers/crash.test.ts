import { describe, expect, test } from 'vitest';
import { all, Gate, range, turns } from '../support/outside.ts';
import { MemoryWorkers, READS, UnreliableQueue } from '../support/memory-workers.ts';
import { randomOf } from '../support/random.ts';
import { workflow } from '../support/runs.ts';
import { WorkerBench } from '../support/worker-bench.ts';

describe.each(READS)('a worker that reads %s and ends', reads => {
  test('has its batches executed by another one, from their checkpoints on', async () => {
    const gate = new Gate();
    const executed: string[] = [];
    const bench = new WorkerBench(new MemoryWorkers({ reads }));
    const run = await bench.start(
      workflow(flow =>
        flow.batch('work', { items: range(6), size: 2, workers: 2 }, ([first], flow) => {
          flow
            .step('one', async ctx => {
              executed.push(`one ${first}`);
              await ctx.state.incr('ones');
              return first;
            })
            .forEach('inner', ['x', 'y'], (letter, flow) => {
              flow.step('two', async () => {
                executed.push(`two ${first} ${letter}`);
                if (first === 0 && letter === 'y') await gate.pass();
              });
            });
        }),
      ),
    );
    while (!executed.includes('two 0 y')) await turns();
    await turns(50);
    const [holder] = bench.workers.all.filter(worker =>
      worker.heard.some(message => message.type === 'job' && message.job.index === 0),
    );
    holder?.die();
    gate.open();
    const summary = await run.done;
    expect(summary.status).toBe('completed');
    expect(summary.state).toEqual({ ones: 3 });
    expect(executed.filter(what => what === 'one 0')).toHaveLength(1);
    expect(executed.filter(what => what === 'two 0 x')).toHaveLength(1);
    expect(executed.filter(what => what === 'two 0 y')).toHaveLength(2);
    expect(bench.workers.all.length).toBeGreaterThanOrEqual(2);
  });

  test('leaves the results of a batch inside its batch to the one that goes on', async () => {
    const gate = new Gate();
    const bench = new WorkerBench(new MemoryWorkers({ reads }));
    const running = bench.run(
      workflow(flow =>
        flow.batch('work', { items: range(1), size: 1, workers: 1 }, (_items, flow) => {
          flow
            .forEach('inner', range(3), (item, flow) => {
              flow.step('one', () => item);
            })
            .step('sum', async ctx => {
              await gate.pass();
              return await all(ctx.results('inner'));
            });
        }),
      ),
    );
    await gate.reached(1);
    bench.workers.living[0]?.die();
    await gate.reached(2);
    gate.open();
    expect(await running).toMatchObject({ status: 'completed', batches: { succeeded: 1 } });
  });

  test('three times with the same batch fails that batch, and no other', async () => {
    const workers = new MemoryWorkers({ reads });
    const summary = await new WorkerBench(workers).run(
      workflow(flow =>
        flow.batch('work', { items: range(4), size: 1, workers: 1, tolerateFailures: 1 }, ([item], flow) => {
          flow.step('one', async () => {
            if (item !== 2) return;
            workers.living[0]?.die('memory ran out');
            await new Promise(() => undefined);
          });
        }),
      ),
    );
    expect(summary.status).toBe('completed');
    expect(summary.batches).toMatchObject({ succeeded: 3, failed: 1 });
    expect(workers.all).toHaveLength(4);
  });

  test('or is no longer heard, ten times with the same batch: that fails the batch, and its error says so', async () => {
    const workers = new MemoryWorkers({ reads });
    const summary = await new WorkerBench(workers).run(
      workflow(flow =>
        flow.batch('work', { items: range(1), size: 1, workers: 1 }, (_items, flow) => {
          flow.step('one', async () => {
            workers.living[0]?.die('nothing was heard of it for 3 s', 'silent');
            await new Promise(() => undefined);
          });
        }),
      ),
    );
    expect(summary.batches).toMatchObject({ failed: 1 });
    expect(summary.error?.message).toContain(
      'Its worker was lost 10 times while it was executed, last because nothing was heard of it for 3 s.',
    );
    expect(workers.all).toHaveLength(10);
  });

  test('before it can work, each time, interrupts the run and says why', async () => {
    const workers = new MemoryWorkers({ reads });
    const bench = new WorkerBench(workers, {
      startWorker: events => {
        setImmediate(() => events.onLost('it could not be started'));
        const about = { host: 'this-machine', pid: undefined, address: undefined };
        return { about, send: () => undefined, hold: () => undefined, kill: () => undefined };
      },
    });
    const summary = await bench.run(
      workflow(flow =>
        flow.batch('work', { items: range(2), size: 1, workers: 2 }, (_items, flow) => {
          flow.step('one', () => 1);
        }),
      ),
    );
    expect(summary).toMatchObject({
      status: 'interrupted',
      reason: 'no worker can be started: it could not be started',
    });
  });

  test('because its code is other than the code of the run interrupts the run', async () => {
    const summary = await new WorkerBench(new MemoryWorkers({ code: 'edited', reads })).run(
      workflow(flow =>
        flow.batch('work', { items: range(2), size: 1, workers: 2 }, (_items, flow) => {
          flow.step('one', () => 1);
        }),
      ),
    );
    expect(summary.status).toBe('interrupted');
    expect(summary.reason).toMatch(/has changed since the run began/);
  });
});

describe.each(READS)(
  'messages that come late, twice and out of order, with workers that read %s and end in between',
  reads => {
    test.each([1, 2, 3, 4, 5, 6, 7, 8])('lose nothing and count nothing twice (seed %i)', async seed => {
      const random = randomOf(seed);
      const workers = new MemoryWorkers({ reads, transport: () => new UnreliableQueue(random) });
      let began = 0;
      let deaths = 0;
      const done = new Map<string, number>();
      const summary = await new WorkerBench(workers).run(
        workflow(flow =>
          flow
            .batch('work', { items: range(30), size: 2, workers: 3, concurrency: 6 }, (items, flow) => {
              flow
                .step('one', async ctx => {
                  await turns(Math.floor(random() * 4));
                  began += 1;
                  // A batch whose worker has ended three times fails.
                  if (began % 5 === 0 && deaths < 2) {
                    deaths += 1;
                    const { living } = workers;
                    living[Math.floor(random() * living.length)]?.die();
                  }
                  await ctx.state.incr('incr', items.length);
                  await ctx.state.update('update', (value: number = 0) => value + items.length);
                  return items;
                })
                .forEach(
                  'inner',
                  items,
                  (item, flow) => {
                    flow.step('two', async ctx => {
                      done.set(String(item), (done.get(String(item)) ?? 0) + 1);
                      await ctx.state.update('list', (value: number[] = []) => [...value, Number(item)]);
                      if (Number(item) % 10 === 3) throw new Error('three');
                      return item;
                    });
                  },
                  { tolerateFailures: 'all' },
                );
            })
            .step('end', () => 'end'),
        ),
      );
      expect(summary.error?.message).toBeUndefined();
      expect(summary.status).toBe('completed');
      expect(deaths).toBeGreaterThan(0);
      expect(summary.batches).toMatchObject({ total: 15, succeeded: 15, failed: 0, running: 0, waiting: 0 });
      expect(summary.state.incr).toBe(30);
      expect(summary.state.update).toBe(30);
      expect([...(summary.state.list as number[])].toSorted((a, b) => a - b)).toEqual(
        range(30).filter(item => item % 10 !== 3),
      );
      expect(done.size).toBe(30);
      const inner = summary.nodes.find(({ path }) => path === 'work/inner');
      expect(inner?.batches).toMatchObject({ total: 30, succeeded: 27, failed: 3, running: 0, waiting: 0 });
    });
  },
);
