import { describe, expect, test } from 'vitest';
import { all, range, World } from '../support/outside.ts';
import { attemptsOf, statusesOf } from '../support/recorded.ts';
import { workflow } from '../support/runs.ts';
import { checkAndSave, afterRun, nested } from '../support/rerun-flows.ts';

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
