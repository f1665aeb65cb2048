import { describe, expect, test } from 'vitest';
import { Interruption } from '../support/interruption.ts';
import { Ledger } from '../support/outside.ts';
import { logOf, statusesOf } from '../support/recorded.ts';
import { Bench, workflow } from '../support/runs.ts';

describe('a run ends on purpose', () => {
  test('with ctx.cancel(): it is cancelled with the reason, what is checkpointed stays, and nothing follows', async () => {
    const bench = new Bench();
    const done = new Ledger();
    const summary = await bench.run(
      workflow(flow =>
        flow
          .step('load', async ctx => {
            await ctx.state.set('n', 1);
            return 'films';
          })
          .step('stop', async ctx => {
            await ctx.state.set('n', 2);
            ctx.cancel('nothing to do');
          })
          .onError(() => done.note('onError'))
          .step('next', () => done.note('next')),
      ),
    );
    expect(summary).toMatchObject({ status: 'cancelled', reason: 'nothing to do', state: { n: 1 }, error: undefined });
    expect(done.entries).toEqual([]);
    expect(statusesOf(bench, summary.run, 'load')).toEqual(['succeeded']);
    expect(statusesOf(bench, summary.run, 'stop')).toEqual(['cancelled']);
    expect(statusesOf(bench, summary.run, 'next')).toEqual([]);
  });

  test('with ctx.cancel() in one batch: the others do not begin, and all are accounted for', async () => {
    const bench = new Bench();
    const summary = await bench.run(
      workflow(flow =>
        flow.forEach('each', ['a', 'b', 'c', 'd'], (item, inner) => {
          inner.step('work', ctx => {
            if (item === 'b') ctx.cancel();
          });
        }),
      ),
    );
    expect(summary).toMatchObject({
      status: 'cancelled',
      reason: 'the workflow asked for it',
      batches: { total: 4, succeeded: 1, cancelled: 3, failed: 0, running: 0, waiting: 0 },
    });
  });

  test('with .cancel() where an if leads to it', async () => {
    const bench = new Bench();
    const build = () =>
      workflow(flow =>
        flow
          .if('empty', ctx => ctx.payload.films === 0)
          .cancel('no films')
          .endIf()
          .step('work', () => 'done'),
      );
    expect(await bench.run(build(), { films: 0 })).toMatchObject({ status: 'cancelled', reason: 'no films' });
    expect(await bench.run(build(), { films: 1 })).toMatchObject({ status: 'completed', output: 'done' });
  });
});

describe('.log()', () => {
  test('writes a line, given or made from ctx, at its level, and leaves ctx.last alone', async () => {
    const bench = new Bench();
    const summary = await bench.run(
      workflow(flow =>
        flow
          .step('load', () => 7)
          .log('loading')
          .log(ctx => `${ctx.last} films`, 'warn')
          .log(async ctx => `run ${ctx.run.id}`, 'debug')
          .step('next', ctx => ctx.last),
      ),
    );
    expect(summary.output).toBe(7);
    expect(logOf(bench, summary.run)).toEqual([
      { level: 'info', text: 'loading' },
      { level: 'warn', text: '7 films' },
      { level: 'debug', text: `run ${summary.run}` },
    ]);
  });

  test('says it once, also when the run is interrupted after it', async () => {
    const bench = new Bench();
    const interruption = new Interruption();
    const build = () => workflow(flow => flow.log('once').step('stop', () => interruption.here()));
    const { run } = await interruption.run(bench, build());
    await bench.resume(build(), run);
    expect(logOf(bench, run)).toEqual([{ level: 'info', text: 'once' }]);
  });
});
