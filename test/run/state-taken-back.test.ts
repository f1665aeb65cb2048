import { describe, expect, test } from 'vitest';
import { rerunRun } from '../../engine/run/execute.ts';
import type { RerunReport, RerunRequest } from '../../engine/run/rerun/request.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';
import type { Context, State } from '../../engine/workflow/types.ts';
import { Interruption } from '../support/interruption.ts';
import { range, World } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

/** Each batch does this once; its items are numbers. */
function each(items: readonly number[], size: number, change: (state: State, batch: number[]) => unknown): Definition {
  return workflow(flow =>
    flow.batch('work', { items, size }, (batch, flow) => {
      flow.step('one', ctx => change(ctx.state, batch as number[]));
    }),
  );
}

async function rerun(
  bench: Bench,
  definition: Definition,
  run: number,
  request: RerunRequest,
): Promise<{ state: unknown; report: RerunReport | undefined }> {
  const again = await rerunRun(bench.worker(definition), run, request);
  return { state: (await again.done).state, report: again.report };
}

describe('what get and set make of a key', () => {
  test.each<[string, number[], number]>([
    ['its item count', range(7), 3],
    ['1, in batches of one', range(3), 1],
  ])('is taken back where each batch adds %s', async (_what, items, size) => {
    const bench = new Bench();
    const build = () => each(items, size, (state, batch) => state.set('n', state.get('n', 0) + batch.length));
    const { run } = await bench.run(build());
    for (const batches of [[0], [2], [0, 1], 'all'] as const) {
      const { state, report } = await rerun(bench, build(), run, { batches });
      expect({ batches, state }).toEqual({ batches, state: { n: items.length } });
      expect(report?.notTakenBack).toEqual([]);
    }
  });

  test('is taken back where each batch adds 1, whatever its size', async () => {
    const bench = new Bench();
    const build = () => each(range(7), 3, state => state.set('batches', state.get('batches', 0) + 1));
    const { run } = await bench.run(build());
    const { state, report } = await rerun(bench, build(), run, { batches: [1] });
    expect(state).toEqual({ batches: 3 });
    expect(report).toMatchObject({ takenBack: [{ key: 'batches', by: 1 }], notTakenBack: [] });
  });

  test.each<[string, number[], (state: State, batch: number[]) => unknown, unknown]>([
    ['a maximum', [3, 9, 5], (state, [item = 0]) => state.set('kept', Math.max(state.get('kept', 0), item)), 9],
    [
      'a list',
      [1, 2, 3],
      (state, [item = 0]) => state.set('kept', [...state.get('kept', [] as number[]), item]),
      [1, 2, 3, 1],
    ],
    [
      'a sum of what is in the items',
      [3, 9, 5],
      (state, [item = 0]) => state.set('kept', state.get('kept', 0) + item),
      20,
    ],
    [
      'a counter that stops at a limit',
      [3, 9, 5],
      state => state.set('kept', Math.min(state.get('kept', 0) + 1, 2)),
      2,
    ],
    [
      'a value that is taken out',
      [3, 9, 5],
      async (state, [item]) => {
        const was = state.get('kept');
        if (was !== undefined) await state.delete('kept');
        if (item !== 5) await state.set('kept', item);
      },
      3,
    ],
  ])('is left as it is, and reported, for %s', async (_what, items, change, after) => {
    const bench = new Bench();
    const { run } = await bench.run(each(items, 1, change));
    const { state, report } = await rerun(bench, each(items, 1, change), run, { batches: [0] });
    expect(state).toEqual({ kept: after });
    expect(report).toMatchObject({ takenBack: [], notTakenBack: ['kept'] });
  });

  test('is not reported where a batch sets what it has not read: it sets the same again', async () => {
    const bench = new Bench();
    const build = () => each([3, 9, 5], 1, (state, [item]) => state.set(`item ${item}`, item));
    const { run, state: before } = await bench.run(build());
    const { state, report } = await rerun(bench, build(), run, { batches: [0, 1] });
    expect(state).toEqual(before);
    expect(report).toMatchObject({ takenBack: [], notTakenBack: [] });
  });

  test('does not build on what an attempt has read that failed', async () => {
    const bench = new Bench();
    const build = () =>
      workflow(flow =>
        flow.forEach('each', range(2), (_item, flow) => {
          flow.step(
            'one',
            async ctx => {
              if (ctx.attempt > 1) return ctx.state.set('n', 7);
              ctx.state.get('n', 0);
              throw new Error('not yet');
            },
            { retry: { attempts: 2, backoff: { delay: 0 } } },
          );
        }),
      );
    const { run } = await bench.run(build());
    const { report } = await rerun(bench, build(), run, { batches: [0] });
    expect(report).toMatchObject({ takenBack: [], notTakenBack: [] });
  });
});

describe('a key that one step reads and a later one sets', () => {
  const build = (between: () => void) =>
    workflow(flow =>
      flow.batch('work', { items: range(30), size: 10 }, (batch, flow) => {
        flow
          .step('read', ctx => ctx.state.get('n', 0))
          .step('between', async ctx => {
            if (ctx.batch?.index === 1) between();
          })
          .step('write', ctx => ctx.state.set('n', Number(flow.steps.read?.output) + batch.length));
      }),
    );

  test('is taken back, also where the process was gone between the two', async () => {
    const bench = new Bench();
    const interruption = new Interruption();
    const here = () => interruption.here();
    const { run, status } = await interruption.run(bench, build(here));
    expect(status).toBe('interrupted');
    expect((await bench.resume(build(here), run)).state).toEqual({ n: 30 });
    for (const batches of [[1], [0], 'all'] as const) {
      const { state, report } = await rerun(bench, build(here), run, { batches });
      expect({ batches, state }).toEqual({ batches, state: { n: 30 } });
      expect(report?.notTakenBack).toEqual([]);
    }
  });

  test('is taken back where the first step has set it already', async () => {
    const bench = new Bench();
    const interruption = new Interruption();
    const twice = () =>
      workflow(flow =>
        flow.forEach('each', range(3), (item, flow) => {
          flow
            .step('once', async ctx => {
              const n = ctx.state.get('n', 0) + 1;
              await ctx.state.set('n', n);
              return n;
            })
            .step('between', async ctx => {
              if (item === 1) interruption.here();
              return ctx.last as number;
            })
            .step('again', ctx => ctx.state.set('n', Number(ctx.last) + 1));
        }),
      );
    const { run } = await interruption.run(bench, twice());
    expect((await bench.resume(twice(), run)).state).toEqual({ n: 6 });
    expect((await rerun(bench, twice(), run, { batches: [1] })).state).toEqual({ n: 6 });
  });
});

describe('members', () => {
  test('of a race: what one wrote that succeeded and lost is taken back, too', async () => {
    const bench = new Bench();
    const build = () =>
      workflow(flow =>
        flow.forEach('each', range(3), (_item, flow) => {
          flow.race('first', {
            // Both are done in one turn of the event loop: both have their checkpoints, and one has won.
            a: async ctx => ctx.state.incr('n'),
            b: async ctx => ctx.state.incr('n'),
          });
        }),
      );
    const { run, state } = await bench.run(build());
    expect(state).toEqual({ n: 6 });
    for (const batches of [[0], 'all'] as const)
      expect((await rerun(bench, build(), run, { batches })).state).toEqual({ n: 6 });
  });

  test.each(['race', 'parallel'] as const)('of a %s that is re-run by its name', async kind => {
    const bench = new Bench();
    const world = new World();
    const members = {
      a: async (ctx: Context) => {
        world.note('a');
        return await ctx.state.incr('n');
      },
      b: async (ctx: Context) => {
        world.note('b');
        return await ctx.state.set('m', ctx.state.get('m', 0) + 1);
      },
    };
    const build = () =>
      workflow(flow => {
        const begun = flow.step('before', ctx => ctx.state.incr('before'));
        const all = kind === 'race' ? begun.race('all', members) : begun.parallel('all', members);
        all.step('after', ctx => ctx.state.incr('after'));
      });
    const { run, state } = await bench.run(build());
    const done = world.take().toSorted();
    expect((await rerun(bench, build(), run, { batches: 'all', node: 'all' })).state).toEqual(state);
    expect(world.take().toSorted()).toEqual(done);
  });

  test('of a race: after a kill the one that came first has still won', async () => {
    const bench = new Bench();
    const build = (crash: boolean) =>
      workflow(flow =>
        flow
          .race('first', {
            a: async () => {
              await Promise.resolve();
              await Promise.resolve();
              return 'a';
            },
            b: async () => 'b',
          })
          .step('next', async () => {
            if (crash) interruption.here();
            return 'done';
          }),
      );
    const interruption = new Interruption();
    const { run } = await interruption.run(bench, build(true));
    // As if the process had been killed between the checkpoints of the members and that of the race.
    bench.db
      .prepare(
        `delete from steps where run = ? and node = (select node from nodes where run = steps.run and path = 'first')`,
      )
      .run(run);
    const { status } = await bench.resume(build(false), run);
    expect(status).toBe('completed');
    const text = bench.db
      .prepare<[number], { output: string }>(
        `select output from steps where run = ? and node = (select node from nodes where run = steps.run and path = 'first')`,
      )
      .get(run)?.output;
    expect(text).toContain('b');
  });
});

test('an addition to a key that a later step has made a text of is left as it is, and reported', async () => {
  const bench = new Bench();
  const build = () =>
    workflow(flow =>
      flow
        .forEach('each', range(3), (_item, flow) => {
          flow.step('one', ctx => ctx.state.incr('n'));
        })
        .forEach('then', range(1), (_item, flow) => {
          flow.step('two', ctx => ctx.state.set('n', 'three'));
        }),
    );
  const { run } = await bench.run(build());
  // The last node has its checkpoint and stays: only a step of a batch before it is repeated.
  const { report } = await rerun(bench, build(), run, { batches: [0], node: 'each' });
  expect(report?.notTakenBack).toEqual(['n']);
});
