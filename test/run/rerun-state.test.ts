import { describe, expect, test } from 'vitest';
import { rerunRun } from '../../engine/run/execute.ts';
import { type RerunRequest } from '../../engine/run/rerun/request.ts';
import { range, World } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';
import { afterRun } from '../support/rerun-flows.ts';

describe('state never counts twice', () => {
  type State = {
    get(key: string, fallback: number): number;
    set(key: string, value: number): Promise<void>;
    incr(key: string, by: number): Promise<number>;
    update(key: string, change: (value?: number) => number): Promise<number>;
  };
  const ways: Record<string, (state: State) => Promise<unknown>> = {
    incr: state => state.incr('n', 2),
    'get, then set': async state => state.set('n', state.get('n', 0) + 1),
    'get with another default, then set': async state => state.set('n', state.get('n', -1) + 1),
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

  describe('and what is no count is left as it is, and the report says so', () => {
    type Ctx = {
      state: State & { get(key: string, fallback: unknown): unknown; set(key: string, value: unknown): unknown };
    };
    const changes: Record<string, [change: (ctx: Ctx, item: number) => unknown, once: unknown, again: unknown]> = {
      'a maximum': [({ state }, item) => state.set('k', Math.max(state.get('k', 0), item)), 9, 9],
      'a list': [
        ({ state }, item) => state.set('k', [...(state.get('k', []) as number[]), item]),
        [3, 9, 5],
        [3, 9, 5, 3],
      ],
      'a sum': [({ state }, item) => state.set('k', state.get('k', 0) + item), 17, 20],
      'a list by update': [
        ({ state }, item) => state.update('k', ((list: number[] = []) => [...list, item]) as never),
        [3, 9, 5],
        [3, 9, 5, 3],
      ],
    };
    test.each(Object.entries(changes))('%s', async (_what, [change, once, again]) => {
      const build = () =>
        workflow(flow =>
          flow.forEach('each', [3, 9, 5], (item, flow) => {
            flow.step('one', ctx => change(ctx as unknown as Ctx, item));
          }),
        );
      const bench = new Bench();
      const { run, state } = await bench.run(build());
      expect(state).toEqual({ k: once });
      const rerun = rerunRun(bench.worker(build()), run, { batches: [0] });
      expect(rerun.report).toMatchObject({ takenBack: [], notTakenBack: ['k'] });
      expect((await rerun.done).state).toEqual({ k: again });
    });
  });

  test('with a set that depends on nothing, which is set again', async () => {
    const build = () =>
      workflow(flow =>
        flow.forEach('each', [3, 9], (item, flow) => {
          flow.step('one', ctx => ctx.state.set('last', item)).step('two', ctx => ctx.state.set('last', item + 1));
        }),
      );
    const bench = new Bench();
    const { run } = await bench.run(build());
    const rerun = rerunRun(bench.worker(build()), run, { batches: [0] });
    expect(rerun.report).toMatchObject({ takenBack: [], notTakenBack: [] });
    expect((await rerun.done).state).toEqual({ last: 4 });
  });

  test("with the number of the batch's items, whatever their number", async () => {
    const build = () =>
      workflow(flow =>
        flow.batch('each', { items: range(5), size: 2 }, (items, flow) => {
          flow.step('one', ctx => ctx.state.set('n', (ctx.state.get('n', 0) as number) + items.length));
        }),
      );
    const bench = new Bench();
    const { run } = await bench.run(build());
    const rerun = rerunRun(bench.worker(build()), run, { batches: [0, 2] });
    expect(rerun.report).toMatchObject({ takenBack: [{ key: 'n', by: 3 }], notTakenBack: [] });
    expect((await rerun.done).state).toEqual({ n: 5 });
  });

  test('where one step reads, a later one sets, and the process ended between the two', async () => {
    const bench = new Bench();
    const stop = { at: 1 };
    const build = () =>
      workflow(flow =>
        flow.forEach('each', range(3), (item, flow) => {
          flow
            .step('read', async ctx => {
              const before = ctx.state.get('n', 0) as number;
              if (item === stop.at) started.run.stopping.request({ as: 'interrupted', reason: 'for the test' });
              return before;
            })
            .step('write', ctx => ctx.state.set('n', (ctx.steps.read?.output as number) + 1));
        }),
      );
    const started = await bench.start(build());
    expect(await started.done).toMatchObject({ status: 'interrupted', state: { n: 1 } });
    stop.at = -1;
    expect(await bench.resume(build(), started.id)).toMatchObject({ status: 'completed', state: { n: 3 } });
    const rerun = rerunRun(bench.worker(build()), started.id, { batches: 'all' });
    expect(rerun.report).toMatchObject({ takenBack: [{ key: 'n', by: 3 }], notTakenBack: [] });
    expect((await rerun.done).state).toEqual({ n: 3 });
  });

  test('in members of a race: also what one wrote that succeeded and did not win', async () => {
    const world = new World('after 0');
    const build = () =>
      workflow(flow =>
        flow.forEach('each', range(1), (item, flow) => {
          flow
            .race('first', { a: ctx => ctx.state.incr('n'), b: ctx => ctx.state.incr('n') })
            .step('after', () => world.act(`after ${item}`));
        }),
      );
    const { bench, run, summary } = await afterRun(world, build);
    const again = await bench.rerun(build(), run, { batches: 'failed', fromStart: true });
    expect(again.state).toEqual(summary.state);
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
