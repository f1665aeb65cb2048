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
    const rerun = await rerunRun(bench.worker(build()), run, { batches: [1] });
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
    const rerun = await rerunRun(bench.worker(build()), run, { batches: 'failed' });
    expect(rerun.report?.takenBack).toEqual([
      { key: 'reports', by: 1 },
      { key: 'later', by: 3 },
    ]);
    expect((await rerun.done).state).toEqual({ reports: 1, later: 3 });
  });
});
