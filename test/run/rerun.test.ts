import type { Database } from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { rerunRun } from '../../engine/run/execute.ts';
import { planRerun } from '../../engine/run/rerun/rerun.ts';
import { RerunError, type RerunReport, type RerunRequest } from '../../engine/run/rerun/request.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';
import type { BodyFlow } from '../../engine/workflow/types.ts';
import { SimulatedClock } from '../support/clock.ts';
import { all, Gate, Meter, range, turns, World } from '../support/outside.ts';
import { attemptsOf, batchesOf, earlierAttemptsOf, statusesOf } from '../support/recorded.ts';
import { Bench, workflow } from '../support/runs.ts';

/** Six items in batches of two, each checked and then saved; and a step after them. */
function checkAndSave(world: World, options: object = {}): Definition {
  return workflow(flow =>
    flow
      .step('load', async () => {
        world.act('load');
        return range(6);
      })
      .batch('work', { items: ctx => ctx.steps.load?.output as number[], size: 2, ...options }, (batch, flow) => {
        flow
          .step('check', async () => world.act(`check ${batch}`))
          .step('save', async () => world.act(`save ${batch}`));
      })
      .step('after', async ctx => {
        world.act('after');
        return (await all(ctx.results('work'))).map(({ output }) => output);
      }),
  );
}

/** A bench with a run of a workflow whose world is then mended, so that a re-run can succeed. */
async function afterRun(world: World, build: () => Definition) {
  const bench = new Bench();
  const summary = await bench.run(build());
  const before = world.take();
  world.mend();
  return { bench, run: summary.run, summary, before };
}

/** All that the store holds, table by table. */
function contentOf(db: Database): Record<string, unknown[]> {
  const tables = db
    .prepare<[], { name: string }>(`select name from sqlite_schema where type = 'table' order by name`)
    .all();
  return Object.fromEntries(tables.map(({ name }) => [name, db.prepare(`select * from ${name}`).all()]));
}

describe('a re-run of what failed', () => {
  test('goes on in the failed batches where they failed, and touches nothing that had succeeded', async () => {
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
    const rerun = rerunRun(bench.worker(build()), run, { batches: 'failed' });
    const counts = () => [...rerun.run.progress.values()].map(({ path, items }) => ({ path, items: { ...items } }));
    expect(counts()).toEqual([
      { path: 'work', items: { total: 6, succeeded: 2, failed: 0, running: 0, waiting: 4, cancelled: 0 } },
    ]);
    await rerun.done;
    expect(counts()).toEqual([
      { path: 'work', items: { total: 6, succeeded: 6, failed: 0, running: 0, waiting: 0, cancelled: 0 } },
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
    const rerun = rerunRun(bench.worker(build()), run, { batches: 'failed' });
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

  test('takes up the round of a while that failed, and goes on from there', async () => {
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

/** Two outer batches of two inner ones, with steps around them. */
function nested(world: World, inner: object = {}): Definition {
  return workflow(flow =>
    flow.forEach('outer', range(2), (outer, flow) => {
      flow
        .step('start', async () => world.act(`start ${outer}`))
        .forEach(
          'inner',
          range(2),
          (inner, flow) => {
            flow
              .step('a', async () => world.act(`a ${outer}.${inner}`))
              .step('b', async () => world.act(`b ${outer}.${inner}`));
          },
          inner,
        )
        .step('end', async () => world.act(`end ${outer}`));
    }),
  );
}

/** Three rounds with a step and a batch node in each. */
function rounds(world: World, options: object = {}): Definition {
  return workflow(flow =>
    flow.while(
      'loop',
      ctx => ctx.state.get('rounds', 0) < 3,
      flow => {
        flow
          .step('begin', async ctx => {
            const round = ctx.state.get('rounds', 0);
            world.act(`begin ${round}`);
            await ctx.state.set('rounds', round + 1);
            return round;
          })
          .forEach(
            'each',
            range(2),
            (item, flow) => {
              flow.step('one', async ctx => world.act(`item ${ctx.steps.begin.output}.${item}`));
            },
            options,
          );
      },
    ),
  );
}

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

describe('state never counts twice', () => {
  type State = {
    get(key: string, fallback: number): number;
    set(key: string, value: number): Promise<void>;
    incr(key: string, by: number): Promise<number>;
    update(key: string, change: (value?: number) => number): Promise<number>;
  };
  const ways: Record<string, (state: State) => Promise<unknown>> = {
    incr: state => state.incr('n', 2),
    'get, then set': async state => state.set('n', state.get('n', 0) + 2),
    'get with another default, then set': async state => state.set('n', state.get('n', -1) + 2),
    update: state => state.update('n', (n = 0) => n + 2),
  };
  const counting = (world: World, count: (state: State) => Promise<unknown>) =>
    workflow(flow =>
      flow.forEach('each', range(4), (item, flow) => {
        flow
          .step('count', async ctx => {
            await count(ctx.state as State);
            world.act(`count ${item}`);
          })
          .step('fail', async () => world.act(`fail ${item}`));
      }),
    );

  test.each(Object.entries(ways))('with %s', async (_way, count) => {
    const bench = new Bench();
    const { state } = await bench.run(counting(new World(), count));
    const requests: RerunRequest[] = [
      { batches: 'failed' },
      { batches: 'failed', fromStart: true },
      { batches: [0, 3] },
      { batches: 'all' },
      { batches: [0] },
    ];
    for (const request of requests) {
      const world = new World('count 1', 'fail 2');
      const { run } = await bench.run(counting(world, count));
      world.mend();
      if (request.batches !== 'failed') await bench.rerun(counting(world, count), run);
      // And once more, of one that has been taken back and counted again before.
      for (const next of [request, { batches: [0] }]) {
        expect({ request, next, state: (await bench.rerun(counting(world, count), run, next)).state }).toEqual({
          request,
          next,
          state,
        });
      }
    }
  });

  test('and a maximum, which is no addition, is left as it is, and the report says so', async () => {
    const measures = [3, 7, 9];
    const build = () =>
      workflow(flow =>
        flow.forEach('each', measures, (measure, flow) => {
          flow.step('one', ctx => ctx.state.update('most', (most = 0) => Math.max(most, measure)));
        }),
      );
    const bench = new Bench();
    const { run } = await bench.run(build());
    const rerun = rerunRun(bench.worker(build()), run, { batches: [1] });
    expect((await rerun.done).state).toEqual({ most: 9 });
    expect(rerun.report).toMatchObject({ takenBack: [], notTakenBack: ['most'] });
  });

  test('nor do later steps that a re-run repeats', async () => {
    const world = new World('fail 2');
    const build = () =>
      workflow(flow =>
        flow
          .forEach(
            'each',
            range(3),
            (item, flow) => {
              flow.step('fail', async () => world.act(`fail ${item}`));
            },
            { tolerateFailures: 1 },
          )
          .step('note', ctx => ctx.state.incr('reports'))
          .forEach('later', range(3), (_item, flow) => {
            flow.step('one', ctx => ctx.state.incr('later'));
          }),
      );
    const { bench, run } = await afterRun(world, build);
    const rerun = rerunRun(bench.worker(build()), run, { batches: 'failed' });
    expect(rerun.report?.takenBack).toEqual([
      { key: 'reports', by: 1 },
      { key: 'later', by: 3 },
    ]);
    expect((await rerun.done).state).toEqual({ reports: 1, later: 3 });
  });
});

describe('a re-run of chosen batches', () => {
  test('executes all their steps anew, and what comes after', async () => {
    const world = new World();
    const build = () => checkAndSave(world);
    const { bench, run } = await afterRun(world, build);
    await bench.rerun(build(), run, { batches: [0, 2] });
    expect(world.take()).toEqual(['check 0,1', 'save 0,1', 'check 4,5', 'save 4,5', 'after']);
    expect(statusesOf(bench, run, 'work/check')).toEqual([
      'superseded',
      'succeeded',
      'superseded',
      'succeeded',
      'succeeded',
    ]);
    expect(attemptsOf(bench, run, 'work/check')[0]).toMatchObject({ output: 'check 0,1' });
  });

  test('can be of all of them', async () => {
    const world = new World();
    const build = () => checkAndSave(world);
    const { bench, run, before } = await afterRun(world, build);
    await bench.rerun(build(), run, { batches: 'all' });
    expect(world.take()).toEqual(before.slice(1));
  });

  test('finds the node by its name or by its path, wherever it is', async () => {
    const world = new World();
    const build = () => nested(world);
    const { bench, run } = await afterRun(world, build);
    for (const node of ['inner', 'outer/inner']) {
      await bench.rerun(build(), run, { node, batches: [1] });
      expect(world.take()).toEqual(['a 0.1', 'b 0.1', 'end 0', 'a 1.1', 'b 1.1', 'end 1']);
    }
    await bench.rerun(build(), run, { node: 'outer', batches: [1] });
    expect(world.take()).toEqual(['start 1', 'a 1.0', 'b 1.0', 'a 1.1', 'b 1.1', 'end 1']);
  });

  test('leaves the others alone, also those beside them in the same outer batch, and those that failed', async () => {
    const world = new World('b 1.0', 'b 1.1', 'b 0.0');
    const build = () => nested(world);
    const { bench, run } = await afterRun(world, build);
    expect(await bench.rerun(build(), run, { node: 'outer/inner', batches: [1] })).toMatchObject({
      status: 'failed',
      nodes: [
        { path: 'outer', batches: { failed: 2 } },
        { path: 'outer/inner', batches: { succeeded: 2, failed: 2 } },
      ],
    });
    expect(world.take()).toEqual(['a 0.1', 'b 0.1', 'b 1.1']);
    expect(await bench.rerun(build(), run)).toMatchObject({ status: 'completed' });
    expect(world.take()).toEqual(['b 0.0', 'end 0', 'b 1.0', 'end 1']);
  });

  test('finds a node whose name has a slash', async () => {
    const world = new World();
    const build = () =>
      workflow(flow =>
        flow.forEach('in/out', range(2), (item, flow) => {
          flow.step('one', async () => world.act(`${item}`));
        }),
      );
    const { bench, run } = await afterRun(world, build);
    await bench.rerun(build(), run, { node: 'in/out', batches: [1] });
    expect(world.take()).toEqual(['1']);
  });
});

describe('a re-run from a step', () => {
  /** The lists that the step gives, one each time it runs. */
  const listing = (world: World, lists: number[][]) =>
    workflow(flow =>
      flow
        .step('before', async () => world.act('before'))
        .step('list', async () => {
          world.act('list');
          return lists.shift();
        })
        .forEach(
          'each',
          ctx => ctx.steps.list?.output as number[],
          (item, flow) => {
            flow.step('one', async () => world.act(`${item}`));
          },
        )
        .forEach(
          'twice',
          ctx => ctx.steps.list?.output as number[],
          (item, flow) => {
            flow.step('one', async () => world.act(`twice ${item}`));
          },
        )
        .step('after', async ctx => (await all(ctx.results('twice'))).map(({ output }) => output)),
    );

  test.each([
    {
      what: 'as long',
      lists: [
        [1, 2],
        [3, 4],
      ],
    },
    { what: 'longer', lists: [[1], [2, 3, 4]] },
    { what: 'shorter', lists: [[1, 2, 3], [4]] },
    { what: 'no longer empty', lists: [[], [1, 2]] },
    { what: 'empty now', lists: [[1, 2], []] },
  ])('repeats it and all that comes after it, on the items it gives then: $what', async ({ lists }) => {
    const world = new World();
    const [, second = []] = lists;
    const left = [...lists];
    const { bench, run } = await afterRun(world, () => listing(world, left));
    const summary = await bench.rerun(listing(world, left), run, { node: 'list', batches: 'failed' });
    expect(world.take()).toEqual(['list', ...second.map(String), ...second.map(item => `twice ${item}`)]);
    expect(summary).toMatchObject({ status: 'completed', output: second.map(item => `twice ${item}`) });
    expect(summary.nodes.map(({ items }) => items.total)).toEqual([second.length, second.length]);
  });

  test('does so again and again, also after chosen batches and after failures', async () => {
    const world = new World('2');
    const left = [[1, 2], [3, 4, 5], [6], [7, 8]];
    const { bench, run, summary } = await afterRun(world, () => listing(world, left));
    expect(summary.status).toBe('failed');
    expect(await bench.rerun(listing(world, left), run, { node: 'list', batches: 'failed' })).toMatchObject({
      status: 'completed',
      output: ['twice 3', 'twice 4', 'twice 5'],
    });
    world.take();
    // The first node's third batch is younger than the second node's first.
    await bench.rerun(listing(world, left), run, { node: 'each', batches: [0] });
    expect(world.take()).toEqual(['3', 'twice 3', 'twice 4', 'twice 5']);
    for (const items of [[6], [7, 8]]) {
      expect(await bench.rerun(listing(world, left), run, { node: 'list', batches: 'failed' })).toMatchObject({
        status: 'completed',
        output: items.map(item => `twice ${item}`),
      });
      expect(world.take()).toEqual(['list', ...items.map(String), ...items.map(item => `twice ${item}`)]);
    }
  });

  test('that had failed tries it again', async () => {
    const world = new World('after');
    const build = () => checkAndSave(world);
    const { bench, run } = await afterRun(world, build);
    expect(await bench.rerun(build(), run, { node: 'after', batches: 'failed' })).toMatchObject({
      status: 'completed',
    });
    expect(world.take()).toEqual(['after']);
  });

  test('takes a while from its first round', async () => {
    const world = new World();
    let rounds = 0;
    const build = () =>
      workflow(flow =>
        flow
          .while(
            'loop',
            () => rounds % 3 !== 2,
            flow => {
              flow.step('begin', async () => world.act(`begin ${rounds++}`));
            },
          )
          .step('after', async ctx => {
            world.act('after');
            return ctx.steps.loop?.output;
          }),
      );
    const { bench, run } = await afterRun(world, build);
    rounds = 3;
    expect(await bench.rerun(build(), run, { node: 'loop', batches: 'failed' })).toMatchObject({
      status: 'completed',
      output: { rounds: 2 },
    });
    expect(world.take()).toEqual(['begin 3', 'begin 4', 'after']);
  });

  test('sleeps anew, and leaves the earlier sleep on record', async () => {
    const world = new World();
    const build = () =>
      workflow(flow =>
        flow
          .step('a', async () => world.act('a'))
          .sleep('nap', 1)
          .step('b', async () => world.act('b')),
      );
    const { bench, run } = await afterRun(world, build);
    await bench.rerun(build(), run, { node: 'a', batches: 'failed' });
    expect(attemptsOf(bench, run, 'nap').map(({ attempt, status }) => [attempt, status])).toEqual([
      [1, 'superseded'],
      [2, 'succeeded'],
    ]);
  });
});

describe('what cannot be re-run', () => {
  test.each<[string, RerunRequest, RegExp]>([
    [
      'failures, where there are none',
      { batches: 'failed' },
      /^Run 1 has no failed batches: there is nothing to re-run\. Choose others with --batches\.$/,
    ],
    ['failures of a node that has none', { node: 'work', batches: 'failed' }, /^"work" of run 1 has no failed batches/],
    ['an unknown node', { node: 'wrok', batches: 'failed' }, /no node "wrok" that has run\. Did you mean "work"\?/],
    [
      'an unknown node inside a batch',
      { node: 'chek', batches: 'failed' },
      /no node "chek" that has run\. Did you mean "work\/check"\?/,
    ],
    [
      'an unknown node that is like no other',
      { node: 'something else', batches: 'failed' },
      /no node "something else" that has run\.$/,
    ],
    ['an unknown batch', { node: 'work', batches: [1, 3] }, /^work has no batch 3\. Batches are numbered from 0\.$/],
    [
      'a step inside a batch',
      { node: 'save', batches: 'failed' },
      /"save" is a step inside a batch.*Name the batch it belongs to/,
    ],
  ])('%s, is refused in words, and the run is left as it was', async (_what, request, message) => {
    const world = new World();
    const build = () => checkAndSave(world);
    const { bench, run } = await afterRun(world, build);
    const before = contentOf(bench.db);
    expect(() => rerunRun(bench.worker(build()), run, request)).toThrowError(
      expect.objectContaining({ name: 'RerunError', message: expect.stringMatching(message) }),
    );
    expect(() => planRerun(bench.db, run, request)).toThrow(RerunError);
    expect(contentOf(bench.db)).toEqual(before);
  });

  test('what lost a race, or was made good by an onError', async () => {
    const build = () =>
      workflow(flow =>
        flow
          .race('race', [
            async () => {
              throw new Error('no');
            },
            async () => 1,
          ])
          .parallel('both', [
            async () => {
              throw new Error('no');
            },
            async () => 1,
          ])
          .onError(() => 'made good')
          .step('one', async () => {
            throw new Error('no');
          })
          .onError(() => 'made good'),
      );
    const bench = new Bench();
    const { run, status } = await bench.run(build());
    expect(status).toBe('completed');
    expect(() => rerunRun(bench.worker(build()), run, { batches: 'failed' })).toThrow(RerunError);
  });

  test('numbered batches, where there are several nodes and none is named', async () => {
    const build = () => workflow(flow => flow.forEach('a', range(2), () => {}).forEach('b', range(2), () => {}));
    const bench = new Bench();
    const { run } = await bench.run(build());
    expect(() => rerunRun(bench.worker(build()), run, { batches: [0] })).toThrow(
      /several batch nodes \(a, b\)\. Say with --node/,
    );
  });
});

describe('a plan', () => {
  const tolerant = (world: World) =>
    workflow(flow =>
      flow
        .forEach(
          'first',
          range(3),
          (item, flow) => {
            flow
              .step('a', async ctx => {
                await ctx.state.incr('n');
                return world.act(`first a ${item}`);
              })
              .step('b', async () => world.act(`first b ${item}`));
          },
          { tolerateFailures: 'all' },
        )
        .step('between', async () => world.act('between'))
        .forEach(
          'second',
          range(2),
          (item, flow) => {
            flow.step('a', async () => world.act(`second a ${item}`));
          },
          { tolerateFailures: 'all' },
        )
        .step('end', async () => world.act('end')),
    );

  test.each<[string, (world: World) => Definition, string[], RerunRequest, Partial<RerunReport>, string[]]>([
    [
      'of failed batches',
      checkAndSave,
      ['save 2,3', 'check 4,5'],
      { batches: 'failed' },
      {
        nodes: [{ path: 'work', batches: 2, indices: [1, 2] }],
        steps: [],
        reused: { batches: 1, steps: 1 },
        repeats: [],
      },
      ['save 2,3', 'check 4,5', 'save 4,5', 'after'],
    ],
    [
      'of a chosen batch',
      checkAndSave,
      [],
      { batches: [1] },
      {
        nodes: [{ path: 'work', batches: 1, indices: [1] }],
        steps: [],
        reused: { batches: 2, steps: 0 },
        repeats: ['after'],
      },
      ['check 2,3', 'save 2,3', 'after'],
    ],
    [
      'of a failed step',
      checkAndSave,
      ['after'],
      { batches: 'failed' },
      { nodes: [], steps: ['after'], repeats: [] },
      ['after'],
    ],
    [
      'of tolerated failures',
      tolerant,
      ['first b 1'],
      { batches: 'failed' },
      {
        nodes: [{ path: 'first', batches: 1, indices: [1] }],
        steps: [],
        reused: { batches: 2, steps: 1 },
        repeats: ['between', 'second', 'end'],
        takenBack: [],
      },
      ['first b 1', 'between', 'second a 0', 'second a 1', 'end'],
    ],
    [
      'of tolerated failures in two nodes',
      tolerant,
      ['first b 1', 'second a 0'],
      { batches: 'failed' },
      {
        nodes: [{ path: 'first', batches: 1, indices: [1] }],
        steps: [],
        reused: { batches: 2, steps: 1 },
        repeats: ['between', 'second', 'end'],
      },
      ['first b 1', 'between', 'second a 0', 'second a 1', 'end'],
    ],
    [
      'of a chosen batch with additions',
      tolerant,
      [],
      { node: 'first', batches: [0] },
      { nodes: [{ path: 'first', batches: 1, indices: [0] }], takenBack: [{ key: 'n', by: 1 }], notTakenBack: [] },
      ['first a 0', 'first b 0', 'between', 'second a 0', 'second a 1', 'end'],
    ],
    [
      'from a step',
      tolerant,
      [],
      { node: 'between', batches: 'failed' },
      { nodes: [], steps: [], repeats: ['between', 'second', 'end'] },
      ['between', 'second a 0', 'second a 1', 'end'],
    ],
    [
      'of nested batches',
      nested,
      ['b 1.0'],
      { batches: 'failed' },
      {
        nodes: [
          { path: 'outer', batches: 1, indices: [1] },
          { path: 'outer/inner', batches: 1, indices: [0] },
        ],
        reused: { batches: 1 + 3, steps: 2 },
        repeats: [],
      },
      ['b 1.0', 'end 1'],
    ],
    [
      'of rounds',
      rounds,
      ['item 1.1'],
      { batches: 'failed' },
      {
        nodes: [
          { path: 'loop', batches: 1, indices: [1] },
          { path: 'loop/each', batches: 1, indices: [1] },
        ],
      },
      ['item 1.1', 'begin 2', 'item 2.0', 'item 2.1'],
    ],
  ])(
    '%s says what the re-run then does, and leaves the store as it was',
    async (_what, build, broken, request, report, executed) => {
      const world = new World(...broken);
      const { bench, run } = await afterRun(world, () => build(world));
      const before = contentOf(bench.db);
      const plan = planRerun(bench.db, run, request);
      expect(contentOf(bench.db)).toEqual(before);
      expect(plan).toMatchObject(report);
      const rerun = rerunRun(bench.worker(build(world)), run, request);
      expect(rerun.report).toEqual(plan);
      expect(await rerun.done).toMatchObject({ status: 'completed' });
      expect(world.take()).toEqual(executed);
    },
  );

  test('does not count a batch that is cut anew among those that go on, whichever of the two was found first', async () => {
    const world = new World('a 1', 'b 0', 'b 1');
    const build = () =>
      workflow(flow =>
        flow.forEach('outer', range(2), (outer, flow) => {
          const attempt = (name: string) => (item: number, flow: BodyFlow) => {
            flow.step('one', async () => world.act(`${name} ${item}`));
          };
          // The first outer batch goes past a, so that b is known before a is.
          flow
            .if('second', () => outer === 1)
            .forEach('a', [outer], attempt('a'), { tolerateFailures: 'all' })
            .endIf()
            .forEach('b', [outer], attempt('b'), { tolerateFailures: 'all' });
        }),
      );
    const { bench, run } = await afterRun(world, build);
    const rerun = rerunRun(bench.worker(build()), run, { batches: 'failed' });
    expect(rerun.report).toMatchObject({
      nodes: expect.arrayContaining([
        { path: 'outer', batches: 2, indices: [0, 1] },
        { path: 'outer/a', batches: 1, indices: [0] },
        { path: 'outer/b', batches: 1, indices: [0] },
      ]),
      repeats: ['outer/b'],
    });
    expect(await rerun.done).toMatchObject({
      status: 'completed',
      nodes: [{ batches: { succeeded: 2 } }, { batches: { succeeded: 2 } }, { batches: { succeeded: 1 } }],
    });
    expect(world.take()).toEqual(['b 0', 'a 1', 'b 1']);
  });

  test('does not count a step that is repeated among those that had failed, once it has succeeded', async () => {
    const world = new World('after');
    const build = () => checkAndSave(world);
    const { bench, run } = await afterRun(world, build);
    await bench.rerun(build(), run);
    expect(planRerun(bench.db, run, { batches: 'all' })).toMatchObject({ steps: [], repeats: ['after'] });
  });
});

describe('a re-run obeys the limits of its node', () => {
  test('concurrency', async () => {
    const meter = new Meter();
    let broken = true;
    const build = () =>
      workflow(flow =>
        flow.forEach(
          'each',
          range(30),
          (item, flow) => {
            flow.step('one', () =>
              meter.during(async () => {
                await turns();
                if (broken && item % 2 === 0) throw new Error('no');
              }),
            );
          },
          { concurrency: 3 },
        ),
      );
    const bench = new Bench();
    const { run } = await bench.run(build());
    broken = false;
    meter.most = 0;
    expect(await bench.rerun(build(), run)).toMatchObject({ status: 'completed', steps: { executed: 15 } });
    expect(meter.most).toBe(3);
  });

  test('rate limit', async () => {
    const clock = new SimulatedClock();
    const begun: number[] = [];
    let broken = true;
    const build = () =>
      workflow(flow =>
        flow.batch(
          'work',
          { items: range(24), size: 2, concurrency: 12, rateLimit: { items: 6, per: '1s' } },
          (_batch, flow) => {
            flow.step('one', async () => {
              begun.push(clock.now());
              if (broken) throw new Error('no');
            });
          },
        ),
      );
    const bench = new Bench({ clock });
    const { run } = await clock.settle(bench.run(build()));
    broken = false;
    begun.length = 0;
    const from = clock.now();
    expect(await clock.settle(bench.rerun(build(), run))).toMatchObject({ status: 'completed' });
    expect(begun.map(at => at - from)).toEqual([0, 1000, 2000, 3000].flatMap(at => [at, at, at]));
  });
});

describe('an interrupted re-run', () => {
  test('is resumed as any run is', async () => {
    const world = new World('save 0,1', 'save 2,3', 'save 4,5');
    const { bench, run } = await afterRun(world, () => checkAndSave(world));
    const gate = new Gate();
    const rerun = rerunRun(
      bench.worker(
        workflow(flow =>
          flow
            .step('load', async () => [])
            .batch('work', { items: [], size: 2 }, (batch: number[], flow) => {
              flow
                .step('check', async () => world.act(`check ${batch}`))
                .step('save', async () => {
                  if (batch.includes(2)) await gate.pass();
                  return world.act(`save ${batch}`);
                });
            }),
        ),
      ),
      run,
      { batches: 'failed' },
    );
    await gate.reached();
    rerun.run.stopping.request({ as: 'interrupted', reason: 'test' });
    gate.open();
    expect(await rerun.done).toMatchObject({ status: 'interrupted', batches: { succeeded: 2, failed: 0, waiting: 1 } });
    expect(await bench.resume(checkAndSave(world), run)).toMatchObject({
      status: 'completed',
      items: { succeeded: 6 },
    });
    expect(world.take()).toEqual(['save 0,1', 'save 2,3', 'save 4,5', 'after']);
  });
});
