import { describe, expect, test } from 'vitest';
import { forgetEffectsInFlight } from '../../engine/store/effect-store.ts';
import type { Context } from '../../engine/workflow/types.ts';
import { SimulatedClock } from '../support/clock.ts';
import { Interruption } from '../support/interruption.ts';
import { Bench, workflow } from '../support/runs.ts';

/** A run of one batch an item, whose step does what it is told. */
function each(items: unknown[], act: (ctx: Context, item: never) => unknown, rules: { timeout?: number } = {}) {
  return workflow(flow =>
    flow.forEach('each', items, (item, inner) => {
      inner.step('act', ctx => act(ctx as Context, item as never));
      if (rules.timeout !== undefined) (inner as unknown as { timeout(ms: number): void }).timeout(rules.timeout);
    }),
  );
}

const messageOf = (bench: Bench): string[] =>
  bench.db.prepare<[], string>("select json_extract(error, '$.message') from batches where status = 3").pluck().all();
const statuses = (bench: Bench): unknown =>
  Object.fromEntries(bench.db.prepare<[], [string, string]>('select key, status from effects').raw().all());

describe('an effect that was done', () => {
  test('is not executed again by a retry, a re-run of the failed batches or one of everything: its receipt is returned', async () => {
    const bench = new Bench();
    const sent: string[] = [];
    const receipts: unknown[] = [];
    let fails = 3;
    const build = () =>
      workflow(flow =>
        flow.forEach('each', ['a', 'b'], (item, inner) => {
          inner
            .step('act', async ctx => {
              receipts.push(
                await ctx.effect(`mail ${item as string}`, () => {
                  sent.push(item as string);
                  return { id: `R-${item as string}`, at: new Date(5) };
                }),
              );
              if (item === 'b' && fails-- > 0) throw new Error('later');
            })
            .retry({ attempts: 2, backoff: { delay: 0 } });
        }),
      );
    const first = await bench.run(build());
    expect(first.status).toBe('failed');
    await bench.rerun(build(), first.run);
    await bench.rerun(build(), first.run, { batches: 'all', fromStart: true });
    expect(sent).toEqual(['a', 'b']);
    expect(receipts).toEqual(['a', 'b', 'b', 'b', 'b', 'a', 'b'].map(item => ({ id: `R-${item}`, at: new Date(5) })));
  });

  test('is not executed again when the item of its batch was edited, and is refused when its params are others', async () => {
    const bench = new Bench();
    const charged: number[] = [];
    const build = (withParams: boolean) =>
      each([{ id: 17, cents: 5, town: '' }], async (ctx, item: { id: number; cents: number; town: string }) => {
        const params = withParams ? { params: { cents: item.cents } } : {};
        await ctx.effect(`charge ${item.id}`, () => charged.push(item.cents), params);
        if (item.town === '') throw new Error('no town');
      });
    const first = await bench.run(build(true));
    const items = (value: object[]) => ` ${JSON.stringify(value)}`;
    const refused = await bench.rerun(build(true), first.run, {
      batches: [0],
      items: items([{ id: 17, cents: 9, town: 'Bonn' }]),
    });
    expect(refused.status).toBe('failed');
    expect(messageOf(bench)).toEqual([
      'The effect "charge 17" was done with other params: {"cents":5} then, {"cents":9} now. Another effect needs another key.',
    ]);
    const fixed = await bench.rerun(build(true), first.run, {
      batches: [0],
      items: items([{ id: 17, cents: 5, town: 'Bonn' }]),
    });
    expect(fixed.status).toBe('completed');
    expect(charged).toEqual([5]);
  });

  test('but whose receipt cannot be stored is done all the same, and says what to do', async () => {
    const bench = new Bench();
    let calls = 0;
    const build = () => each(['a'], ctx => ctx.effect('a', () => ({ calls: ++calls, close: () => undefined })));
    const first = await bench.run(build());
    expect(messageOf(bench)).toEqual([expect.stringContaining('the receipt of effect "a".close is a function')]);
    await bench.rerun(build(), first.run);
    expect(messageOf(bench)).toEqual([expect.stringContaining('was done, but what it returned could not be stored')]);
    expect(calls).toBe(1);
  });
});

test('an effect that throws has failed, and is executed again by the next attempt; a verify is asked before', async () => {
  const bench = new Bench();
  const calls: string[] = [];
  const build = (verify?: (key: string) => unknown) =>
    each(['a'], ctx =>
      ctx.effect(
        'a',
        () => {
          calls.push('fn');
          throw new Error('no answer');
        },
        verify && { verify },
      ),
    );
  const first = await bench.run(build());
  expect(statuses(bench)).toEqual({ a: 'failed' });
  await bench.rerun(build(), first.run);
  expect(calls).toEqual(['fn', 'fn']);
  const asked = await bench.rerun(
    build(key => {
      calls.push(`verify ${key}`);
      return 'R-1';
    }),
    first.run,
  );
  expect(asked.status).toBe('completed');
  expect(calls).toEqual(['fn', 'fn', 'verify a']);
  expect(statuses(bench)).toEqual({ a: 'done' });
});

describe('an effect of which nobody knows', () => {
  /** A run whose process was ended while the effect was being executed. */
  async function cutOff(bench: Bench): Promise<number> {
    const interruption = new Interruption();
    const { run } = await interruption.run(
      bench,
      each(['a'], ctx =>
        ctx.effect('a', () => {
          interruption.here();
        }),
      ),
    );
    expect(statuses(bench)).toEqual({ a: 'unknown' });
    return run;
  }

  test('is neither executed nor claimed to be done: its batch fails and says how to settle it', async () => {
    const bench = new Bench();
    const run = await cutOff(bench);
    let calls = 0;
    let attempts = 0;
    const build = () =>
      workflow(flow =>
        flow.forEach('each', ['a'], (_item, inner) => {
          inner
            .step('act', ctx => {
              attempts += 1;
              return ctx.effect('a', () => (calls += 1));
            })
            .retry({ attempts: 3, backoff: { delay: 0 } });
        }),
      );
    const resumed = await bench.resume(build(), run);
    expect(resumed.status).toBe('failed');
    expect(messageOf(bench)).toEqual([
      `It is unknown whether the effect "a" was done: it was cut off between its call and its answer. Look it up, then say so in the Studio (Effects, in the inspector) or with ` +
        `"cronflow effects ${run} --done <key>" or "cronflow effects ${run} --not-done <key>", and re-run. With a verify, ctx.effect looks it up by itself.`,
    ]);
    await bench.rerun(build(), run);
    expect({ calls, attempts }).toEqual({ calls: 0, attempts: 2 });
    expect(statuses(bench)).toEqual({ a: 'unknown' });
  });

  test.each([
    ['was done', 'R-1', 0],
    ['was not done', undefined, 1],
    ['was not done, by null', null, 1],
  ])('is settled by its verify: %s', async (_what, found, calls) => {
    const bench = new Bench();
    const run = await cutOff(bench);
    let called = 0;
    const resumed = await bench.resume(
      each(['a'], ctx =>
        ctx.effect(
          'a',
          () => {
            called += 1;
            return 'R-1';
          },
          { verify: () => found },
        ),
      ),
      run,
    );
    expect(resumed).toMatchObject({ status: 'completed', output: { items: { succeeded: 1 } } });
    expect(called).toBe(calls);
    expect(statuses(bench)).toEqual({ a: 'done' });
  });

  test('stays unknown when its verify throws', async () => {
    const bench = new Bench();
    const run = await cutOff(bench);
    const verify = () => Promise.reject(new Error('the bank does not answer'));
    await bench.resume(
      each(['a'], ctx => ctx.effect('a', () => 'R', { verify })),
      run,
    );
    expect(messageOf(bench)).toEqual(['the bank does not answer']);
    expect(statuses(bench)).toEqual({ a: 'unknown' });
  });
});

test('an effect that a timeout cuts off is unknown, and one that answers after it is done: the next attempt is given its receipt', async () => {
  const clock = new SimulatedClock();
  const bench = new Bench({ clock });
  let calls = 0;
  const build = (late: boolean) =>
    workflow(flow =>
      flow.forEach('each', [late ? 'late' : 'cut'], (item, inner) => {
        inner
          .step('act', ctx =>
            ctx.effect(item as string, async () => {
              calls += 1;
              await clock.sleep(150, late ? undefined : ctx.signal);
              return 'R';
            }),
          )
          .timeout(100)
          .retry({ attempts: 2, backoff: { delay: 0 } });
      }),
    );
  const late = await clock.settle(bench.run(build(true)));
  expect(late.status).toBe('completed');
  expect(calls).toBe(1);
  const cut = await clock.settle(bench.run(build(false)));
  expect(cut.status).toBe('failed');
  expect(statuses(bench)).toEqual({ late: 'done', cut: 'unknown' });
  expect(calls).toBe(2);
});

describe('a key that would stand for two things is refused', () => {
  test('in one attempt, at the same time and one after the other', async () => {
    const bench = new Bench();
    let calls = 0;
    const send = () => (calls += 1);
    await bench.run(each(['a'], ctx => Promise.all([ctx.effect('k', send), ctx.effect('k', send)])));
    await bench.run(
      each(['a'], async ctx => {
        await ctx.effect('k', send);
        await ctx.effect('k', send);
      }),
    );
    expect(messageOf(bench)).toEqual(
      Array.from({ length: 2 }, () => expect.stringContaining('is used twice in one attempt of its step')),
    );
    // Of the first two none: the step had failed before the first one began.
    expect(calls).toBe(1);
  });

  test('in two batches, and in two steps; with the same params both mean the same', async () => {
    const bench = new Bench();
    let calls = 0;
    const send = () => (calls += 1);
    await bench.run(each(['a', 'b'], ctx => ctx.effect('k', send)));
    expect(messageOf(bench)).toEqual([expect.stringContaining('belongs to another batch of "each/act"')]);
    await bench.run(
      workflow(flow => flow.step('one', ctx => ctx.effect('k', send)).step('two', ctx => ctx.effect('k', send))),
    );
    const [{ error }] = bench.db.prepare<[], { error: string }>('select error from runs where id = 2').all() as [
      { error: string },
    ];
    expect(error).toContain('belongs to \\"one\\": \\"two\\" cannot use its key');
    const same = await bench.run(each(['a', 'b'], ctx => ctx.effect('k', send, { params: [1] })));
    expect(same.status).toBe('completed');
    expect(calls).toBe(3);
  });

  test('but not when the items were split into other batches since', async () => {
    const bench = new Bench();
    const sent: number[] = [];
    let list = [1, 2];
    const build = () =>
      workflow(flow =>
        flow
          .step('load', () => list)
          .batch('send', { items: ctx => ctx.steps.load.output, size: 1 }, ([id], inner) => {
            inner.step('mail', ctx => ctx.effect(`mail ${id}`, () => sent.push(id as number)));
          }),
      );
    const first = await bench.run(build());
    list = [3, 1, 2];
    const again = await bench.rerun(build(), first.run, { node: 'load', batches: 'all' });
    expect(again.status).toBe('completed');
    expect(sent).toEqual([1, 2, 3]);
  });
});

test('what is in flight when the run ends is unknown, also where the function answers later', async () => {
  const bench = new Bench({ graceMs: 0 });
  let answer: () => void = () => undefined;
  const started = await bench.start(
    each(['a'], ctx =>
      ctx.effect('a', () => {
        setImmediate(() => started.run.stopping.requestNow({ as: 'interrupted', reason: 'test' }));
        return new Promise<void>(resolve => {
          answer = resolve;
        });
      }),
    ),
  );
  expect((await started.done).status).toBe('interrupted');
  answer();
  await new Promise(resolve => setImmediate(resolve));
  expect(statuses(bench)).toEqual({ a: 'unknown' });
});

test('what a process that was killed had begun is unknown to the next one', async () => {
  const bench = new Bench();
  await bench.run(each(['a'], ctx => ctx.effect('a', () => 'R')));
  bench.db.exec("update effects set status = 'begun'");
  forgetEffectsInFlight(bench.db, 1, 9e15);
  expect(statuses(bench)).toEqual({ a: 'unknown' });
});

test.each([
  [(ctx: Context) => ctx.effect('', () => 1), 'The key of an effect is "". It is a text that names what is done'],
  [(ctx: Context) => ctx.effect(17 as never, () => 1), 'The key of an effect is 17.'],
  [(ctx: Context) => ctx.effect('x'.repeat(1_001), () => 1), 'It has at most 1000; give the rest as params.'],
  [(ctx: Context) => ctx.effect('k', 5 as never), 'ctx.effect("k") got 5 for its second argument.'],
  [(ctx: Context) => ctx.effect('k', () => 1, { verfy: 1 } as never), 'has no option "verfy". Did you mean "verify"?'],
  [(ctx: Context) => ctx.effect('k', () => 1, { verify: 1 as never }), 'verify is 1. It is a function of the key.'],
  [(ctx: Context) => ctx.effect('k', () => 1, { unit: ['mail'] as never }), 'It is singular and plural'],
  [(ctx: Context) => ctx.effect('k', () => 1, { params: () => 1 }), 'the params of effect "k" is a function'],
])('arguments that make no sense are refused: %#', async (act, message) => {
  const bench = new Bench();
  await bench.run(each(['a'], act));
  expect(messageOf(bench)).toEqual([expect.stringContaining(message)]);
  expect(statuses(bench)).toEqual({});
});

test('an effect that is called after its step has ended is refused', async () => {
  const bench = new Bench();
  let late: Promise<unknown> | undefined;
  let kept: Context | undefined;
  await bench.run(
    workflow(flow =>
      flow
        .step('one', ctx => {
          kept = ctx as Context;
        })
        .step('two', () => {
          late = kept?.effect('a', () => 1);
          late?.catch(() => undefined);
        }),
    ),
  );
  await expect(late).rejects.toThrow('came too late: its step has ended');
});
