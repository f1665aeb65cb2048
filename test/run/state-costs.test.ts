import { expect, test } from 'vitest';
import { range, turns } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

test('the state keeps nothing of a batch that wrote to it but its numbers', async () => {
  const batches: WeakRef<object>[] = [];
  let alive = 0;
  await new Bench().run(
    workflow(flow =>
      flow
        .batch('work', { items: range(60), size: 2 }, (batch, flow) => {
          batches.push(new WeakRef(batch));
          flow
            .step('one', ctx => ctx.state.set(`batch ${ctx.batch?.index}`, batch.length))
            .step('two', ctx => ctx.state.update(`batch ${ctx.batch?.index}`, n => Number(n) + 1));
        })
        .step('look', async () => {
          // A WeakRef keeps what it points to until the turn in which it was made has ended.
          await turns();
          globalThis.gc?.();
          alive = batches.filter(ref => ref.deref() !== undefined).length;
        }),
    ),
  );
  // Drawn once with no items.
  expect(batches).toHaveLength(1 + 30);
  // The last ones may be on the stack still.
  expect(alive).toBeLessThan(5);
});

/** How often the function of `update` is called by a step that updates a key so often. */
async function callsOf(updates: number, before: 'nothing' | 'incr' | 'set' = 'nothing'): Promise<number> {
  let calls = 0;
  const { state } = await new Bench().run(
    workflow(flow =>
      flow.step('count', async ctx => {
        if (before === 'incr') await ctx.state.incr('n', 0);
        if (before === 'set') await ctx.state.set('n', 0);
        for (const index of range(updates)) {
          const after = await ctx.state.update<number>('n', (n = 0) => {
            calls += 1;
            return n + 1;
          });
          expect(after).toBe(index + 1);
        }
        expect(ctx.state.get('n')).toBe(updates);
      }),
    ),
  );
  expect(state).toEqual({ n: updates });
  return calls;
}

test.each(['nothing', 'incr', 'set'] as const)(
  'update in a loop, after %s, costs its own calls and not their square',
  async before => {
    const [few, many] = [await callsOf(50, before), await callsOf(500, before)];
    expect(many / few).toBeLessThan(12);
  },
);

test('an update that throws, or gives what cannot be stored, changes nothing, and later ones go on from before it', async () => {
  const refused: string[] = [];
  const { state } = await new Bench().run(
    workflow(flow =>
      flow.step('one', async ctx => {
        const attempts: ((list: number[]) => unknown)[] = [
          list => [...list, 1],
          list => {
            list.push(99);
            throw new Error('no');
          },
          () => () => {},
          list => [...list, 2],
        ];
        for (const change of attempts)
          await ctx.state
            .update('list', (list: unknown = []) => change(list as number[]))
            .catch((error: unknown) => refused.push(String(error)));
      }),
    ),
  );
  expect(state).toEqual({ list: [1, 2] });
  expect(refused).toEqual([expect.stringContaining('no'), expect.stringContaining('state["list"]')]);
});

test('what update gives is a copy: a step that changes it changes nothing', async () => {
  const { state } = await new Bench().run(
    workflow(flow =>
      flow.step('one', async ctx => {
        for (const item of range(3)) {
          const list = await ctx.state.update<number[]>('list', (list = []) => {
            list.push(item);
            return list;
          });
          list.push(99);
        }
      }),
    ),
  );
  expect(state).toEqual({ list: [0, 1, 2] });
});
