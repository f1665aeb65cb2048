import { describe, expect, test } from 'vitest';
import { rerunRun } from '../../engine/run/execute.ts';
import { all, range, World } from '../support/outside.ts';
import { attemptsOf, batchesOf, earlierAttemptsOf, statusesOf } from '../support/recorded.ts';
import { Bench, workflow } from '../support/runs.ts';
import { checkAndSave, afterRun, nested, rounds } from '../support/rerun-flows.ts';

describe('a re-run of what failed', () => {
  test('continues in the failed batches where they failed, and touches nothing that had succeeded', async () => {
    const world = new World('save 0,1', 'check 4,5');
    const build = () => checkAndSave(world);
    const { bench, run, before } = await afterRun(world, build);
    expect(before).toEqual(['load', 'check 0,1', 'save 0,1', 'check 2,3', 'save 2,3', 'check 4,5']);
    const summary = await bench.rerun(build(), run);
    expect(world.take()).toEqual(['save 0,1', 'check 4,5', 'save 4,5', 'after']);
    expect(summary).toMatchObject({
      run,
      status: 'completed',
      error: undefined,
      output: ['save 0,1', 'save 2,3', 'save 4,5'],
      items: { total: 6, succeeded: 6, failed: 0 },
      steps: { executed: 4 },
    });
  });

  test('leaves every earlier attempt, output and error readable', async () => {
    const world = new World('save 2,3');
    const build = () => checkAndSave(world);
    const { bench, run } = await afterRun(world, build);
    world.break('save 2,3');
    await bench.rerun(build(), run);
    world.mend();
    await bench.rerun(build(), run);
    const [{ scope } = { scope: 0 }] = attemptsOf(bench, run, 'work/save').filter(({ status }) => status === 'failed');
    expect(
      attemptsOf(bench, run, 'work/save')
        .filter(attempt => attempt.scope === scope)
        .map(({ attempt, batchAttempt, session, status, output, error }) => ({
          attempt,
          batchAttempt,
          session,
          status,
          output,
          error: error?.message,
        })),
    ).toEqual([
      { attempt: 1, batchAttempt: 1, session: 1, status: 'failed', output: undefined, error: 'save 2,3 is broken' },
      { attempt: 2, batchAttempt: 2, session: 2, status: 'failed', output: undefined, error: 'save 2,3 is broken' },
      { attempt: 3, batchAttempt: 3, session: 3, status: 'succeeded', output: 'save 2,3', error: undefined },
    ]);
    expect(
      earlierAttemptsOf(bench, run, 'work').map(({ index, attempt, status, error }) => ({
        index,
        attempt,
        status,
        error: error?.message,
      })),
    ).toEqual([
      { index: 1, attempt: 1, status: 'failed', error: 'save 2,3 is broken' },
      { index: 1, attempt: 2, status: 'failed', error: 'save 2,3 is broken' },
    ]);
    expect(batchesOf(bench, run, 'work').map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, 'succeeded'],
      [3, 'succeeded'],
      [1, 'succeeded'],
    ]);
    expect(statusesOf(bench, run, 'work')).toEqual(['failed', 'failed', 'succeeded']);
  });

  test('has its counts right from its first moment', async () => {
    const world = new World('save 0,1', 'check 4,5');
    const build = () => checkAndSave(world);
    const { bench, run } = await afterRun(world, build);
    const rerun = await rerunRun(bench.worker(build()), run, { batches: 'failed' });
    const counts = () => [...rerun.run.progress.values()].map(({ path, items }) => ({ path, items: { ...items } }));
    expect(counts()).toEqual([
      { path: 'work', items: { total: 6, succeeded: 2, failed: 0, running: 0, waiting: 4, cancelled: 0, setAside: 0 } },
    ]);
    await rerun.done;
    expect(counts()).toEqual([
      { path: 'work', items: { total: 6, succeeded: 6, failed: 0, running: 0, waiting: 0, cancelled: 0, setAside: 0 } },
    ]);
  });

  test('that fails again says so, and does not run what comes later', async () => {
    const world = new World('save 0,1', 'check 4,5');
    const build = () => checkAndSave(world);
    const { bench, run } = await afterRun(world, build);
    world.break('check 4,5');
    expect(await bench.rerun(build(), run)).toMatchObject({
      status: 'failed',
      items: { total: 6, succeeded: 4, failed: 2 },
      error: { message: '1 of 3 batches of "work" failed. The first: check 4,5 is broken' },
    });
    expect(world.take()).toEqual(['save 0,1', 'check 4,5']);
  });

  test('runs all steps of the failed batches when asked to, and only of those', async () => {
    const world = new World('save 2,3');
    const build = () => checkAndSave(world);
    const { bench, run } = await afterRun(world, build);
    await bench.rerun(build(), run, { batches: 'failed', fromStart: true });
    expect(world.take()).toEqual(['check 2,3', 'save 2,3', 'after']);
    expect(statusesOf(bench, run, 'work/check')).toEqual(['succeeded', 'superseded', 'succeeded', 'succeeded']);
  });

  test('tries a failed plain step again', async () => {
    const world = new World('after');
    const build = () => checkAndSave(world);
    const { bench, run, summary } = await afterRun(world, build);
    expect(summary).toMatchObject({ status: 'failed', batches: { succeeded: 3 } });
    expect(await bench.rerun(build(), run)).toMatchObject({ status: 'completed' });
    expect(world.take()).toEqual(['after']);
  });

  test('asks the items again where it was they that failed', async () => {
    let items: () => number[] = () => {
      throw new Error('no connection');
    };
    const build = () =>
      workflow(flow =>
        flow.forEach(
          'each',
          () => items(),
          (item, flow) => {
            flow.step('one', async () => item);
          },
        ),
      );
    const bench = new Bench();
    const { run } = await bench.run(build());
    items = () => range(3);
    expect(await bench.rerun(build(), run)).toMatchObject({ status: 'completed', items: { total: 3, succeeded: 3 } });
  });

  test('repeats what comes after failures that had been tolerated: steps, and whole batch nodes', async () => {
    const world = new World('first 1', 'second 2');
    const build = () =>
      workflow(flow =>
        flow
          .forEach(
            'first',
            range(3),
            (item, flow) => {
              flow.step('one', async () => world.act(`first ${item}`));
            },
            { tolerateFailures: 'all' },
          )
          .step('between', async ctx => {
            world.act('between');
            return (await all(ctx.results('first'))).map(({ index }) => index);
          })
          .forEach(
            'second',
            ctx => ctx.steps.between?.output as number[],
            (item, flow) => {
              flow.step('one', async () => world.act(`second ${item}`));
            },
            { tolerateFailures: 'all' },
          )
          .step('end', async ctx => {
            world.act('end');
            return (await all(ctx.results('second'))).map(({ output }) => output);
          }),
      );
    const { bench, run, before, summary } = await afterRun(world, build);
    expect(summary).toMatchObject({ status: 'completed', output: ['second 0'] });
    expect(before).toEqual(['first 0', 'first 1', 'first 2', 'between', 'second 0', 'second 2', 'end']);
    const again = await bench.rerun(build(), run);
    expect(world.take()).toEqual(['first 1', 'between', 'second 0', 'second 1', 'second 2', 'end']);
    expect(again).toMatchObject({ status: 'completed', output: ['second 0', 'second 1', 'second 2'] });
    expect(again.nodes.map(({ path, batches }) => [path, batches.total, batches.succeeded])).toEqual([
      ['first', 3, 3],
      ['second', 3, 3],
    ]);
    expect(
      earlierAttemptsOf(bench, run, 'second').map(({ index, status, error }) => [index, status, error?.message]),
    ).toEqual([
      [0, 'succeeded', undefined],
      [1, 'failed', 'second 2 is broken'],
    ]);
  });

  test('goes into nested batches: of the failed ones, only what failed in them', async () => {
    const world = new World('b 1.0');
    const build = () => nested(world);
    const { bench, run } = await afterRun(world, build);
    expect(await bench.rerun(build(), run)).toMatchObject({ status: 'completed' });
    expect(world.take()).toEqual(['b 1.0', 'end 1']);
  });

  test('from the start of nested batches repeats all that is in the failed outer ones', async () => {
    const world = new World('b 1.0');
    const build = () => nested(world);
    const { bench, run } = await afterRun(world, build);
    expect(await bench.rerun(build(), run, { batches: 'failed', fromStart: true })).toMatchObject({
      status: 'completed',
    });
    expect(world.take()).toEqual(['start 1', 'a 1.0', 'b 1.0', 'a 1.1', 'b 1.1', 'end 1']);
  });

  test('opens an outer batch that had succeeded with tolerated failures inside', async () => {
    const world = new World('b 1.0');
    const build = () => nested(world, { tolerateFailures: 'all' });
    const { bench, run, summary } = await afterRun(world, build);
    expect(summary.status).toBe('completed');
    expect(await bench.rerun(build(), run)).toMatchObject({ status: 'completed' });
    expect(world.take()).toEqual(['b 1.0', 'end 1']);
  });

  test('in an outer batch whose failures had been tolerated up to one that was not repeats what comes after them', async () => {
    const world = new World('borne 0', 'strict 1');
    const build = () =>
      workflow(flow =>
        flow.forEach('outer', range(1), (_outer, flow) => {
          flow
            .forEach(
              'borne',
              range(2),
              (item, flow) => {
                flow.step('one', async () => world.act(`borne ${item}`));
              },
              { tolerateFailures: 'all' },
            )
            .while(
              'loop',
              ctx => ctx.state.get('rounds', 0) < 1,
              flow => {
                flow.step('one', async ctx => {
                  await ctx.state.incr('rounds');
                  return world.act('round');
                });
              },
            )
            .forEach('strict', range(2), (item, flow) => {
              flow.step('one', async () => world.act(`strict ${item}`));
            });
        }),
      );
    const { bench, run } = await afterRun(world, build);
    const rerun = await rerunRun(bench.worker(build()), run, { batches: 'failed' });
    expect(rerun.report).toMatchObject({
      nodes: [
        { path: 'outer', batches: 1 },
        { path: 'outer/borne', batches: 1, indices: [0] },
      ],
      repeats: ['outer/loop', 'outer/strict'],
      takenBack: [{ key: 'rounds', by: 1 }],
    });
    expect(await rerun.done).toMatchObject({ status: 'completed', state: { rounds: 1 } });
    expect(world.take()).toEqual(['borne 0', 'round', 'strict 0', 'strict 1']);
  });

  test('takes up the round of a while that failed, and continues from there', async () => {
    const world = new World('item 1.1');
    const build = () => rounds(world);
    const { bench, run, before } = await afterRun(world, build);
    expect(before).toEqual(['begin 0', 'item 0.0', 'item 0.1', 'begin 1', 'item 1.0', 'item 1.1']);
    expect(await bench.rerun(build(), run)).toMatchObject({
      status: 'completed',
      state: { rounds: 3 },
      output: { rounds: 3 },
    });
    expect(world.take()).toEqual(['item 1.1', 'begin 2', 'item 2.0', 'item 2.1']);
  });

  test('in a round of a while repeats the rounds after it', async () => {
    const world = new World('item 1.1');
    const build = () => rounds(world, { tolerateFailures: 'all' });
    const { bench, run, before } = await afterRun(world, build);
    expect(before).toHaveLength(9);
    expect(await bench.rerun(build(), run)).toMatchObject({
      status: 'completed',
      state: { rounds: 3 },
      output: { rounds: 3 },
    });
    expect(world.take()).toEqual(['item 1.1', 'begin 2', 'item 2.0', 'item 2.1']);
  });

  test('takes up a while whose plain step has failed', async () => {
    const world = new World('begin 1');
    const build = () => rounds(world);
    const { bench, run } = await afterRun(world, build);
    expect(await bench.rerun(build(), run)).toMatchObject({ status: 'completed', output: { rounds: 3 } });
    expect(world.take()).toEqual(['begin 1', 'item 1.0', 'item 1.1', 'begin 2', 'item 2.0', 'item 2.1']);
  });
});

describe('a cancelled run', () => {
  test('is re-run to its end: its cancelled batches count among the failed', async () => {
    const world = new World('check 0,1');
    const build = () => checkAndSave(world);
    const bench = new Bench();
    const first = await bench.start(
      workflow(flow =>
        flow
          .step('load', async () => range(6))
          .batch('work', { items: ctx => ctx.steps.load?.output as number[], size: 2 }, (batch, flow) => {
            flow
              .step('check', async () => {
                if (batch.includes(2)) first.run.stopping.request({ as: 'cancelled', reason: 'test' });
                return world.act(`check ${batch}`);
              })
              .step('save', async () => world.act(`save ${batch}`));
          }),
      ),
    );
    expect(await first.done).toMatchObject({
      status: 'cancelled',
      batches: { total: 3, succeeded: 0, failed: 1, cancelled: 2, waiting: 0, running: 0 },
    });
    expect(batchesOf(bench, first.id, 'work').map(({ status }) => status)).toEqual([
      'failed',
      'cancelled',
      'cancelled',
    ]);
    world.mend();
    world.take();
    expect(await bench.rerun(build(), first.id)).toMatchObject({
      status: 'completed',
      items: { total: 6, succeeded: 6 },
    });
    expect(world.take()).toEqual(['check 0,1', 'save 0,1', 'save 2,3', 'check 4,5', 'save 4,5', 'after']);
  });

  test('is re-run to its end where it was cancelled in a plain step, or between steps', async () => {
    const world = new World();
    const build = (cancelIn?: string) => {
      const act = async (ctx: { cancel(): never }, what: string) => {
        if (what === cancelIn) ctx.cancel();
        if (`after ${what}` === cancelIn) void started?.run.stopping.request({ as: 'cancelled', reason: 'test' });
        return world.act(what);
      };
      return workflow(flow =>
        flow
          .step('a', ctx => act(ctx, 'a'))
          .step('b', ctx => act(ctx, 'b'))
          .step('c', ctx => act(ctx, 'c')),
      );
    };
    const bench = new Bench();
    let started = await bench.start(build('b'));
    expect(await started.done).toMatchObject({ status: 'cancelled' });
    expect(await bench.rerun(build(), started.id)).toMatchObject({ status: 'completed' });
    expect(world.take()).toEqual(['a', 'b', 'c']);
    started = await bench.start(build('after b'));
    expect(await started.done).toMatchObject({ status: 'cancelled' });
    expect(await bench.rerun(build(), started.id)).toMatchObject({ status: 'completed', output: 'c' });
    expect(world.take()).toEqual(['a', 'b', 'c']);
  });
});
