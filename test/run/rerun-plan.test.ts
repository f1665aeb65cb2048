import { describe, expect, test } from 'vitest';
import { rerunRun } from '../../engine/run/execute.ts';
import { planRerun } from '../../engine/run/rerun/rerun.ts';
import { type RerunReport, type RerunRequest } from '../../engine/run/rerun/request.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';
import type { BodyFlow } from '../../engine/workflow/types.ts';
import { range, World } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';
import { checkAndSave, afterRun, contentOf, nested, rounds } from '../support/rerun-flows.ts';

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
      { nodes: [], steps: ['between'], repeats: ['second', 'end'] },
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
      const rerun = await rerunRun(bench.worker(build(world)), run, request);
      expect(rerun.report).toEqual(plan);
      expect(await rerun.done).toMatchObject({ status: 'completed' });
      expect(world.take()).toEqual(executed);
    },
  );

  test('does not count a batch that is split again among those that continue, whichever of the two was found first', async () => {
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
    const rerun = await rerunRun(bench.worker(build()), run, { batches: 'failed' });
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

test('a plan says how many batches it reuses, and counts no rounds of a while among them', async () => {
  const bench = new Bench();
  const flow = workflow(start =>
    start.while(
      'again',
      ctx => Number(ctx.state.get('rounds', 0)) < 3,
      round => {
        round.batch('work', { items: range(4), size: 1 }, (items, inner) => {
          inner.step('do', ctx => {
            if (items[0] === 0 && ctx.state.get('rounds', 0) === 2) throw new Error('no');
            return items;
          });
        });
        round.step('count', async ctx => await ctx.state.incr('rounds'));
      },
      { maxRounds: 9 },
    ),
  );
  const { run } = await bench.run(flow);
  // All batches of two rounds, and three of the one that failed. What is kept of rounds themselves is not kept count of after a kill.
  expect(planRerun(bench.db, run, { batches: 'failed' }).reused.batches).toBe(4 + 4 + 3);
});
