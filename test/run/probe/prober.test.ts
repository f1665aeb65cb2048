import { describe, expect, test } from 'vitest';
import { Prober } from '../../../engine/run/probe/prober.ts';
import type { Definition } from '../../../engine/workflow/nodes.ts';
import { Ledger, range } from '../../support/outside.ts';
import { Bench, workflow } from '../../support/runs.ts';
import { SubflowBench } from '../../support/subflow-bench.ts';

/** The scope of a failed batch of a run. */
function failedScope(bench: Bench, run: number, nth = 0): number {
  const scopes = bench.db
    .prepare<[number], { scope: number }>('select scope from batches where run = ? and status = 3 order by scope')
    .all(run);
  return scopes[nth]?.scope ?? 0;
}

async function proberOf(bench: Bench, definition: Definition, run: number, nth = 0): Promise<Prober> {
  return await Prober.open({ db: bench.db, run, scope: failedScope(bench, run, nth), definition });
}

function refuse(item: number, broken: readonly number[]): number {
  if (broken.includes(item)) throw new Error(`item ${item} is broken`);
  return item;
}

describe('a probe', () => {
  test('executes the body over the chosen items only, with what the steps before have left', async () => {
    const ledger = new Ledger();
    const definition = workflow(flow =>
      flow
        .step('factor', () => 10)
        .batch('work', { items: range(10), size: 5 }, (items, inner) => {
          inner.step('try', async ctx => {
            ledger.note(items.join());
            return items.map(item => refuse(item, [7]) * ctx.steps.factor.output);
          });
        }),
    );
    const bench = new Bench();
    const { run } = await bench.run(definition);
    const prober = await proberOf(bench, definition, run);
    ledger.entries.length = 0;
    expect(await prober.probe([0, 1], false)).toEqual({ passed: true });
    expect(await prober.probe([1, 2, 4], false)).toMatchObject({
      passed: false,
      error: { message: 'item 7 is broken', step: 'work/try' },
    });
    expect(await prober.probe('control', false)).toEqual({ passed: true });
    expect(ledger.entries).toEqual(['5,6', '6,7,9', '0']);
  });

  test('suggests the item that was read last, and the one that the body marks', async () => {
    const definition = workflow(flow =>
      flow.batch('work', { items: range(10).map(id => ({ id })), size: 10 }, (items, inner) => {
        inner.step('try', () => items.map(({ id }) => refuse(id, [4, 8])));
      }),
    );
    const bench = new Bench();
    const { run } = await bench.run(definition);
    const prober = await proberOf(bench, definition, run);
    expect(await prober.probe(range(10), true)).toMatchObject({ passed: false, suspect: 4 });
    expect(await prober.probe([5, 6, 7, 8, 9], true)).toMatchObject({ passed: false, suspect: 8 });
    expect(await prober.probe(range(10), false)).not.toHaveProperty('suspect');
  });

  test('leaves nothing in the store, the state or the log of the run', async () => {
    const definition = workflow(flow =>
      flow
        .step('first', ctx => ctx.state.set('seen', 1))
        .batch('work', { items: range(10), size: 5 }, (items, inner) => {
          inner
            .step('count', async ctx => {
              console.log('counting');
              return await ctx.state.incr('seen', items.length);
            })
            .forEach('each', items, (item, deeper) => {
              deeper.step('try', async ctx => {
                await ctx.state.update<number>('items', (count = 0) => count + 1);
                return refuse(item, [7]);
              });
            });
        }),
    );
    const bench = new Bench();
    const { run, state } = await bench.run(definition);
    expect(state).toMatchObject({ seen: 11 });
    const before = bench.db.serialize();
    const prober = await proberOf(bench, definition, run);
    expect(prober.place.path).toBe('work');
    expect(await prober.probe([0, 1], false)).toEqual({ passed: true });
    expect(await prober.probe([2], false)).toMatchObject({ passed: false });
    expect(await prober.probe([0, 1, 2, 3, 4], true)).toMatchObject({ passed: false });
    expect(bench.db.serialize().equals(before)).toBe(true);
  });

  test('begins with the state of the run, whatever earlier probes have written', async () => {
    const seen: unknown[] = [];
    const definition = workflow(flow =>
      flow
        .step('first', ctx => ctx.state.set('count', 5))
        .batch('work', { items: range(3), size: 3 }, (items, inner) => {
          inner.step('count', async ctx => {
            seen.push(ctx.state.get('count'));
            return await ctx.state.incr('count');
          });
          inner.step('try', () => items.map(item => refuse(item, [1])));
        }),
    );
    const bench = new Bench();
    const { run } = await bench.run(definition);
    const prober = await proberOf(bench, definition, run);
    seen.length = 0;
    await prober.probe([0], false);
    await prober.probe([0, 2], false);
    expect(seen).toEqual([6, 6]);
  });

  test('waits for no delay, no sleep and no retry, and tries once', async () => {
    let tried = 0;
    const definition = workflow(flow =>
      flow.batch('work', { items: range(3), size: 3 }, (items, inner) => {
        inner
          .sleep('1 day')
          .step('try', () => {
            tried += 1;
            return items.map(item => refuse(item, [1]));
          })
          .delay('1 day')
          .retry({ attempts: 3, backoff: { delay: '1 day' } });
      }),
    );
    const clock = {
      now: () => 0,
      elapsed: () => 0,
      reading: () => ({ now: 0, elapsed: 0 }),
      after: (_ms: number, call: () => void) => {
        setImmediate(call);
        return () => undefined;
      },
    };
    const fast = new Bench({ clock });
    const { run } = await fast.run(definition);
    expect(tried).toBe(3);
    const prober = await proberOf(fast, definition, run);
    expect(await prober.probe([0, 1, 2], false)).toMatchObject({ passed: false });
    expect(tried).toBe(4);
  });

  test('gives the body items of its own: what one probe does to them is not seen by the next', async () => {
    const definition = workflow(flow =>
      flow.batch('work', { items: range(4).map(id => ({ id, done: false })), size: 4 }, (items, inner) => {
        inner.step('try', () => {
          for (const item of items) {
            if (item.done) throw new Error('done already');
            item.done = true;
            refuse(item.id, [3]);
          }
        });
      }),
    );
    const bench = new Bench();
    const { run } = await bench.run(definition);
    const prober = await proberOf(bench, definition, run);
    expect(await prober.probe([0, 1], false)).toEqual({ passed: true });
    expect(await prober.probe([0, 1], false)).toEqual({ passed: true });
  });

  test('of a batch inside others builds what stands around it, and reads results of before', async () => {
    const definition = workflow(flow =>
      flow
        .batch('before', { items: range(4), size: 2 }, (items, inner) => {
          inner.step('double', () => items.map(item => item * 2));
        })
        .if('some', () => true)
        .batch('outer', { items: range(4), size: 2 }, (outer, inner) => {
          inner.step('name', () => `outer ${outer.join()}`);
          inner.batch('deep', { items: outer.map(item => item * 10), size: 2 }, (items, deeper) => {
            deeper.step('try', async ctx => {
              const results: unknown[] = [];
              for await (const { output } of ctx.results('before')) results.push(output);
              return items.map(item => {
                if (item === 30) throw new Error(`${ctx.steps.name.output} ${JSON.stringify(results)} ${outer.join()}`);
                return item;
              });
            });
          });
        })
        .endIf(),
    );
    const bench = new Bench();
    const { run } = await bench.run(definition);
    const scope = bench.db
      .prepare<[], { scope: number }>(
        `select scope from batches join nodes using (run, node) where status = 3 and path = 'outer/deep'`,
      )
      .get();
    const prober = await Prober.open({ db: bench.db, run, scope: scope?.scope ?? 0, definition });
    expect(await prober.probe([0], false)).toEqual({ passed: true });
    expect(await prober.probe([1], false)).toMatchObject({ error: { message: 'outer 2,3 [[0,2],[4,6]] 2,3' } });
  });

  test('of a batch whose node is gone from the file is refused, with the reason', async () => {
    const failing = (name: string) =>
      workflow(flow =>
        flow.batch(name, { items: range(2), size: 2 }, (items, inner) => {
          inner.step('try', () => items.map(item => refuse(item, [1])));
        }),
      );
    const bench = new Bench();
    const { run } = await bench.run(failing('work'));
    await expect(proberOf(bench, failing('other'), run)).rejects.toThrow('no longer has the batch node "work"');
  });

  test('that takes longer than the timeout of the batch is told from one that fails', async () => {
    const definition = workflow(flow =>
      flow.batch('work', { items: range(2), size: 2, timeout: 5 }, (items, inner) => {
        inner.step('try', async () => {
          if (items.includes(1)) await new Promise(() => undefined);
        });
      }),
    );
    const bench = new Bench();
    const { run } = await bench.run(definition);
    const prober = await proberOf(bench, definition, run);
    expect(await prober.probe([0, 1], false)).toMatchObject({ passed: false, isExhausted: true });
    expect(await prober.probe([0], false)).toEqual({ passed: true });
  });
});

describe('an effect in a probe', () => {
  test('is not executed: what the run has done gives its receipt, and at any other the probe ends', async () => {
    const done: number[] = [];
    const definition = workflow(flow =>
      flow.batch('work', { items: range(4), size: 4 }, (items, inner) => {
        inner.step('charge', async ctx => {
          for (const item of items) {
            const receipt = await ctx.effect(`charge ${item}`, () => {
              done.push(item);
              return `receipt ${item}`;
            });
            if (item === 1) throw new Error(`no good: ${receipt}`);
          }
        });
      }),
    );
    const bench = new Bench();
    const { run } = await bench.run(definition);
    expect(done).toEqual([0, 1]);
    const before = bench.db.serialize();
    const prober = await proberOf(bench, definition, run);
    expect(await prober.probe([0], false)).toEqual({ passed: true });
    expect(await prober.probe([1], false)).toMatchObject({ error: { message: 'no good: receipt 1' } });
    expect(await prober.probe([2], false)).toEqual({ passed: true, needsEffect: 'charge 2' });
    expect(done).toEqual([0, 1]);
    expect(bench.db.serialize().equals(before)).toBe(true);
  });
});

describe('a subflow in a probe', () => {
  test('starts no run: what its run has come to is given, and where it would need another one the probe ends', async () => {
    const bench = new SubflowBench();
    bench.define('child', flow => flow.step('sum', ctx => (ctx.payload as { sum: number }).sum));
    const definition = workflow(flow =>
      flow.batch('work', { items: [1, 2, 3], size: 3 }, (items, inner) => {
        const sum = items.reduce((total, item) => total + item, 0);
        inner.subflow('call', 'child', () => ({ sum })).step('check', ctx => refuse(ctx.last as number, [6]));
      }),
    );
    const { run } = await bench.run(definition);
    const prober = await proberOf(bench, definition, run);
    expect(await prober.probe([0, 1, 2], false)).toMatchObject({ error: { message: 'item 6 is broken' } });
    expect(await prober.probe([0, 1], false)).toEqual({ passed: true, needsEffect: 'a run of "child"' });
    expect(bench.children(run)).toHaveLength(1);
  });
});
