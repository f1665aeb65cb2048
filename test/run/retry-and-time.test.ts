import { describe, expect, test, vi } from 'vitest';
import { backoff } from '../../engine/run/retry.ts';
import type { Backoff, RetryOptions } from '../../engine/workflow/types.ts';
import { parseRetry } from '../../engine/workflow/options.ts';
import { Interruption } from '../support/interruption.ts';
import { Ledger } from '../support/outside.ts';
import { attemptsOf, batchesOf, earlierAttemptsOf, logOf, statusesOf } from '../support/recorded.ts';
import { workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';

/** Fails so often, then succeeds. */
function failing(times: number): (ctx: { attempt: number }) => string {
  return ({ attempt }) => {
    if (attempt <= times) throw new Error(`failure ${attempt}`);
    return `try ${attempt}`;
  };
}

/** The waits between the attempts of a step, as they are on record. */
function waitsOf(bench: TimedBench, run: number, path: string): number[] {
  const attempts = attemptsOf(bench, run, path);
  return attempts.slice(1).map(({ startedAt }, index) => startedAt - (attempts[index]?.endedAt ?? Number.NaN));
}

describe('retry', () => {
  test.each([
    [1, 1, 'failed'],
    [3, 3, 'failed'],
    [4, 4, 'completed'],
    [9, 4, 'completed'],
  ])('with attempts: %i makes so many tries in all, or fewer: %i', async (attempts, tries, status) => {
    const bench = new TimedBench();
    const summary = await bench.run(workflow(flow => flow.step('work', failing(3)).retry({ attempts })));
    expect(summary.status).toBe(status);
    expect(attemptsOf(bench, summary.run, 'work').map(({ attempt }) => attempt)).toEqual(
      Array.from({ length: tries }, (_, index) => index + 1),
    );
    expect(statusesOf(bench, summary.run, 'work').slice(0, 3)).toEqual(['failed', 'failed', 'failed'].slice(0, tries));
    expect(status === 'failed' ? summary.error?.message : summary.output).toBe(
      status === 'failed' ? `failure ${tries}` : 'try 4',
    );
  });

  test('without it there is one try', async () => {
    const bench = new TimedBench();
    const { run } = await bench.run(workflow(flow => flow.step('work', failing(1))));
    expect(statusesOf(bench, run, 'work')).toEqual(['failed']);
  });

  test('may be given as an option of the step, and an action has it too', async () => {
    const bench = new TimedBench();
    const { run, status } = await bench.run(
      workflow(flow => flow.action('work', failing(2), { retry: { attempts: 3 } })),
    );
    expect(status).toBe('completed');
    expect(statusesOf(bench, run, 'work')).toEqual(['failed', 'failed', 'succeeded']);
  });

  test.each<[string, Backoff | undefined, number[]]>([
    ['a second each time, unless asked otherwise', undefined, [1000, 1000, 1000, 1000]],
    ['fixed', { delay: '2s' }, [2000, 2000, 2000, 2000]],
    ['linear', { strategy: 'linear', delay: 100 }, [100, 200, 300, 400]],
    ['exponential', { strategy: 'exponential', delay: 100 }, [100, 200, 400, 800]],
    [
      'exponential with a multiplier of its own',
      { strategy: 'exponential', delay: 100, multiplier: 3 },
      [100, 300, 900, 2700],
    ],
    ['no longer than maxDelay', { strategy: 'exponential', delay: 100, maxDelay: '250ms' }, [100, 200, 250, 250]],
    ['not at all', { delay: 0 }, [0, 0, 0, 0]],
  ])('waits between tries: %s', async (_of, how, waits) => {
    const bench = new TimedBench();
    const options: RetryOptions = { attempts: 5, ...(how && { backoff: how }) };
    const summary = await bench.run(workflow(flow => flow.step('work', failing(9)).retry(options)));
    expect(waitsOf(bench, summary.run, 'work')).toEqual(waits);
    expect(summary.durationMs, 'and not after the last').toBe(waits.reduce((sum, wait) => sum + wait, 0));
  });

  test('with jitter waits between half of that and all of it', async () => {
    const policy = parseRetry({ attempts: 9, backoff: { strategy: 'linear', delay: 100, jitter: true } }, 'retry');
    expect([0, 0.5, 1].map(random => backoff(policy, 3, () => random))).toEqual([150, 225, 300]);
    const bench = new TimedBench();
    const { run } = await bench.run(
      workflow(flow => flow.step('work', failing(99)).retry({ attempts: 30, backoff: { delay: 1000, jitter: true } })),
    );
    const waits = waitsOf(bench, run, 'work');
    expect(waits).toHaveLength(29);
    for (const wait of waits) {
      expect(wait).toBeGreaterThanOrEqual(500);
      expect(wait).toBeLessThanOrEqual(1000);
    }
    expect(new Set(waits).size).toBeGreaterThan(20);
  });

  describe('with retryOn', () => {
    test.each([
      ['', (answer: boolean) => answer],
      [
        ', awaited',
        async (answer: boolean) => {
          await Promise.resolve();
          return answer;
        },
      ],
    ])('tries again as long as it says so of the error and the try%s', async (_of, say) => {
      const bench = new TimedBench();
      const asked: unknown[] = [];
      const { run, error } = await bench.run(
        workflow(flow =>
          flow.step('work', failing(9)).retry({
            attempts: 9,
            retryOn: (cause, attempt) => {
              asked.push([cause.message, attempt]);
              return say(attempt < 2);
            },
          }),
        ),
      );
      expect(asked).toEqual([
        ['failure 1', 1],
        ['failure 2', 2],
      ]);
      expect(statusesOf(bench, run, 'work')).toEqual(['failed', 'failed']);
      expect(error?.message).toBe('failure 2');
    });

    test('that throws does not hide the failure it was asked about: there is no other try, and the log says why', async () => {
      const bench = new TimedBench();
      const retry = {
        attempts: 3,
        retryOn: () => {
          throw new TypeError('no status');
        },
      };
      const step = await bench.run(workflow(flow => flow.step('work', failing(9)).retry(retry)));
      expect(step).toMatchObject({ status: 'failed', error: { message: 'failure 1', step: 'work' } });
      expect(logOf(bench, step.run)).toEqual([{ level: 'error', text: 'retryOn threw TypeError: no status' }]);
      const batch = await bench.run(
        workflow(flow =>
          flow.forEach(
            'each',
            [1, 2],
            (_item, inner) => {
              inner.step('work', failing(9));
            },
            { retry },
          ),
        ),
      );
      expect(batch).toMatchObject({ status: 'failed', batches: { failed: 2 } });
      expect(batchesOf(bench, batch.run, 'each')).toMatchObject([
        { error: { message: 'failure 1' } },
        { error: { message: 'failure 1' } },
      ]);
    });
  });

  test('drops what a failed try has written into the state, and logs each try for itself', async () => {
    const bench = new TimedBench();
    const { state } = await bench.run(
      workflow(flow =>
        flow
          .step('work', async ctx => {
            await ctx.state.incr('n');
            await ctx.state.set(`try ${ctx.attempt}`, true);
            failing(2)(ctx);
          })
          .retry({ attempts: 3 }),
      ),
    );
    expect(state).toEqual({ n: 1, 'try 3': true });
  });

  test('goes on after an interruption in its back-off', async () => {
    const bench = new TimedBench();
    const build = () =>
      workflow(flow => flow.step('work', failing(2)).retry({ attempts: 3, backoff: { delay: '1 hour' } }));
    const inProgress = await bench.start(build());
    await bench.clock.advance(60_000);
    inProgress.run.stopping.request({ as: 'interrupted', reason: 'test' });
    expect((await bench.clock.settle(inProgress.done)).status).toBe('interrupted');
    expect(await bench.resume(build(), inProgress.id)).toMatchObject({ status: 'completed', output: 'try 3' });
    expect(statusesOf(bench, inProgress.id, 'work')).toEqual(['failed', 'failed', 'succeeded']);
  });
});

describe('onError', () => {
  test('answers when the last try has failed: what it returns is the output and ctx.last', async () => {
    const bench = new TimedBench();
    const done = new Ledger();
    const summary = await bench.run(
      workflow(flow =>
        flow
          .step('load', () => 'films')
          .step('work', failing(9))
          .retry({ attempts: 3 })
          .onError(async ctx => {
            await bench.clock.sleep(10);
            done.note(`${ctx.error.message}, before it ${ctx.last}`);
            await ctx.state.set('answered', true);
            return { instead: true };
          })
          .step('end', ctx => [ctx.last, ctx.steps.work.output]),
      ),
    );
    expect(summary).toMatchObject({
      status: 'completed',
      output: [{ instead: true }, { instead: true }],
      state: { answered: true },
      error: undefined,
    });
    expect(done.entries).toEqual(['failure 3, before it films']);
  });

  test('leaves the error on record: with the attempts that failed, and with the one that answers', async () => {
    const bench = new TimedBench();
    const { run } = await bench.run(
      workflow(flow =>
        flow
          .step('work', failing(9))
          .retry({ attempts: 2 })
          .onError(() => 'instead'),
      ),
    );
    expect(attemptsOf(bench, run, 'work')).toMatchObject([
      { status: 'failed', error: { message: 'failure 1' } },
      { status: 'failed', error: { message: 'failure 2' } },
      { status: 'succeeded', output: 'instead', error: { message: 'failure 2' } },
    ]);
  });

  test('of an action is heard, and what it returns is ignored', async () => {
    const { output, status } = await new TimedBench().run(
      workflow(flow =>
        flow
          .step('load', () => 'films')
          .action('tell', failing(9))
          .onError(() => 'instead')
          .step('end', ctx => ctx.last),
      ),
    );
    expect([status, output]).toEqual(['completed', 'films']);
  });

  test('that throws fails the step with its own error', async () => {
    const bench = new TimedBench();
    const { status, error, run } = await bench.run(
      workflow(flow =>
        flow.step('work', failing(9)).onError(ctx => {
          throw new Error(`no answer to ${ctx.error.message}`);
        }),
      ),
    );
    expect([status, error]).toMatchObject(['failed', { message: 'no answer to failure 1', step: 'work' }]);
    expect(attemptsOf(bench, run, 'work').map(attempt => attempt.error?.message)).toEqual([
      'failure 1',
      'no answer to failure 1',
    ]);
  });

  test('answers once: a resumed run does not try the step again', async () => {
    const bench = new TimedBench();
    const done = new Ledger();
    const interruption = new Interruption();
    const build = () =>
      workflow(flow =>
        flow
          .step('work', () => {
            done.note('work');
            throw new Error('no');
          })
          .onError(() => {
            done.note('onError');
            return 'instead';
          })
          .step('stop', ctx => {
            interruption.here();
            return ctx.last;
          }),
      );
    const { run } = await bench.clock.settle(interruption.run(bench, build()));
    expect((await bench.resume(build(), run)).output).toBe('instead');
    expect(done.entries).toEqual(['work', 'onError']);
  });

  test('keeps a batch from failing', async () => {
    const bench = new TimedBench();
    const { batches, run } = await bench.run(
      workflow(flow =>
        flow.forEach('each', [1, 2], (item, inner) => {
          inner
            .step('work', () => {
              if (item === 2) throw new Error('no');
              return item;
            })
            .onError(() => 'instead');
        }),
      ),
    );
    expect(batches).toMatchObject({ total: 2, succeeded: 2, failed: 0 });
    expect(
      attemptsOf(bench, run, 'each/work').flatMap(({ status, output }) => (status === 'succeeded' ? [output] : [])),
    ).toEqual([1, 'instead']);
  });
});

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

describe('the retry of a batch', () => {
  test('goes on at the step that failed, and keeps the passes before', async () => {
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

describe('rateLimit', () => {
  /** When each batch began, in milliseconds since the run did. */
  async function startsOf(items: number, options: Parameters<typeof batchOptions>[0], working = 0): Promise<number[]> {
    const bench = new TimedBench();
    const began = bench.clock.now();
    const starts: number[] = [];
    const summary = await bench.run(
      workflow(flow =>
        flow.batch(
          'send',
          { items: Array.from({ length: items }, (_, index) => index), ...batchOptions(options) },
          (_batch, inner) => {
            inner.step('work', () => {
              starts.push(bench.clock.now() - began);
              return bench.clock.sleep(working);
            });
          },
        ),
      ),
    );
    expect(summary.status).toBe('completed');
    return starts;
  }
  const batchOptions = (options: {
    size: number;
    concurrency?: number;
    rateLimit: { items?: number; batches?: number; per: number };
  }) => options;

  test('lets so many batches begin within any window', async () => {
    expect(await startsOf(7, { size: 1, rateLimit: { batches: 3, per: 1000 } })).toEqual([
      0, 0, 0, 1000, 1000, 1000, 2000,
    ]);
  });

  test('over all that run at a time', async () => {
    expect(await startsOf(7, { size: 1, concurrency: 5, rateLimit: { batches: 3, per: 1000 } })).toEqual([
      0, 0, 0, 1000, 1000, 1000, 2000,
    ]);
  });

  test('in a window that slides: one that began later frees its place later', async () => {
    expect(await startsOf(6, { size: 1, rateLimit: { batches: 2, per: 1000 } }, 400)).toEqual([
      0, 400, 1000, 1400, 2000, 2400,
    ]);
  });

  test('or so many items; a batch that is larger than that has a window of its own', async () => {
    expect(await startsOf(8, { size: 2, rateLimit: { items: 4, per: 1000 } })).toEqual([0, 0, 1000, 1000]);
    expect(await startsOf(5, { size: 2, rateLimit: { items: 3, per: 1000 } })).toEqual([0, 1000, 1000]);
    expect(await startsOf(6, { size: 3, rateLimit: { items: 2, per: 1000 } })).toEqual([0, 1000]);
  });

  test('or both, whichever is stricter', async () => {
    expect(await startsOf(8, { size: 2, rateLimit: { items: 100, batches: 1, per: 1000 } })).toEqual([
      0, 1000, 2000, 3000,
    ]);
    expect(await startsOf(8, { size: 2, rateLimit: { items: 2, batches: 3, per: 1000 } })).toEqual([
      0, 1000, 2000, 3000,
    ]);
  });

  test('holds for a re-run too', async () => {
    const bench = new TimedBench();
    let broken = true;
    const starts: number[] = [];
    const build = () =>
      workflow(flow =>
        flow.forEach(
          'send',
          [1, 2, 3, 4, 5],
          (_item, inner) => {
            inner.step('work', () => {
              starts.push(bench.clock.now());
              if (broken) throw new Error('no');
            });
          },
          { concurrency: 5, rateLimit: { batches: 2, per: 1000 } },
        ),
      );
    const { run } = await bench.run(build());
    broken = false;
    const rerunAt = bench.clock.now();
    starts.length = 0;
    expect((await bench.rerun(build(), run)).status).toBe('completed');
    expect(starts.map(start => start - rerunAt)).toEqual([0, 0, 1000, 1000, 2000]);
  });

  test('counts a further try of a batch as a start', async () => {
    const bench = new TimedBench();
    const began = bench.clock.now();
    const starts: number[] = [];
    await bench.run(
      workflow(flow =>
        flow.forEach(
          'send',
          [1, 2, 3],
          (_item, inner) => {
            inner.step('work', ctx => {
              starts.push(bench.clock.now() - began);
              failing(1)(ctx);
            });
          },
          { concurrency: 3, retry: { attempts: 2, backoff: { delay: 10 } }, rateLimit: { batches: 2, per: 1000 } },
        ),
      ),
    );
    expect(starts).toEqual([0, 0, 1000, 1000, 2000, 2000]);
  });
});

describe('a stop ends at once', () => {
  const bodies: [string, Parameters<typeof workflow>[0]][] = [
    [
      'the back-off of a step',
      flow => flow.step('work', failing(9)).retry({ attempts: 9, backoff: { delay: '1 hour' } }),
    ],
    [
      'the back-off of a batch',
      flow =>
        flow.forEach(
          'each',
          [1],
          (_item, inner) => {
            inner.step('work', failing(9));
          },
          { retry: { attempts: 9, backoff: { delay: '1 hour' } } },
        ),
    ],
    [
      'the back-off of a member',
      flow => flow.race([failing(9), failing(9)]).retry({ attempts: 9, backoff: { delay: '1 hour' } }),
    ],
    ['a delay', flow => flow.step('work', () => 1).delay('1 hour')],
    [
      'the wait of a rate limit',
      flow =>
        flow.forEach(
          'each',
          [1, 2],
          (_item, inner) => {
            inner.step('work', () => 1);
          },
          { rateLimit: { items: 1, per: '1 hour' } },
        ),
    ],
  ];

  test.each(
    bodies.flatMap(([of, build]) => (['cancelled', 'paused', 'interrupted'] as const).map(as => ({ of, build, as }))),
  )('$of, when the run is $as', async ({ build, as }) => {
    const bench = new TimedBench();
    const inProgress = await bench.start(workflow(build));
    await bench.clock.advance(60_000);
    const stoppedAt = bench.clock.now();
    inProgress.run.stopping.request({ as, reason: 'test' });
    const summary = await bench.clock.settle(inProgress.done);
    expect(summary).toMatchObject({ status: as, reason: 'test' });
    expect(bench.clock.now()).toBe(stoppedAt);
    expect(bench.clock.pending, 'no timer is left behind').toBe(0);
    const { total, succeeded, failed, running, waiting, cancelled } = summary.batches;
    expect(succeeded + failed + running + waiting + cancelled).toBe(total);
    expect([running, as === 'cancelled' ? waiting : cancelled]).toEqual([0, 0]);
  });
});

describe('a stop gives the steps in flight their time', () => {
  test('what finishes within it is kept', async () => {
    const bench = new TimedBench();
    const build = () =>
      workflow(flow =>
        flow
          .step('slow', async ctx => {
            await bench.clock.sleep(4000);
            return `aborted: ${String(ctx.signal.aborted)}`;
          })
          .step('end', ctx => ctx.last),
      );
    const inProgress = await bench.start(build());
    await bench.clock.advance(1000);
    inProgress.run.stopping.request({ as: 'interrupted', reason: 'test' });
    expect(await bench.clock.settle(inProgress.done)).toMatchObject({ status: 'interrupted', durationMs: 4000 });
    expect(statusesOf(bench, inProgress.id, 'slow')).toEqual(['succeeded']);
    expect(await bench.resume(build(), inProgress.id)).toMatchObject({ status: 'completed', output: 'aborted: true' });
  });

  test.each<[string, Parameters<typeof workflow>[0]]>([
    ['a step', flow => flow.step('deaf', () => new Promise(() => undefined))],
    ['a member', flow => flow.parallel([() => new Promise(() => undefined), () => 1])],
    [
      'a body',
      flow =>
        flow.forEach('each', [1], async () => {
          await new Promise(() => undefined);
        }),
    ],
    ['a condition', flow => flow.if('ever', () => new Promise(() => undefined)).endIf()],
    [
      'items',
      flow => flow.batch('each', { items: () => new Promise<number[]>(() => undefined), size: 1 }, () => undefined),
    ],
  ])('what does not heed it is not waited for any longer: %s', async (_of, build) => {
    const bench = new TimedBench({ graceMs: 2000 });
    const inProgress = await bench.start(workflow(build));
    await bench.clock.advance(1000);
    inProgress.run.stopping.request({ as: 'cancelled', reason: 'test' });
    const summary = await bench.clock.settle(inProgress.done);
    expect(summary.status).toBe('cancelled');
    expect(summary.durationMs).toBeLessThanOrEqual(3000);
    expect(bench.clock.pending).toBe(0);
  });
});
