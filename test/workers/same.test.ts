import { describe, expect, test } from 'vitest';
import { systemClock, type Clock } from '../../engine/run/clock.ts';
import { currentAttempt } from '../../engine/run/attempt.ts';
import { RunReader } from '../../engine/store/run-reader.ts';
import { Gate, Ledger, Meter, range, turns } from '../support/outside.ts';
import { workflow } from '../support/runs.ts';
import { MemoryWorkers, READS } from '../support/memory-workers.ts';
import { WorkerBench } from '../support/worker-bench.ts';

const DAY_MS = 86_400_000;

/** As the runner does with a line of the author's code. */
const log = (text: string) => currentAttempt.getStore()?.logs.add({ at: 0, level: 'info', text });

describe.each(READS)('what a step in a worker that reads %s leaves is what it leaves in the runner', reads => {
  const workerBench = () => new WorkerBench(new MemoryWorkers({ reads }));

  test('also where its update is computed again: each line of its log once', async () => {
    const bench = workerBench();
    let computed = 0;
    const summary = await bench.run(
      workflow(flow =>
        flow.batch('work', { items: range(12), size: 1, workers: 3, concurrency: 6 }, ([item], flow) => {
          flow.step('add', async ctx => {
            log(`item ${String(item)}`);
            await ctx.state.update('list', (list: number[] = []) => {
              computed += 1;
              return [...list, Number(item)];
            });
            await turns(2);
          });
        }),
      ),
    );
    expect(summary.state.list).toHaveLength(12);
    // Else this shows nothing.
    expect(computed).toBeGreaterThan(12);
    const lines = bench.db.prepare('select text from logs where scope is not null').pluck().all();
    expect(lines.toSorted()).toEqual(
      range(12)
        .map(item => `item ${item}`)
        .toSorted(),
    );
  });

  test('a timeout ends the step, its retry and its batch', async () => {
    const summary = await workerBench().run(
      workflow(flow =>
        flow.batch('work', { items: range(2), size: 1, workers: 2 }, ([item], flow) => {
          flow
            .step('hangs', () => (item === 0 ? new Promise(() => undefined) : item))
            .timeout(30)
            .retry({ attempts: 2, backoff: { delay: 1 } });
        }),
      ),
    );
    expect(summary.error?.message).toContain('"work/hangs" took longer than its timeout of 30 ms');
    expect(summary.batches).toMatchObject({ succeeded: 1, failed: 1 });
  });

  test('a rate limit is that of the node, over all workers', async () => {
    const gate = new Gate();
    const ledger = new Ledger();
    const run = await workerBench().start(
      workflow(flow =>
        flow.batch(
          'work',
          { items: range(6), size: 1, workers: 3, concurrency: 6, rateLimit: { batches: 2, per: '1 hour' } },
          ([item], flow) => {
            flow.step('one', () => {
              ledger.note(String(item));
              void gate.pass();
            });
          },
        ),
      ),
    );
    await gate.reached(2);
    await turns(100);
    expect(ledger.entries).toHaveLength(2);
    run.run.stopping.request({ as: 'cancelled', reason: 'test' });
    await run.done;
    expect(ledger.entries).toHaveLength(2);
  });

  test('an effect under one key is executed once, whichever worker asks first', async () => {
    const ledger = new Ledger();
    const bench = workerBench();
    const definition = workflow(flow =>
      flow.batch('work', { items: range(8), size: 1, workers: 3, concurrency: 6 }, ([item], flow) => {
        flow.step('mail', ctx =>
          ctx.effect(
            `mail ${Number(item) % 2}`,
            async () => {
              ledger.note(`mail ${Number(item) % 2}`);
              await turns(3);
              return 'sent';
            },
            { params: Number(item) % 2 },
          ),
        );
      }),
    );
    const summary = await bench.run(definition);
    expect(summary.status).toBe('completed');
    await bench.rerun(definition, summary.run, { batches: 'all' });
    expect(ledger.counts).toEqual({ 'mail 0': 1, 'mail 1': 1 });
  });

  test('amounts are summed over all of them', async () => {
    const bench = workerBench();
    const summary = await bench.run(
      workflow(flow =>
        flow.batch(
          'work',
          {
            items: [1.1, 2.2, 3.3, 4.4],
            size: 1,
            workers: 2,
            conserve: Number,
            conserveUnit: '€',
            tolerateFailures: 'all',
          },
          ([item], flow) => {
            flow.step('one', () => {
              if (item === 2.2) throw new Error('no');
            });
          },
        ),
      ),
    );
    expect(new RunReader(bench.db, summary.run).amounts()).toMatchObject([
      { path: 'work', unit: '€', total: '11', succeeded: '8.8', failed: '2.2', isBalanced: true },
    ]);
    expect(summary.status).toBe('completed');
  });

  test('a get followed by a set that overwrites what another batch has set meanwhile is a lost update', async () => {
    const bench = workerBench();
    const gate = new Gate();
    const running = bench.run(
      workflow(flow =>
        flow.batch('work', { items: range(2), size: 1, workers: 2 }, ([item], flow) => {
          flow.step('one', async ctx => {
            const before = ctx.state.get('n', 0);
            await gate.pass();
            await ctx.state.set('n', before + Number(item) + 1);
          });
        }),
      ),
    );
    await gate.reached(2);
    gate.open();
    const summary = await running;
    expect([1, 2]).toContain(summary.state.n);
    expect(bench.db.prepare('select count(*) from state_writes where lost_scope is not null').pluck().get()).toBe(1);
  });

  test('what cannot be stored fails the step that returned it', async () => {
    const summary = await workerBench().run(
      workflow(flow =>
        flow.batch('work', { items: range(2), size: 1, workers: 2 }, ([item], flow) => {
          flow.step('one', () => (item === 0 ? () => 'a function' : item));
        }),
      ),
    );
    expect(summary.batches).toMatchObject({ succeeded: 1, failed: 1 });
    expect(summary.error?.message).toContain('function');
  });

  test('the dial holds while they run', async () => {
    const bench = workerBench();
    const gate = new Gate();
    const meter = new Meter();
    const run = await bench.start(
      workflow(flow =>
        flow.batch('work', { items: range(12), size: 1, workers: 2, concurrency: 4 }, ([item], flow) => {
          flow.step('one', async () => {
            if (Number(item) < 4) await gate.pass();
            else await meter.during(() => turns(5));
          });
        }),
      ),
    );
    await gate.reached(4);
    run.run.concurrency.set('work', 1);
    gate.open();
    expect((await run.done).status).toBe('completed');
    expect(meter.most).toBe(1);
  });

  test.each(['cancelled', 'paused'] as const)('a run that is %s stops all of them, and says so', async as => {
    const bench = workerBench();
    const gate = new Gate();
    const run = await bench.start(
      workflow(flow =>
        flow.batch('work', { items: range(6), size: 1, workers: 2, concurrency: 2 }, (_items, flow) => {
          flow.step('one', async ctx => {
            await gate.pass();
            ctx.signal.throwIfAborted();
          });
        }),
      ),
    );
    await gate.reached(2);
    run.run.stopping.request({ as, reason: 'test' });
    gate.open();
    const summary = await run.done;
    expect(summary.status).toBe(as);
    expect(summary.batches.running).toBe(0);
    expect(summary.batches.total).toBe(6);
  });
});

test('stamps are of one clock, also where that of the machine is a day behind', async () => {
  const late: Clock = {
    ...systemClock,
    now: () => systemClock.now() - DAY_MS,
    reading: () => ({ now: systemClock.now() - DAY_MS, elapsed: systemClock.elapsed() }),
  };
  const bench = new WorkerBench(new MemoryWorkers({ reads: 'the runner', clock: late }));
  const before = Date.now();
  let executed = 0;
  await bench.run(
    workflow(flow =>
      flow.batch('work', { items: range(4), size: 1, workers: 2 }, ([item], flow) => {
        flow
          .step('one', () => {
            executed += 1;
            if (executed === 2) throw new Error('once');
            return item;
          })
          .retry({ attempts: 2, backoff: { delay: 5 } })
          .step('two', ctx => ctx.effect(`mail ${String(item)}`, () => 1));
      }),
    ),
  );
  const times = bench.db
    .prepare(
      `select started_at from steps union all select ended_at from steps union all select begun_at from effects
       union all select ended_at from effects union all select started_at from batches union all select ended_at from batches`,
    )
    .pluck()
    .all() as number[];
  expect(times.length).toBeGreaterThan(20);
  expect(Math.min(...times)).toBeGreaterThan(before - 1_000);
  expect(Math.max(...times)).toBeLessThan(Date.now() + 1_000);
});
