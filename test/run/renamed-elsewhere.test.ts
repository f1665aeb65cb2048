import { describe, expect, test } from 'vitest';
import type { NodeAnswers } from '../../engine/run/changed-nodes/answers.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';
import { range, World } from '../support/outside.ts';
import { contentOf } from '../support/rerun-flows.ts';
import { Bench, workflow } from '../support/runs.ts';

/* Answers to a refusal that can't be right: they are refused before anything runs. */

async function failed(broken: string, build: (world: World) => Definition) {
  const world = new World(broken);
  const bench = new Bench();
  const { run } = await bench.run(build(world));
  world.mend();
  world.take();
  const rerun = (now: (world: World) => Definition, answers: NodeAnswers) =>
    bench.rerun(now(world), run, { batches: 'failed', ...answers });
  return { world, bench, rerun };
}

const steps =
  (...names: readonly string[]) =>
  (world: World): Definition =>
    workflow(flow =>
      names.reduce((chain, name) => chain.step(name, () => world.act(name)) as unknown as typeof flow, flow),
    );

const items =
  (name: string) =>
  (world: World): Definition =>
    workflow(flow =>
      flow.forEach(name, range(3), (item, inner) => {
        inner.step('send', () => world.act(`send ${item}`));
      }),
    );

const itemsInRegions = (world: World): Definition =>
  workflow(flow =>
    flow.forEach('region', ['north', 'south'], (region, outer) => {
      outer.forEach('item', range(3), (item, inner) => {
        inner.step('send', () => world.act(`send ${item} to the ${region}`));
      });
    }),
  );

async function expectRefusal(
  { world, bench, rerun }: Awaited<ReturnType<typeof failed>>,
  now: (world: World) => Definition,
  answers: NodeAnswers,
  message: string,
) {
  const before = contentOf(bench.db);
  await expect(async () => await rerun(now, answers)).rejects.toMatchObject({ name: 'RerunError', message });
  expect(contentOf(bench.db)).toEqual(before);
  expect(world.entries).toEqual([]);
}

describe('a new name', () => {
  test('for two nodes is refused: one of them would lose its work', async () => {
    const renamed = [
      { from: 'a', to: 'c' },
      { from: 'b', to: 'c' },
    ];
    await expectRefusal(
      await failed('end', steps('a', 'b', 'end')),
      steps('c', 'end'),
      { renamed },
      '"a" and "b" cannot both be "c" now.',
    );
  });

  test('that stands in the batches of another node is refused: work outside of them has no place there', async () => {
    await expectRefusal(
      await failed('send 1', items('item')),
      itemsInRegions,
      { renamed: [{ from: 'item', to: 'region/item' }] },
      '"item" cannot be renamed to "region/item", which stands in the batches of "region". To do its work anew there: --discard item',
    );
  });

  test('that does not stand in the batches any more is refused', async () => {
    await expectRefusal(
      await failed('send 1 to the north', itemsInRegions),
      items('item'),
      { renamed: [{ from: 'region/item', to: 'item' }] },
      '"region/item" stands in the batches of "region" and cannot be renamed to "item". To do its work anew there: --discard region/item',
    );
  });

  test('of a node together with that of what it stands in is taken', async () => {
    const { world, rerun } = await failed('send 1 to the north', itemsInRegions);
    const now = (of: World) =>
      workflow(flow =>
        flow.forEach('area', ['north', 'south'], (area, outer) => {
          outer.forEach('parcel', range(3), (item, inner) => {
            inner.step('send', () => of.act(`send ${item} to the ${area}`));
          });
        }),
      );
    const renamed = [
      { from: 'region', to: 'area' },
      { from: 'region/item', to: 'area/parcel' },
    ];
    expect(await rerun(now, { renamed })).toMatchObject({ status: 'completed', items: { total: 2, succeeded: 2 } });
    expect(world.entries).toEqual(['send 1 to the north']);
  });
});

test('a forEach that is a while now, whose work is given up, begins with its first round', async () => {
  const { world, rerun } = await failed('send 1', items('item'));
  const now = (of: World) =>
    workflow(flow =>
      flow.while(
        'item',
        ctx => ctx.state.get('round', 0) < 2,
        inner => {
          inner.step('send', async ctx => of.act(`round ${await ctx.state.incr('round')}`));
        },
      ),
    );
  expect(await rerun(now, { discard: ['item'] })).toMatchObject({ status: 'completed', state: { round: 2 } });
  expect(world.entries).toEqual(['round 1', 'round 2']);
});
