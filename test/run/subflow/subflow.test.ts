import { describe, expect, test } from 'vitest';
import { requireRun } from '../../../engine/store/runs.ts';
import { Interruption } from '../../support/interruption.ts';
import { workflow } from '../../support/runs.ts';
import { SubflowBench } from '../../support/subflow-bench.ts';

describe('a step that runs another workflow', () => {
  test('comes to what its run comes to, and gives it its input as payload', async () => {
    const bench = new SubflowBench();
    bench.define('child', flow =>
      flow.step('double', ctx => (ctx.payload as { n: number }).n * 2).step('say', ctx => ({ said: ctx.last })),
    );
    const summary = await bench.run(
      workflow(flow =>
        flow
          .step('load', () => 21)
          .subflow('call', 'child', ctx => ({ n: ctx.last }))
          .step('end', ctx => [ctx.last, ctx.steps.call.output]),
      ),
    );
    expect(summary).toMatchObject({ status: 'completed', output: [{ said: 42 }, { said: 42 }] });
    expect(bench.children(summary.run)).toEqual([
      { id: summary.run + 1, workflow: 'child', status: 'completed', reason: null, payload: '{"n":21}' },
    ]);
  });

  test.each([
    ['a value', [{ folder: '/tmp' }], { folder: '/tmp' }],
    ['nothing', [], {}],
    ['a function that gives nothing', [() => undefined], {}],
  ])('is given %s', async (_of, input, payload) => {
    const bench = new SubflowBench();
    bench.define('child', flow => flow.step('say', ctx => ctx.payload as unknown));
    const summary = await bench.run(workflow(flow => flow.subflow('call', 'child', ...(input as [object]))));
    expect(summary.output).toEqual(payload);
  });

  test('fails with the reason of the other run, and names that', async () => {
    const bench = new SubflowBench();
    bench.define('child', flow =>
      flow.step({ id: 'fail', explain: () => 'The disk is full.' }, () => {
        throw new Error('no space left');
      }),
    );
    const summary = await bench.run(workflow(flow => flow.subflow('call', 'child')));
    expect(summary).toMatchObject({
      status: 'failed',
      error: {
        name: 'SubflowError',
        message: `"child" failed in run ${summary.run + 1}: no space left`,
        explain: 'The disk is full.',
        step: 'call',
      },
    });
    expect(summary.error?.at?.file).toBe(import.meta.filename);
  });

  test('retries the same run: what succeeded in it is not executed again', async () => {
    const bench = new SubflowBench();
    const calls: string[] = [];
    bench.define('child', flow =>
      flow
        .step('first', () => calls.push('first'))
        .step('second', () => {
          if (calls.push('second') < 3) throw new Error('not yet');
          return 'done';
        }),
    );
    const summary = await bench.run(
      workflow(flow => flow.subflow('call', 'child').retry({ attempts: 3, backoff: { delay: 1 } })),
    );
    expect(summary).toMatchObject({ status: 'completed', output: 'done' });
    expect(calls).toEqual(['first', 'second', 'second']);
    expect(bench.children(summary.run)).toHaveLength(1);
  });

  test('onError answers its failure', async () => {
    const bench = new SubflowBench();
    bench.define('child', flow =>
      flow.step('fail', () => {
        throw new Error('no');
      }),
    );
    const summary = await bench.run(
      workflow(flow => flow.subflow('call', 'child').onError(ctx => ({ fallback: ctx.error.message }))),
    );
    expect(summary).toMatchObject({
      status: 'completed',
      output: { fallback: `"child" failed in run ${summary.run + 1}` },
    });
  });

  test('a re-run of failed batches re-runs what failed in their runs, and nothing else', async () => {
    const bench = new SubflowBench();
    const calls: string[] = [];
    let isFixed = false;
    bench.define('child', flow =>
      flow
        .step('look', ctx => calls.push(`look ${String(ctx.payload)}`))
        .step('work', ctx => {
          calls.push(`work ${String(ctx.payload)}`);
          if (ctx.payload === 2 && !isFixed) throw new Error('bad');
          return ctx.payload as number;
        }),
    );
    const build = () =>
      workflow(flow =>
        flow.forEach('each', [1, 2, 3], (item, inner) => inner.subflow('call', 'child', () => item), {
          concurrency: 1,
        }),
      );
    const first = await bench.run(build());
    expect(first).toMatchObject({ status: 'failed' });
    expect(bench.children(first.run).map(({ status }) => status)).toEqual(['completed', 'failed', 'completed']);
    isFixed = true;
    calls.length = 0;
    const second = await bench.rerun(build(), first.run);
    expect(second.status).toBe('completed');
    expect(calls).toEqual(['work 2']);
    expect(bench.children(first.run).map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
  });

  test('a step that succeeded and is executed again begins another run', async () => {
    const bench = new SubflowBench();
    bench.define('child', flow => flow.step('work', () => 1));
    const build = () => workflow(flow => flow.forEach('each', [1], (_item, inner) => inner.subflow('call', 'child')));
    const { run } = await bench.run(build());
    await bench.rerun(build(), run, { batches: 'all' });
    expect(bench.children(run).map(({ status }) => status)).toEqual(['completed', 'completed']);
  });

  test('a run that was stopped in it goes on in the same run', async () => {
    const bench = new SubflowBench();
    const interruption = new Interruption();
    const calls: string[] = [];
    bench.define('child', flow =>
      flow
        .step('first', () => calls.push('first'))
        .step('second', () => {
          calls.push('second');
          interruption.here();
        }),
    );
    const build = () => workflow(flow => flow.subflow('call', 'child'));
    const stopped = await interruption.run(bench, build());
    expect(stopped.status).toBe('interrupted');
    expect(bench.children(stopped.run)).toMatchObject([{ status: 'interrupted', reason: 'test' }]);
    const resumed = await bench.resume(build(), stopped.run);
    expect(resumed.status).toBe('completed');
    expect(calls).toEqual(['first', 'second', 'second']);
    expect(bench.children(stopped.run)).toMatchObject([{ status: 'completed' }]);
  });

  test('a timeout of the step ends the run, and the next attempt goes on with it', async () => {
    const bench = new SubflowBench();
    let calls = 0;
    bench.define('child', flow =>
      flow
        .step('first', () => (calls += 1))
        .step('hang', async ctx => {
          if ((calls += 1) > 2) return;
          await new Promise((_resolve, reject) =>
            ctx.signal.addEventListener('abort', () => reject(new Error('stopped'))),
          );
        }),
    );
    const summary = await bench.run(
      workflow(flow =>
        flow
          .subflow('call', 'child')
          .timeout(300)
          .retry({ attempts: 2, backoff: { delay: 1 } }),
      ),
    );
    expect(summary.status).toBe('completed');
    expect(calls).toBe(3);
    expect(bench.children(summary.run)).toMatchObject([{ status: 'completed' }]);
  });

  test('one that is not there fails the step, with the place', async () => {
    const bench = new SubflowBench();
    const summary = await bench.run(workflow(flow => flow.subflow('call', 'nobody')));
    expect(summary.error).toMatchObject({
      message:
        'subflow "call": there is no workflow "nobody" here. Define it in this file, in one that it imports, or in another file of its folder.',
      at: { file: import.meta.filename },
    });
  });

  test('a workflow that runs itself without an end is stopped, and says why', async () => {
    const bench = new SubflowBench();
    const again = bench.define('again', flow => flow.subflow('call', 'again'));
    const summary = await bench.run(again);
    expect(summary.error?.message).toMatch(
      /no run stands in more: "again" runs "again"\. Give the workflow a condition/,
    );
    expect(requireRun(bench.db, summary.run + 19).status).toBe('failed');
  });

  test('a workflow may run itself for a tree', async () => {
    const bench = new SubflowBench();
    const count = bench.define('count', flow =>
      flow
        .if('more', ctx => (ctx.payload as number) > 0)
        .subflow('inner', 'count', ctx => (ctx.payload as number) - 1)
        .endIf()
        .step('sum', ctx => (ctx.payload as number) + Number(ctx.last ?? 0)),
    );
    expect((await bench.run(count, 4)).output).toBe(10);
  });

  test('its payload is checked by the schema of the other workflow', async () => {
    const bench = new SubflowBench();
    bench.define('child', flow => flow.step('work', () => 1), {
      payload: {
        '~standard': {
          version: 1,
          vendor: 'test',
          validate: () => ({ issues: [{ message: 'n is missing', path: [] }] }),
        },
      },
    });
    const summary = await bench.run(workflow(flow => flow.subflow('call', 'child')));
    expect(summary.error?.message).toMatch(/n is missing/);
    expect(bench.children(summary.run)).toEqual([]);
  });

  test('that begins another run does no effect of the one before again, and keeps its idempotency keys', async () => {
    const bench = new SubflowBench();
    const done: unknown[] = [];
    const keys: string[] = [];
    bench.define('child', flow =>
      flow
        .step('plan', () => 1)
        .step('mail', async ctx => {
          keys.push(ctx.idempotencyKey);
          return await ctx.effect('mail', () => done.push('sent'));
        }),
    );
    const build = () => workflow(flow => flow.forEach('each', [1], (_item, inner) => inner.subflow('call', 'child')));
    const { run } = await bench.run(build());
    const again = await bench.rerun(build(), run, { batches: 'all' });
    expect(again.status).toBe('completed');
    expect(bench.children(run)).toHaveLength(2);
    expect(done).toEqual(['sent']);
    expect(keys[1]).toBe(keys[0]);
  });

  test('with another input has other idempotency keys', async () => {
    const bench = new SubflowBench();
    const keys: string[] = [];
    let input = 1;
    bench.define('child', flow => flow.step('note', ctx => keys.push(ctx.idempotencyKey)));
    const build = () =>
      workflow(flow => flow.forEach('each', [1], (_item, inner) => inner.subflow('call', 'child', () => input)));
    const { run } = await bench.run(build());
    input = 2;
    await bench.rerun(build(), run, { batches: 'all' });
    expect(new Set(keys).size).toBe(2);
  });

  test('shares the state: it begins as it is, and what is changed in it comes back with the checkpoint', async () => {
    const bench = new SubflowBench();
    bench.define('child', flow =>
      flow
        .step('read', ctx => ctx.state.get('given'))
        .step('write', async ctx => {
          await ctx.state.set('found', { by: ctx.steps.read.output });
          await ctx.state.delete('gone');
          await ctx.state.incr('count', 2);
        })
        .step('again', ctx => ctx.state.incr('count')),
    );
    const summary = await bench.run(
      workflow(flow =>
        flow
          .step('set', async ctx => {
            await ctx.state.set('given', 7);
            await ctx.state.set('gone', true);
            await ctx.state.incr('count', 10);
          })
          .subflow('call', 'child')
          .step('end', ctx => [ctx.state.get('found'), ctx.state.get('gone', 'gone'), ctx.state.get('count')]),
      ),
    );
    expect(summary.output).toEqual([{ by: 7 }, 'gone', 13]);
  });

  test('runs beside each other add to the state of the run around them, and lose nothing', async () => {
    const bench = new SubflowBench();
    let fails = true;
    bench.define('child', flow =>
      flow
        .step('add', ctx => ctx.state.incr('sum', ctx.payload as number))
        .step('wait', () => new Promise(resolve => setTimeout(resolve, 20)))
        .step('fail', ctx => {
          if (fails && ctx.payload === 3) throw new Error('not yet');
        }),
    );
    const build = () =>
      workflow(flow =>
        flow.forEach('each', [1, 2, 3, 4], (n, inner) => inner.subflow('call', 'child', () => n), { concurrency: 4 }),
      );
    const first = await bench.run(build());
    expect(first.state).toEqual({ sum: 7 });
    fails = false;
    expect((await bench.rerun(build(), first.run)).state).toEqual({ sum: 10 });
    // What is repeated is taken back first.
    expect((await bench.rerun(build(), first.run, { batches: 'all' })).state).toEqual({ sum: 10 });
  });
});
