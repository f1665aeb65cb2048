import { describe, expect, test } from 'vitest';
import { Interruption } from '../support/interruption.ts';
import { Ledger } from '../support/outside.ts';
import { attemptsOf, batchesOf, statusesOf } from '../support/recorded.ts';
import { workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';
import { failing } from '../support/failing-steps.ts';

describe('timeout', () => {
  test('fails the try with an error that names the step and the limit, and aborts its signal', async () => {
    const bench = new TimedBench();
    const done = new Ledger();
    const summary = await bench.run(
      workflow(flow =>
        flow
          .step('slow', async ctx => {
            await bench.clock.sleep(1000, ctx.signal).catch((reason: Error) => done.note(reason.name));
          })
          .timeout('50ms'),
      ),
    );
    expect(summary).toMatchObject({
      status: 'failed',
      error: { name: 'TimeoutError', message: '"slow" took longer than its timeout of 50 ms', step: 'slow' },
      durationMs: 50,
    });
    expect(done.entries).toEqual(['TimeoutError']);
  });

  test('leaves a try alone that is in time, and no timer behind', async () => {
    const bench = new TimedBench();
    const summary = await bench.run(
      workflow(flow =>
        flow
          .step('quick', async () => {
            await bench.clock.sleep(49);
            return 'in time';
          })
          .timeout(50)
          .step('look', ctx => [ctx.last, bench.clock.pending]),
      ),
    );
    expect(summary.output).toEqual(['in time', 0]);
  });

  test('makes what comes late count for nothing: result, error, state and log', async () => {
    const bench = new TimedBench();
    const late: string[] = [];
    const summary = await bench.run(
      workflow(flow =>
        flow
          .step('slow', async ctx => {
            await ctx.state.set('before', true);
            await bench.clock.sleep(100);
            await ctx.state.set('after', true).catch((error: Error) => late.push(error.message));
            await ctx.state.incr('n').catch((error: Error) => late.push(error.message));
            return 'late';
          })
          .timeout(50)
          .onError(ctx => ctx.error.name)
          .step('fails late', async () => {
            await bench.clock.sleep(100);
            throw new Error('late');
          })
          .timeout(50)
          .onError(ctx => ctx.error.name)
          .sleep(200)
          .step('end', ctx => [ctx.steps.slow.output, ctx.last]),
      ),
    );
    expect(summary).toMatchObject({ status: 'completed', output: ['TimeoutError', 'TimeoutError'], state: {} });
    expect(late).toEqual([
      'state.set("after") came too late: its step has ended. Await everything a step does before it returns.',
      'state.incr("n") came too late: its step has ended. Await everything a step does before it returns.',
    ]);
    expect(statusesOf(bench, summary.run, 'slow')).toEqual(['failed', 'succeeded']);
  });

  test('is for each try, and the wait between tries is not part of it', async () => {
    const bench = new TimedBench();
    const { output, run } = await bench.run(
      workflow(flow =>
        flow
          .step('slow', async ctx => {
            await bench.clock.sleep(ctx.attempt < 3 ? 1000 : 40);
            return `try ${ctx.attempt}`;
          })
          .timeout(50)
          .retry({ attempts: 3, backoff: { delay: 100 } }),
      ),
    );
    expect(output).toBe('try 3');
    expect(attemptsOf(bench, run, 'slow').map(({ startedAt, endedAt }) => Number(endedAt) - startedAt)).toEqual([
      50, 50, 40,
    ]);
  });

  test('is for the onError too', async () => {
    const bench = new TimedBench();
    const { error } = await bench.run(
      workflow(flow =>
        flow
          .step('slow', () => {
            throw new Error('no');
          })
          .timeout(50)
          .onError(() => new Promise(() => undefined)),
      ),
    );
    expect(error?.name).toBe('TimeoutError');
  });
});

describe('delay', () => {
  test('is waited before the first try, and not before the others', async () => {
    const bench = new TimedBench();
    const began = bench.clock.now();
    const { run } = await bench.run(
      workflow(flow =>
        flow
          .step('work', failing(2))
          .delay('5s')
          .retry({ attempts: 3, backoff: { delay: 10 } }),
      ),
    );
    expect(attemptsOf(bench, run, 'work').map(({ startedAt }) => startedAt - began)).toEqual([5000, 5010, 5020]);
  });

  test('is not waited for a step that is done', async () => {
    const bench = new TimedBench();
    const interruption = new Interruption();
    const build = () =>
      workflow(flow =>
        flow
          .step('work', () => 1)
          .delay('5s')
          .step('stop', () => interruption.here()),
      );
    const { run } = await bench.clock.settle(interruption.run(bench, build()));
    expect(await bench.resume(build(), run)).toMatchObject({ status: 'completed', durationMs: 0 });
  });
});

describe('the timeout of a batch', () => {
  test('fails that batch only, at the limit, whatever it is doing', async () => {
    const bench = new TimedBench();
    const done = new Ledger();
    const summary = await bench.run(
      workflow(flow =>
        flow.forEach(
          'each',
          ['quick', 'step', 'sleep', 'back-off'],
          (item, inner) => {
            inner
              .if('step', () => item === 'step')
              .step('never', ctx => bench.clock.sleep(9999, ctx.signal))
              .onError(() => done.note('onError'))
              .endIf()
              .if('sleep', () => item === 'sleep')
              .sleep('1 hour')
              .endIf()
              .if('back-off', () => item === 'back-off')
              .step('fails', failing(9))
              .retry({ attempts: 9, backoff: { delay: '1 hour' } })
              .endIf()
              .step('end', () => done.note(item));
          },
          { timeout: 100 },
        ),
      ),
    );
    expect(summary).toMatchObject({
      status: 'failed',
      batches: { total: 4, succeeded: 1, failed: 3 },
      durationMs: 300,
    });
    expect(done.entries, 'neither an onError nor a further step runs in its name').toEqual(['quick']);
    for (const { error } of batchesOf(bench, summary.run, 'each').slice(1))
      expect(error).toMatchObject({ name: 'TimeoutError', message: 'The item took longer than its timeout of 100 ms' });
    expect(bench.clock.pending).toBe(0);
  });

  test('also while its body is being built', async () => {
    const bench = new TimedBench();
    const summary = await bench.run(
      workflow(flow =>
        flow.forEach(
          'each',
          ['never', 'at once'],
          async (item, inner) => {
            if (item === 'never') await new Promise(() => undefined);
            inner.step('work', () => item);
          },
          { timeout: 100 },
        ),
      ),
    );
    expect(summary).toMatchObject({ status: 'failed', batches: { succeeded: 1, failed: 1 }, durationMs: 100 });
  });

  test('reaches into what stands in the batch', async () => {
    const bench = new TimedBench();
    const done = new Ledger();
    const summary = await bench.run(
      workflow(flow =>
        flow.batch('outer', { items: [1], size: 1, timeout: 100 }, (_batch, inner) => {
          inner
            .forEach(
              'inner',
              [1, 2, 3],
              (item, innermost) => {
                innermost.step('work', async ctx => {
                  await bench.clock.sleep(70, ctx.signal);
                  done.note(String(item));
                });
              },
              { tolerateFailures: 'all' },
            )
            .step('end', () => done.note('end'));
        }),
      ),
    );
    expect(summary).toMatchObject({
      status: 'failed',
      batches: { total: 1, failed: 1 },
      durationMs: 100,
      error: {
        message: '1 of 1 batches of "outer" failed. The first: The batch took longer than its timeout of 100 ms',
      },
    });
    expect(done.entries).toEqual(['1']);
  });

  test('is for each try of the batch', async () => {
    const bench = new TimedBench();
    const summary = await bench.run(
      workflow(flow =>
        flow.forEach(
          'each',
          [1],
          (_item, inner) => {
            inner
              .step('one', () => bench.clock.sleep(70))
              .step('two', async ctx => {
                await bench.clock.sleep(70, ctx.signal);
              });
          },
          { timeout: 100, retry: { attempts: 2, backoff: { delay: 5 } } },
        ),
      ),
    );
    // 70 + 30 of the first try, 5 of waiting, 70 of the second, which does not repeat the first step.
    expect(summary).toMatchObject({ status: 'completed', durationMs: 175 });
  });
});
