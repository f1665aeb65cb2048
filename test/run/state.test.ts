import { describe, expect, test } from 'vitest';
import { decode } from '../../engine/store/codec.ts';
import type { Context, State } from '../../engine/workflow/types.ts';
import { Gate, range, turns } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

/** Runs steps one after the other, and gives how the run ended. */
async function steps(...handlers: ((ctx: Context) => unknown)[]) {
  return await new Bench().run(
    workflow(flow => handlers.reduce((chain, handler, index) => chain.step(`step ${index}`, handler), flow)),
  );
}

describe('get, set, incr, update and delete', () => {
  test('do what they say, and a step sees its own writes', async () => {
    const { output, state } = await steps(async ({ state }) => {
      const seen: unknown[] = [state.get('a'), state.get('a', 'none')];
      await state.set('a', 1);
      seen.push(
        state.get('a'),
        await state.incr('a'),
        await state.incr('a', -3),
        state.get('a'),
        await state.incr('new', 5),
      );
      seen.push(
        await state.update('a', a => a * 10),
        state.get('a'),
        await state.update('list', (list: number[] = []) => [...list, 1]),
      );
      await state.delete('a');
      seen.push(state.get('a', 'gone'), await state.incr('a', 2));
      await state.set('left', null);
      return seen;
    });
    expect(output).toEqual([undefined, 'none', 1, 2, -1, -1, 5, -10, -10, [1], 'gone', 2]);
    expect(state).toEqual({ a: 2, new: 5, list: [1], left: null });
  });

  test('are there for later steps, batches and conditions, by ctx.state and by flow.state alike', async () => {
    const seen: unknown[] = [];
    const summary = await new Bench().run(
      workflow(flow =>
        flow
          .step('set', ctx => ctx.state.set('n', 1))
          .batch('work', { items: range(2), size: 1 }, (_batch, flow) => {
            flow
              .step('both', async ctx => {
                await flow.state.incr('n');
                seen.push(ctx.state.get('n'), flow.state.get('n'));
                await ctx.state.incr('n');
                seen.push(ctx.state.get('n'), flow.state.get('n'));
              })
              .action('also in an action', async () => {
                await flow.state.incr('n');
              });
          })
          .if('enough', ctx => ctx.state.get('n') === 7)
          .step('last', async ctx => ctx.state.get('n'))
          .endIf(),
      ),
    );
    expect(seen).toEqual([2, 2, 3, 3, 5, 5, 6, 6]);
    expect(summary.output).toBe(7);
  });

  test('hold what JSON cannot', async () => {
    const values = {
      date: new Date(1),
      map: new Map([[1, new Set(['a'])]]),
      big: 2n,
      bytes: new Uint8Array([1, 2]),
      nan: NaN,
    };
    const { output, state } = await steps(
      ctx => ctx.state.set('values', values),
      async ctx => ctx.state.get('values'),
    );
    expect(output).toEqual(values);
    expect(state).toEqual({ values });
  });

  test.each<[string, (state: State) => unknown, RegExp]>([
    [
      'a value that cannot be stored',
      state => state.set('a', { b: [1, () => 1] }),
      /state\["a"\]\.b\[1\] is a function, which cannot be stored/,
    ],
    ['an update to one', state => state.update('a', () => ({ f() {} })), /state\["a"\]\.f is a function/],
    [
      'adding to a text',
      async state => {
        await state.set('a', 'text');
        await state.incr('a');
      },
      /state\.incr\("a"\): its value is "text", not a number/,
    ],
    ['adding a text', state => state.incr('a', '1' as never), /state\.incr\("a"\) by "1": the amount is a number/],
    ['adding NaN', state => state.incr('a', NaN), /by NaN/],
    ['an async update', state => state.update('a', async () => 1), /state\.update got an async function/],
    [
      'an update to a value',
      state => state.update('a', 3 as never),
      /state\.update\("a"\) got 3: its second argument is a function/,
    ],
    ['a key that is no text', async state => state.get(3 as never), /The key of a state value is 3: it is a text/],
  ])('refuse %s, and the step fails', async (_what, act, message) => {
    const { status, error, state } = await steps(async ctx => {
      await act(ctx.state);
    });
    expect({ status, state }).toEqual({ status: 'failed', state: {} });
    expect(error?.message).toMatch(message);
  });

  test('give values that are copies: changing one changes nothing', async () => {
    const { output, state } = await steps(
      async ({ state }) => {
        const spoil = (list: { n: number }[]) => {
          for (const one of list) one.n = 99;
        };
        const list = [{ n: 1 }];
        await state.set('list', list);
        spoil(list);
        spoil(state.get('list', list));
        spoil(await state.update('list', (list: { n: number }[] = []) => [...list, { n: 10 }]));
        return state.get('list');
      },
      async ({ state }) => {
        state.get('list').push('spoilt');
        (await state.update('list', list => list)).push('spoilt');
        return state.get('list');
      },
    );
    expect(output).toEqual([{ n: 1 }, { n: 10 }]);
    expect(state).toEqual({ list: [{ n: 1 }, { n: 10 }] });
  });
});

describe('writes of a step', () => {
  test('are dropped when it throws, and made once when a retry succeeds', async () => {
    const { state } = await new Bench().run(
      workflow(flow =>
        flow
          .step('first', ctx => ctx.state.set('n', 10))
          .step('flaky', async ctx => {
            const seen = ctx.state.get('n');
            await ctx.state.incr('n');
            await ctx.state.set(`try ${ctx.attempt}`, seen);
            await ctx.state.delete('none');
            if (ctx.attempt < 3) throw new Error('not yet');
          })
          .retry({ attempts: 3, backoff: { delay: 0 } })
          .step('failing', async ctx => {
            await ctx.state.incr('n');
            throw new Error('no');
          })
          .onError(async ctx => {
            await ctx.state.set('answered', ctx.state.get('n'));
          }),
      ),
    );
    expect(state).toEqual({ n: 11, 'try 3': 10, answered: 11 });
  });

  test('are dropped when its result cannot be stored', async () => {
    const { state } = await steps(async ctx => {
      await ctx.state.set('n', 1);
      return () => 1;
    });
    expect(state).toEqual({});
  });

  test('are seen by nobody before it succeeds', async () => {
    const gate = new Gate();
    const bench = new Bench();
    const run = await bench.start(
      workflow(flow =>
        flow
          .forEach(
            'each',
            range(2),
            (item, flow) => {
              flow.step('one', async ctx => {
                if (item === 0) {
                  await ctx.state.set('n', 1);
                  await gate.pass();
                } else {
                  await gate.reached();
                  const seen = ctx.state.get('n', 'nothing');
                  gate.open();
                  return seen;
                }
              });
            },
            { concurrency: 2 },
          )
          .step('last', async ctx => {
            for await (const { index, output } of ctx.results('each')) if (index === 1) return output;
          }),
      ),
    );
    expect(await run.done).toMatchObject({ output: 'nothing', state: { n: 1 } });
  });

  test('are committed with its checkpoint, in one transaction', async () => {
    const bench = new Bench();
    const stored = () =>
      bench.db
        .prepare<[], { steps: number; n: string | null }>(
          `select (select count(*) from steps where status = 2 and scope > 0) as steps, (select value from state where key = 'n') as n`,
        )
        .get();
    const seen: unknown[] = [];
    const watch = setInterval(() => seen.push(stored()), 0);
    await bench.run(
      workflow(flow =>
        flow.forEach('each', range(20), (_item, flow) => {
          // What the next step finds in the store is all of what the one before has left.
          flow
            .step('count', ctx => ctx.state.incr('n'))
            .action('look', async () => {
              seen.push(stored());
              await turns(2);
            });
        }),
      ),
    );
    clearInterval(watch);
    for (const { steps, n } of seen as { steps: number; n: string | null }[]) {
      expect(n === null ? 0 : decode(n)).toBe(Math.ceil(steps / 2));
    }
    expect(seen.length).toBeGreaterThanOrEqual(20);
  });

  test('that come after its end are refused, whichever way they come', async () => {
    const refused: Promise<unknown>[] = [];
    const late = (write: () => Promise<unknown>) => {
      refused.push(
        turns(2)
          .then(write)
          .then(
            () => 'made',
            (error: Error) => error.message,
          ),
      );
    };
    const { state } = await new Bench().run(
      workflow(flow =>
        flow
          .forEach('each', [1], (_item, flow) => {
            flow.step('careless', async ctx => {
              late(() => ctx.state.set('a', 1));
              late(() => ctx.state.incr('a'));
              late(() => ctx.state.update('a', () => 1));
              late(() => ctx.state.delete('a'));
              late(() => flow.state.set('b', 1));
            });
          })
          .step('wait', async () => await Promise.all(refused)),
      ),
    );
    expect(state).toEqual({});
    expect(await Promise.all(refused)).toEqual(
      [
        ['set', 'a'],
        ['incr', 'a'],
        ['update', 'a'],
        ['delete', 'a'],
        ['set', 'b'],
      ].map(
        ([call, key]) =>
          `state.${call}("${key}") came too late: its step has ended. Await everything a step does before it returns.`,
      ),
    );
  });

  test('are refused where items are read, for which there is no checkpoint', async () => {
    const { error } = await new Bench().run(
      workflow(flow =>
        flow.forEach(
          'each',
          async ctx => {
            await ctx.state.set('a', 1);
            return [];
          },
          () => {},
        ),
      ),
    );
    expect(error?.message).toMatch(/state\.set\("a"\) came too late: items are read outside any step/);
  });
});

describe('a resume', () => {
  test('finds the state as the last checkpoint left it', async () => {
    const bench = new Bench();
    const build = (stop: () => void) =>
      workflow(flow =>
        flow
          .step('init', ctx => ctx.state.set('n', { list: [1] }))
          .forEach('each', range(4), (item, flow) => {
            flow.step('one', async ctx => {
              await ctx.state.update('n', n => ({ list: [...n.list, item] }));
              if (item === 2) stop();
            });
          }),
      );
    const run = await bench.start(build(() => run.run.stopping.request({ as: 'interrupted', reason: 'test' })));
    expect((await run.done).state).toEqual({ n: { list: [1, 0, 1, 2] } });
    expect(
      (
        await bench.resume(
          build(() => {}),
          run.id,
        )
      ).state,
    ).toEqual({ n: { list: [1, 0, 1, 2, 3] } });
  });
});
