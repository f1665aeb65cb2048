import { describe, expect, test } from 'vitest';
import { backoff } from '../../engine/run/retry.ts';
import type { Backoff, RetryOptions } from '../../engine/workflow/types.ts';
import { parseRetry } from '../../engine/workflow/options.ts';
import { attemptsOf, batchesOf, logOf, statusesOf } from '../support/recorded.ts';
import { workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';
import { failing, waitsOf } from '../support/failing-steps.ts';

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

  test('continues after an interruption in its back-off', async () => {
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

  test('is not begun anew by a resume, and is by a re-run', async () => {
    const bench = new TimedBench();
    const build = () =>
      workflow(flow => flow.step('work', failing(9)).retry({ attempts: 3, backoff: { delay: '1 hour' } }));
    const inProgress = await bench.start(build());
    await bench.clock.advance(60_000);
    inProgress.run.stopping.request({ as: 'interrupted', reason: 'test' });
    await bench.clock.settle(inProgress.done);
    expect(await bench.resume(build(), inProgress.id)).toMatchObject({ status: 'failed' });
    expect(attemptsOf(bench, inProgress.id, 'work')).toHaveLength(3);
    expect(await bench.rerun(build(), inProgress.id)).toMatchObject({ status: 'failed' });
    expect(attemptsOf(bench, inProgress.id, 'work')).toHaveLength(6);
  });
});
