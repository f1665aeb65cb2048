import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { Ledger } from '../support/outside.ts';
import { attemptsOf } from '../support/recorded.ts';
import { Bench, workflow } from '../support/runs.ts';

describe('results', () => {
  test('of a step are ctx.last for the next and ctx.steps[name].output for all that follow', async () => {
    const seen: unknown[] = [];
    const summary = await new Bench().run(
      workflow(flow =>
        flow
          .step('first', ctx => {
            seen.push(ctx.last);
            return 1;
          })
          .step('second', async ctx => {
            seen.push(ctx.last, ctx.steps.first.output);
            return 'two';
          })
          .step('third', ctx => {
            seen.push(ctx.last, ctx.steps.first.output, ctx.steps.second.output);
            return { three: 3 };
          }),
      ),
    );
    expect(seen).toEqual([undefined, 1, 1, 'two', 1, 'two']);
    expect(summary).toMatchObject({ status: 'completed', output: { three: 3 }, steps: { executed: 3 } });
  });

  test('a workflow without steps completes, and gives nothing', async () => {
    expect(await new Bench().run(workflow(flow => flow))).toMatchObject({
      status: 'completed',
      output: undefined,
      steps: { executed: 0 },
    });
  });

  test('are awaited, whatever promise library they come from', async () => {
    const summary = await new Bench().run(
      workflow(flow =>
        flow
          // oxlint-disable-next-line unicorn/no-thenable
          .step('thenable', () => ({ then: (resolve: (value: string) => void) => resolve('from afar') }))
          .step('next', ctx => ctx.last),
      ),
    );
    expect(summary.output).toBe('from afar');
  });

  test('of an action are ignored: ctx.last and ctx.steps stay what they were', async () => {
    const done = new Ledger();
    const summary = await new Bench().run(
      workflow(flow =>
        flow
          .step('load', () => 'films')
          .action('tell', async () => {
            await Promise.resolve();
            done.note('told');
            return 'ignored';
          })
          .step('next', ctx => {
            done.note('next');
            return [ctx.last, ctx.steps.tell];
          }),
      ),
    );
    expect(summary.output).toEqual(['films', undefined]);
    expect(done.entries, 'an action is awaited in its place').toEqual(['told', 'next']);
  });

  test('of an action need not be data', async () => {
    const summary = await new Bench().run(
      workflow(flow => flow.step('load', () => 1).action('listen', () => new Socket())),
    );
    expect(summary).toMatchObject({ status: 'completed', output: 1 });
  });

  test('are undefined for a step that has not run yet, and a misspelled name throws with the one that was meant', async () => {
    const bench = new Bench();
    const ask = (name: string) =>
      bench.run(
        workflow(flow =>
          flow
            .step('load-films', () => 1)
            .step('ask', ctx => [ctx.steps[name]])
            .step('later', ctx => ctx.last),
        ),
      );
    expect((await ask('later')).output).toEqual([undefined]);
    expect((await ask('load-film')).error).toMatchObject({
      name: 'WorkflowError',
      message: 'There is no step named "load-film" here. Did you mean "load-films"?',
      step: 'ask',
    });
    expect((await ask('somewhere-else')).error).toMatchObject({
      name: 'WorkflowError',
      message: 'There is no step named "somewhere-else" here.',
    });
  });

  test('can be asked for by name, listed and copied, and not be set', async () => {
    const summary = await new Bench().run(
      workflow(flow =>
        flow
          .step('load', () => 1)
          .step('ask', ctx => ({
            load: 'load' in ctx.steps,
            later: 'later' in ctx.steps,
            never: 'never' in ctx.steps,
            keys: Object.keys(ctx.steps),
            copy: { ...ctx.steps }.load.output as unknown,
          }))
          .step('later', ctx => ctx.last),
      ),
    );
    expect(summary.output).toEqual({ load: true, later: false, never: false, keys: ['load', 'ask', 'later'], copy: 1 });
    const setting = await new Bench().run(
      workflow(flow =>
        flow
          .step('load', () => 1)
          .step('set', ctx => {
            Object.assign(ctx.steps, { load: { output: 2 } });
          }),
      ),
    );
    expect(setting.error?.message).toBe('ctx.steps["load"] cannot be set: results are what steps return.');
  });
});

describe('in a batch', () => {
  test('outer steps are seen, and inner ones of the same name come before them', async () => {
    const seen: unknown[] = [];
    await new Bench().run(
      workflow(flow =>
        flow
          .step('config', () => 'outer config')
          .step('name', () => 'outer name')
          .forEach('each', ['a'], (item, inner) => {
            inner
              .action('before', ctx => {
                seen.push([ctx.steps.config.output, ctx.steps.name?.output, ctx.last]);
              })
              .step('name', () => `inner name of ${item}`)
              .action('after', ctx => {
                seen.push([ctx.steps.config.output, ctx.steps.name.output, ctx.last]);
              });
          })
          .action('outside', ctx => {
            seen.push(ctx.steps.name.output);
          }),
      ),
    );
    expect(seen).toEqual([
      // The inner step has not run yet: the outer one of its name is not taken for it.
      ['outer config', undefined, 'outer name'],
      ['outer config', 'inner name of a', 'inner name of a'],
      'outer name',
    ]);
  });

  test('inner steps are unknown outside, and to other batches', async () => {
    const summary = await new Bench().run(
      workflow(flow =>
        flow
          .forEach('each', ['a', 'b'], (item, inner) => {
            inner
              .action('look', ctx => {
                if (ctx.steps.clean) throw new Error('seen');
              })
              .step('clean', () => item);
          })
          .step('ask', ctx => ctx.steps.clean),
      ),
    );
    expect(summary.batches).toMatchObject({ succeeded: 2 });
    expect(summary.error?.message).toBe('There is no step named "clean" here.');
  });

  test('flow and ctx are two views of the same: last, steps, state, payload, run, signal', async () => {
    const bench = new Bench();
    const summary = await bench.run(
      workflow(flow =>
        flow
          .step('load', () => 'films')
          .forEach('each', ['a'], (item, inner) => {
            inner
              .step('one', () => `one ${item}`)
              .step('two', async ctx => {
                await inner.state.incr('n');
                return [
                  inner.last === ctx.last,
                  Object.is(inner.steps, ctx.steps),
                  inner.steps.load.output,
                  inner.steps.one.output,
                  ctx.state.get('n'),
                  inner.payload === ctx.payload,
                  inner.run === ctx.run,
                  inner.signal === ctx.signal,
                ];
              });
          }),
      ),
      { since: 1894 },
    );
    expect(summary.state).toEqual({ n: 1 });
    expect(attemptsOf(bench, summary.run, 'each/two')[0]?.output).toEqual([
      true,
      true,
      'films',
      'one a',
      1,
      true,
      true,
      true,
    ]);
  });

  test('ctx says which batch of what, and which run', async () => {
    const bench = new Bench();
    const { run } = await bench.run(
      workflow(flow =>
        flow
          .step('outside', ctx => ctx.batch)
          .batch('clean', { items: [1, 2, 3], size: 2 }, (_batch, inner) => {
            inner.step('where', ctx => ({ batch: ctx.batch, run: ctx.run }));
          }),
      ),
    );
    expect(attemptsOf(bench, run, 'outside')[0]?.output).toBeUndefined();
    expect(attemptsOf(bench, run, 'clean/where').map(({ output }) => output)).toEqual([
      { batch: { node: 'clean', index: 0, items: 2 }, run: { id: String(run), workflowId: 'test', isDemo: false } },
      { batch: { node: 'clean', index: 1, items: 1 }, run: { id: String(run), workflowId: 'test', isDemo: false } },
    ]);
  });
});
