import { describe, expect, test, vi } from 'vitest';
import type { RetryOptions } from '../../engine/workflow/types.ts';
import { failing, waitsOf } from '../support/failing-steps.ts';
import { Ledger, range, World } from '../support/outside.ts';
import { attemptsOf, batchesOf, earlierAttemptsOf, statusesOf } from '../support/recorded.ts';
import { Bench, workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';

describe('the retry of a batch', () => {
  test('continues at the step that failed, and keeps the attempts before', async () => {
    const bench = new TimedBench();
    const began = bench.clock.now();
    const done = new Ledger();
    const summary = await bench.run(
      workflow(flow =>
        flow.batch(
          'clean',
          { items: ['a', 'b', 'c'], size: 2, retry: { attempts: 3, backoff: { strategy: 'linear', delay: 100 } } },
          (batch, inner) => {
            const name = batch.join('');
            inner
              .step('load', async ctx => {
                done.note(`load ${name}`);
                await bench.clock.sleep(10);
                return ctx.state.incr('loaded');
              })
              .step('work', ctx => {
                done.note(`work ${name}`);
                if (name === 'ab' && ctx.attempt < 3) throw new Error(`failure ${ctx.attempt}`);
                return ctx.steps.load.output;
              });
          },
        ),
      ),
    );
    expect(summary).toMatchObject({
      status: 'completed',
      batches: { total: 2, succeeded: 2 },
      items: { total: 3, succeeded: 3 },
      state: { loaded: 2 },
    });
    expect(done.entries).toEqual(['load ab', 'work ab', 'work ab', 'work ab', 'load c', 'work c']);
    expect(earlierAttemptsOf(bench, summary.run, 'clean')).toMatchObject([
      {
        index: 0,
        attempt: 1,
        status: 'failed',
        error: { message: 'failure 1', step: 'clean/work' },
        startedAt: began,
        endedAt: began + 10,
      },
      {
        index: 0,
        attempt: 2,
        status: 'failed',
        error: { message: 'failure 2', step: 'clean/work' },
        startedAt: began + 110,
        endedAt: began + 110,
      },
    ]);
    expect(batchesOf(bench, summary.run, 'clean')).toMatchObject([
      { index: 0, attempt: 3, status: 'succeeded', startedAt: began + 310, endedAt: began + 310 },
      { index: 1, attempt: 1, status: 'succeeded', startedAt: began + 310, endedAt: began + 320 },
    ]);
    expect(
      attemptsOf(bench, summary.run, 'clean/work').map(({ attempt, batchAttempt }) => [attempt, batchAttempt]),
    ).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [1, 1],
    ]);
  });

  test('ends with the last error when all tries have failed, or retryOn says so', async () => {
    const bench = new TimedBench();
    const asked: unknown[] = [];
    const run = (retry: RetryOptions) =>
      bench.run(
        workflow(flow =>
          flow.forEach(
            'each',
            [1],
            (_item, inner) => {
              inner.step('work', failing(9));
            },
            { retry },
          ),
        ),
      );
    const all = await run({ attempts: 3 });
    expect(all).toMatchObject({ status: 'failed', batches: { failed: 1 }, durationMs: 2000 });
    expect(batchesOf(bench, all.run, 'each')).toMatchObject([
      { attempt: 3, status: 'failed', error: { message: 'failure 3' } },
    ]);
    const some = await run({
      attempts: 3,
      retryOn: (error, attempt) => {
        asked.push([error.message, attempt]);
        return attempt < 2;
      },
    });
    expect(batchesOf(bench, some.run, 'each')).toMatchObject([
      { attempt: 2, status: 'failed', error: { message: 'failure 2' } },
    ]);
    expect(asked).toEqual([
      ['failure 1', 1],
      ['failure 2', 2],
    ]);
  });

  test('comes on top of the retry of its steps', async () => {
    const bench = new TimedBench();
    const { run } = await bench.run(
      workflow(flow =>
        flow.forEach(
          'each',
          [1],
          (_item, inner) => {
            inner.step('work', failing(9)).retry({ attempts: 2, backoff: { delay: 10 } });
          },
          { retry: { attempts: 2, backoff: { delay: 100 } } },
        ),
      ),
    );
    expect(waitsOf(bench, run, 'each/work')).toEqual([10, 100, 10]);
  });

  test('lets other batches go on while it waits', async () => {
    const bench = new TimedBench();
    const done = new Ledger();
    await bench.run(
      workflow(flow =>
        flow.forEach(
          'each',
          ['a', 'b', 'c'],
          (item, inner) => {
            inner.step('work', ctx => {
              if (item === 'a' && ctx.attempt === 1) throw new Error('once');
              done.note(item);
            });
          },
          { concurrency: 2, retry: { attempts: 2 } },
        ),
      ),
    );
    expect(done.entries).toEqual(['b', 'c', 'a']);
  });

  test('shows a batch that waits as retrying, and one that is tried again as running', async () => {
    const bench = new TimedBench();
    vi.useFakeTimers({ toFake: ['setInterval'] });
    try {
      const inProgress = await bench.start(
        workflow(flow =>
          flow.forEach(
            'each',
            ['a'],
            (_item, inner) => {
              inner.step('work', async ctx => {
                if (ctx.attempt > 1) await bench.clock.sleep(100);
                failing(2)(ctx);
              });
            },
            { retry: { attempts: 3 } },
          ),
        ),
      );
      /** What others see of the batch after so long, and a tick. */
      const seen = async (ms: number) => {
        await bench.clock.advance(ms);
        vi.advanceTimersByTime(250);
        await bench.clock.advance(0);
        return batchesOf(bench, inProgress.id, 'each').map(({ status }) => status);
      };
      expect(await seen(50)).toEqual(['retrying']);
      expect(await seen(1000)).toEqual(['running']);
      expect(await seen(100)).toEqual(['retrying']);
      expect(await seen(1000)).toEqual(['running']);
      await bench.clock.settle(inProgress.done);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('the retry of a batch with batches or rounds inside', () => {
  const retry = { attempts: 3, backoff: { delay: 0 } };

  test('takes up what failed in the batches inside it, and nothing else', async () => {
    const world = new World('b 1', 'late b 0');
    const bench = new Bench();
    const summary = await bench.run(
      workflow(flow =>
        flow.forEach(
          'outer',
          range(1),
          (_outer, flow) => {
            flow
              .step('start', async () => world.act('start'))
              .forEach(
                'borne',
                range(2),
                (inner, flow) => {
                  flow.step('one', async () => {
                    world.note(`borne ${inner}`);
                    throw new Error('no');
                  });
                },
                { tolerateFailures: 'all' },
              )
              .forEach('inner', range(3), (inner, flow) => {
                flow.step('a', async () => world.act(`a ${inner}`)).step('b', async () => world.act(`b ${inner}`));
              })
              .forEach('late', range(2), (inner, flow) => {
                flow.forEach('deep', ['a', 'b'], (deep, flow) => {
                  flow.step('one', async () => world.act(`late ${deep} ${inner}`));
                });
              });
          },
          {
            retry: {
              ...retry,
              retryOn: () => {
                world.note('again');
                world.mend(world.times('again') === 1 ? 'b 1' : 'late b 0');
                return true;
              },
            },
          },
        ),
      ),
    );
    expect(summary.error).toBeUndefined();
    expect(world.entries).toEqual([
      'start',
      'borne 0',
      'borne 1',
      'a 0',
      'b 0',
      'a 1',
      'b 1',
      'a 2',
      'b 2',
      'again',
      'b 1',
      'late a 0',
      'late b 0',
      'late a 1',
      'late b 1',
      'again',
      'late b 0',
    ]);
    expect(summary.nodes.map(({ path, batches }) => [path, batches.succeeded, batches.failed, batches.total])).toEqual([
      ['outer', 1, 0, 1],
      ['outer/borne', 0, 2, 2],
      ['outer/inner', 3, 0, 3],
      ['outer/late', 2, 0, 2],
      ['outer/late/deep', 4, 0, 4],
    ]);
    expect(statusesOf(bench, summary.run, 'outer/inner')).toEqual(['failed', 'succeeded']);
  });

  test('takes up the round of a while inside it that failed', async () => {
    const world = new World('round 1');
    const summary = await new Bench().run(
      workflow(flow =>
        flow.forEach(
          'outer',
          range(1),
          (_outer, flow) => {
            flow.while(
              'loop',
              ctx => ctx.state.get('rounds', 0) < 3,
              flow => {
                flow.step('one', async ctx => world.act(`round ${(await ctx.state.incr('rounds')) - 1}`));
              },
            );
          },
          {
            retry: {
              ...retry,
              retryOn: () => {
                world.mend();
                return true;
              },
            },
          },
        ),
      ),
    );
    expect(summary).toMatchObject({ status: 'completed', state: { rounds: 3 } });
    expect(world.entries).toEqual(['round 0', 'round 1', 'round 1', 'round 2']);
  });
});
