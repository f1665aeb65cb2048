import { describe, expect, test } from 'vitest';
import { Interruption } from '../support/interruption.ts';
import { Ledger } from '../support/outside.ts';
import { attemptsOf } from '../support/recorded.ts';
import { workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';
import { failing } from '../support/failing-steps.ts';

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
