import { describe, expect, test } from 'vitest';
import type { RunEnvironment } from '../../engine/run/execute.ts';
import { all, Gate, Meter, range, turns } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';
import { MemoryWorkers, READS } from '../support/memory-workers.ts';
import { WorkerBench } from '../support/worker-bench.ts';

describe.each(READS)('batches in workers that read %s', reads => {
  const workerBench = (options?: Partial<RunEnvironment>) => new WorkerBench(new MemoryWorkers({ reads }), options);

  test('come to the same as in the runner', async () => {
    const definition = (workers?: number) =>
      workflow(flow =>
        flow
          .step('before', () => 10)
          .batch('work', { items: range(25), size: 4, ...(workers && { workers, concurrency: 3 }) }, (items, flow) => {
            flow
              .step('one', async ctx => {
                await ctx.state.incr('n', items.length);
                return items.map(item => Number(item) + Number(ctx.steps.before.output));
              })
              .forEach('inner', items, (item, flow) => {
                flow.step('two', () => Number(item) * 2);
              })
              .step('three', async ctx => {
                const inner = await all(ctx.results('inner'));
                return [ctx.last, inner.length, ctx.batch?.index];
              });
          })
          .step('after', async ctx => [await all(ctx.results('work')), ctx.state.get('n')]),
      );
    const plain = await new Bench().run(definition());
    const bench = workerBench();
    const inWorkers = await bench.run(definition(2));
    expect({ ...inWorkers, durationMs: 0 }).toEqual({ ...plain, durationMs: 0 });
    expect(bench.workers.all.length).toBe(2);
    expect(bench.workers.all.every(worker => worker.sent.some(({ type }) => type === 'bundle'))).toBe(true);
  });

  test('run as many at a time as the node allows, and one in each worker unless it says otherwise', async () => {
    const meter = new Meter();
    const definition = (options: { concurrency?: number }) =>
      workflow(flow =>
        flow.batch('work', { items: range(12), size: 1, workers: 3, ...options }, (_items, flow) => {
          flow.step('one', () => meter.during(() => turns(20)));
        }),
      );
    await workerBench().run(definition({}));
    expect(meter.most).toBe(3);
    const five = new Meter();
    await workerBench().run(
      workflow(flow =>
        flow.batch('work', { items: range(12), size: 1, workers: 2, concurrency: 5 }, (_items, flow) => {
          flow.step('one', () => five.during(() => turns(20)));
        }),
      ),
    );
    expect(five.most).toBe(5);
  });

  test('fail for their steps, are tried again, and are tolerated', async () => {
    const tries = new Map<number, number>();
    const summary = await workerBench().run(
      workflow(flow =>
        flow.batch(
          'work',
          {
            items: range(6),
            size: 1,
            workers: 2,
            tolerateFailures: 1,
            retry: { attempts: 3, backoff: { delay: 0 }, retryOn: error => error.message !== 'for good' },
          },
          ([item = 0], flow) => {
            flow
              .step('one', () => item)
              .step('two', ctx => {
                tries.set(item, (tries.get(item) ?? 0) + 1);
                if (item === 2) throw new Error('for good');
                if (item === 4 && (tries.get(item) ?? 0) < 3) throw new Error('not yet');
                return ctx.last;
              });
          },
        ),
      ),
    );
    expect(summary.status).toBe('completed');
    expect(summary.batches).toMatchObject({ succeeded: 5, failed: 1 });
    expect([tries.get(2), tries.get(4)]).toEqual([1, 3]);
    // The first step of a batch that is tried again has its checkpoint.
    expect(summary.steps.executed).toBe(6 + 6 + 2);
  });

  test('of a node in a batch of the runner, or in a round, have what is around them', async () => {
    const summary = await workerBench().run(
      workflow(flow =>
        flow
          .forEach('outer', ['a', 'b'], (letter, flow) => {
            flow
              .step('say', () => `said ${letter}`)
              .batch('work', { items: range(4), size: 2, workers: 2 }, (items, flow) => {
                flow.step('one', ctx => `${letter} ${ctx.steps.say.output} ${items.join('')}`);
              });
          })
          .while(
            'rounds',
            async ctx => Number(ctx.state.get('round', 0)) < 2,
            flow => {
              flow
                .step('count', ctx => ctx.state.incr('round'))
                .forEach(
                  'each',
                  range(2),
                  (item, flow) => {
                    flow.step('note', async ctx => {
                      await ctx.state.update('notes', (notes: string[] = []) => [
                        ...notes,
                        `${ctx.steps.count.output}.${item}`,
                      ]);
                    });
                  },
                  { workers: 1 },
                );
            },
          ),
      ),
    );
    expect(summary.error?.message).toBeUndefined();
    expect(summary.status).toBe('completed');
    expect(summary.state.notes).toEqual(['1.0', '1.1', '2.0', '2.1']);
  });

  test('of a resumed run go on from their checkpoints', async () => {
    const gate = new Gate();
    const executed: string[] = [];
    const definition = workflow(flow =>
      flow.batch('work', { items: range(8), size: 1, workers: 2 }, ([item = 0], flow) => {
        flow
          .step('one', () => {
            executed.push(`one ${item}`);
            return item;
          })
          .step('two', async ctx => {
            executed.push(`two ${item}`);
            if (item === 3) await gate.pass();
            return ctx.last;
          });
      }),
    );
    const bench = workerBench({ graceMs: 0 });
    const run = await bench.start(definition);
    while (!executed.includes('two 3')) await turns();
    run.run.stopping.request({ as: 'paused', reason: 'test' });
    expect((await run.done).status).toBe('paused');
    gate.open();
    const summary = await bench.resume(definition, run.id);
    expect(summary.status).toBe('completed');
    const twice = executed.filter((what, at) => executed.indexOf(what) !== at);
    expect(twice.every(what => what.startsWith('two'))).toBe(true);
    expect(executed.filter(what => what === 'two 3').length).toBe(2);
  });
});
