import { describe, expect, test } from 'vitest';
import type { RetryOptions } from '../../engine/workflow/types.ts';
import { failing, waitsOf } from '../support/failing-steps.ts';
import { attemptsOf, earlierAttemptsOf, logOf } from '../support/recorded.ts';
import { Bench, workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';
import { WorkerBench } from '../support/worker-bench.ts';

/** What a service sends with "too many requests", as its client gives it to the author's code. */
class BusyError extends Error {
  readonly retryAfter: unknown;

  constructor(retryAfter: unknown) {
    super('too many requests');
    this.retryAfter = retryAfter;
  }
}

const asItAsks = (error: Error) => (error as BusyError).retryAfter as number;

/** A step that its service asks to wait, each time in another way. */
function asked(answers: readonly unknown[], retry: Partial<RetryOptions> = {}) {
  return workflow(flow =>
    flow
      .step('work', ctx => {
        if (ctx.attempt <= answers.length) throw new BusyError(answers[ctx.attempt - 1]);
        return ctx.attempt;
      })
      .retry({ attempts: 9, backoff: { delay: 50, maxDelay: 60 }, after: asItAsks, ...retry }),
  );
}

describe('a retry with `after` waits as long as its error asks', () => {
  test('milliseconds, words or a time; what asks for nothing waits as its backoff says', async () => {
    const bench = new TimedBench();
    const inAMinute = new Date(bench.clock.now() + 60_000);
    const { run, output } = await bench.run(asked([4000, '2s', undefined, null, 0, inAMinute, new Date(0)]));
    expect(output).toBe(8);
    expect(waitsOf(bench, run, 'work')).toEqual([4000, 2000, 50, 50, 0, 60_000 - 6100, 0]);
  });

  test('which is on record with the attempt that asked', async () => {
    const bench = new TimedBench();
    const { run } = await bench.run(asked([4000, undefined]));
    expect(attemptsOf(bench, run, 'work').map(({ error }) => error?.askedToWait)).toEqual([4000, undefined, undefined]);
  });

  test.each([
    ['less than nothing', -1, 'What after has returned is -1, not a duration.'],
    ['what is no duration', 'soon', `What after has returned is "soon", not a duration.`],
    ['no date', new Date(Number.NaN), 'What after has returned is NaN, not a duration.'],
    ['too long', '25 days', `the longest wait is 24 days.`],
  ])('but not %s: its backoff holds, and the log says why', async (_of, answer, says) => {
    const bench = new TimedBench();
    const { run } = await bench.run(asked([answer]));
    expect(waitsOf(bench, run, 'work')).toEqual([50]);
    expect(logOf(bench, run)).toEqual([{ level: 'error', text: expect.stringContaining(says) }]);
  });

  test('nor where it throws', async () => {
    const bench = new TimedBench();
    const after = () => {
      throw new TypeError('no headers');
    };
    const { run } = await bench.run(asked([1000], { after }));
    expect(waitsOf(bench, run, 'work')).toEqual([50]);
    expect(logOf(bench, run)).toEqual([{ level: 'error', text: 'after threw TypeError: no headers' }]);
  });

  test('is not asked where retryOn wants no other attempt', async () => {
    const bench = new TimedBench();
    const questions: string[] = [];
    const after = (error: Error) => void questions.push(error.message);
    await bench.run(asked([1000], { after, retryOn: () => false }));
    expect(questions).toEqual([]);
  });

  test('over an interruption: a resume waits for what is left of it, however long that is', async () => {
    const bench = new TimedBench();
    const began = bench.clock.now();
    const inProgress = await bench.start(asked(['1 hour']));
    await bench.clock.advance(60_000);
    inProgress.run.stopping.request({ as: 'interrupted', reason: 'test' });
    await bench.clock.settle(inProgress.done);
    await bench.resume(asked(['1 hour']), inProgress.id);
    expect(attemptsOf(bench, inProgress.id, 'work').map(({ startedAt }) => startedAt - began)).toEqual([0, 3_600_000]);
  });

  test('and where a whole batch is tried again, over an interruption, too', async () => {
    const bench = new TimedBench();
    const build = () =>
      workflow(flow =>
        flow.forEach(
          'each',
          [1],
          (_item, inner) => {
            inner.step('work', ctx => {
              if (ctx.attempt === 1) throw new BusyError('1 hour');
            });
          },
          { retry: { attempts: 2, backoff: { delay: 50 }, after: asItAsks } },
        ),
      );
    const began = bench.clock.now();
    const inProgress = await bench.start(build());
    await bench.clock.advance(60_000);
    inProgress.run.stopping.request({ as: 'interrupted', reason: 'test' });
    await bench.clock.settle(inProgress.done);
    await bench.resume(build(), inProgress.id);
    const times = attemptsOf(bench, inProgress.id, 'each/work').map(({ startedAt }) => startedAt - began);
    expect(times).toEqual([0, 3_600_000]);
    expect(earlierAttemptsOf(bench, inProgress.id, 'each')).toMatchObject([{ error: { askedToWait: 3_600_000 } }]);
  });

  test('in a worker as in the runner', async () => {
    const bench = new WorkerBench();
    const { status, run } = await bench.run(
      workflow(flow =>
        flow.batch(
          'each',
          { items: [1], size: 1, workers: 2, retry: { attempts: 2, backoff: { delay: '1 hour' }, after: () => 7 } },
          (_items, inner) => {
            inner.step('work', failing(3)).retry({ attempts: 2, backoff: { delay: '1 hour' }, after: () => 5 });
          },
        ),
      ),
    );
    expect(status).toBe('completed');
    expect(attemptsOf(bench, run, 'each/work').map(({ error }) => error?.askedToWait)).toEqual([
      5,
      undefined,
      5,
      undefined,
    ]);
    expect(earlierAttemptsOf(bench, run, 'each')).toMatchObject([{ error: { askedToWait: 7 } }]);
  });
});

test('an `after` that is no function is refused where it stands', async () => {
  const flawed = () =>
    workflow(flow => flow.step('work', failing(1)).retry({ attempts: 2, after: 4000 as unknown as () => number }));
  await expect(async () => await new Bench().run(flawed())).rejects.toThrow(
    'after is 4000. It is a function of the error that says how long to wait.',
  );
});
