import { describe, expect, test } from 'vitest';
import type { NodeAnswers } from '../../engine/run/changed-nodes/answers.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';
import type { Workflow } from '../../engine/workflow/types.ts';
import { range, World } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

/* What a node has stored under the names of its parts, when these are renamed: the way of an `if`, the members of a `parallel`. */

/** A run that has failed; its cause is gone, and what it did is forgotten. */
async function failed(broken: string, build: (world: World) => Definition) {
  const world = new World(broken);
  const bench = new Bench();
  const { run } = await bench.run(build(world));
  world.mend();
  world.take();
  const rerun = (now: (world: World) => Definition, answers: NodeAnswers = {}) =>
    bench.rerun(now(world), run, { batches: 'failed', ...answers });
  return { world, bench, run, rerun };
}

interface Names {
  readonly first?: string;
  readonly second?: string | null;
  readonly hasElse?: boolean;
}

/** Of each number it is asked whether it is small, or else big. */
const sorting =
  ({ first = 'small', second = 'big', hasElse = true }: Names) =>
  (world: World) =>
    workflow(flow =>
      flow.forEach('number', range(6), (n, inner) => {
        const small = inner.if(first, () => n < 2).step('do the small', () => world.act(`small ${n}`));
        if (second !== null) small.elseIf(second, () => n < 4).step('do the big', () => world.act(`big ${n}`));
        if (hasElse) small.else().step('do the rest', () => world.act(`rest ${n}`));
        small.endIf().step('done', () => n);
      }),
    );

describe('the way that an `if` took', () => {
  test('is still taken when the `if` has another name: what stands in it is not passed over', async () => {
    const { world, rerun } = await failed('small 1', sorting({}));
    const ended = await rerun(sorting({ first: 'tiny' }), { renamed: [{ from: 'number/small', to: 'number/tiny' }] });
    expect(world.entries).toEqual(['small 1']);
    expect(ended).toMatchObject({ status: 'completed', items: { total: 6, succeeded: 6 } });
  });

  test('is still taken by a batch that is re-run only later', async () => {
    const world = new World('small 0', 'small 1');
    const bench = new Bench();
    const { run } = await bench.run(sorting({})(world));
    world.mend();
    world.take();
    const now = () => sorting({ first: 'tiny' })(world);
    await bench.rerun(now(), run, { batches: [1], renamed: [{ from: 'small', to: 'number/tiny' }] });
    expect(world.take()).toEqual(['small 1']);
    await bench.rerun(now(), run);
    expect(world.take()).toEqual(['small 0']);
  });

  test('is refused when it has another name, and taken under the name that is said', async () => {
    const { world, rerun } = await failed('big 3', sorting({}));
    const now = sorting({ second: 'huge' });
    await expect(async () => await rerun(now)).rejects.toMatchObject({
      name: 'ChangedNodesError',
      message: [
        'Run 1 cannot continue with the file as it is now, because it has work of nodes that have changed:',
        '  "number/small" (1 result) took the way "big", which is not in the file any more. New in it: "huge".',
      ].join('\n'),
      changed: [{ path: 'number/small', now: 'lost way', way: 'big', results: 1, candidates: ['huge'] }],
    });
    expect(world.entries).toEqual([]);
    const ended = await rerun(now, { renamed: [{ from: 'big', to: 'huge' }] });
    expect(world.entries).toEqual(['big 3']);
    expect(ended).toMatchObject({ status: 'completed', items: { total: 6, succeeded: 6 } });
  });

  test('is refused when it is gone, and asked for again when it is discarded', async () => {
    const { world, rerun } = await failed('big 3', sorting({}));
    const now = sorting({ second: null });
    await expect(async () => await rerun(now)).rejects.toThrow(
      '"number/small" (1 result) took the way "big", which is not in the file any more.',
    );
    await rerun(now, { discard: ['number/small'] });
    expect(world.entries).toEqual(['rest 3']);
  });

  test('leads on where its `else` is gone: there is nothing in it any more', async () => {
    const { world, rerun } = await failed('rest 5', sorting({}));
    expect(await rerun(sorting({ hasElse: false }))).toMatchObject({ status: 'completed' });
    expect(world.entries).toEqual([]);
  });

  test('a new name for a way that is not in the file is refused', async () => {
    const { rerun } = await failed('big 3', sorting({}));
    await expect(
      async () => await rerun(sorting({ second: 'huge' }), { renamed: [{ from: 'big', to: 'hug' }] }),
    ).rejects.toThrow('The file has no node "hug". Did you mean "huge"?');
  });

  test('in a body that cannot be drawn, is missed by the batch that took it', async () => {
    const hidden =
      (second: string) =>
      (world: World): Definition =>
        workflow(flow =>
          flow.forEach('number', [{ n: 1 }], (item, inner) => {
            // Without an item it throws: nobody can look into it beforehand.
            const { n } = item;
            inner
              .if('small', () => n < 1)
              .step('do the small', () => world.act('small'))
              .elseIf(second, () => n < 4)
              .step('do the big', () => world.act('big'))
              .endIf();
          }),
        );
    const { world, rerun } = await failed('big', hidden('big'));
    expect(await rerun(hidden('huge'))).toMatchObject({ status: 'failed' });
    expect(world.entries).toEqual([]);
  });
});

describe('the result of a `parallel`', () => {
  const both =
    (first: string) =>
    (world: World): Definition =>
      workflow(flow =>
        (
          flow.parallel('both', {
            [first]: () => world.act('first'),
            second: () => world.act('second'),
          }) as unknown as Workflow
        ).step('use', (ctx: { last: unknown }) => {
          world.act('use');
          return ctx.last;
        }),
      );

  test('has the new name of a member, and no member is executed again', async () => {
    const { world, rerun } = await failed('use', both('one'));
    const ended = await rerun(both('eins'), { renamed: [{ from: 'both/one', to: 'both/eins' }] });
    expect(ended).toMatchObject({ status: 'completed', output: { eins: 'first', second: 'second' } });
    expect(world.entries).toEqual(['use']);
  });

  test('has a member that is put before the others', async () => {
    const list =
      (...members: readonly string[]) =>
      (world: World): Definition => {
        const all: Record<string, () => unknown> = {
          prices: () => world.act('prices'),
          stock: () => world.act('stock'),
          names: () => world.act('names'),
        };
        return workflow(flow =>
          (flow.parallel(members.map(member => all[member]) as never) as unknown as Workflow).step(
            'use',
            (ctx: { last: unknown }) => {
              world.act('use');
              return ctx.last;
            },
          ),
        );
      };
    const { world, rerun } = await failed('use', list('prices', 'stock'));
    const ended = await rerun(list('names', 'prices', 'stock'));
    expect(ended).toMatchObject({ status: 'completed', output: ['names', 'prices', 'stock'] });
    expect(world.entries).toEqual(['names', 'use']);
  });
});
