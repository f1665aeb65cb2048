import { describe, expect, test } from 'vitest';
import { encode } from '../../engine/store/codec.ts';
import { Interruption } from '../support/interruption.ts';
import { Bench, workflow } from '../support/runs.ts';

describe('idempotencyKey', () => {
  test('is the same for all attempts of a step, over a retry and a resume', async () => {
    const keys: string[] = [];
    const interruption = new Interruption();
    const bench = new Bench();
    const build = () =>
      workflow(flow =>
        flow.forEach('each', ['a'], (_item, inner) => {
          inner
            .step('pay', ctx => {
              keys.push(ctx.idempotencyKey);
              if (keys.length === 1) throw new Error('refused');
              interruption.here();
            })
            .retry({ attempts: 2, backoff: { delay: 0 } });
        }),
      );
    const first = await interruption.run(bench, build());
    expect((await bench.resume(build(), first.run)).status).toBe('completed');
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
  });

  test('is another for every step, batch, item, round, member, condition and run', async () => {
    const keys: string[] = [];
    const note = (ctx: { idempotencyKey: string }) => {
      keys.push(ctx.idempotencyKey);
    };
    const bench = new Bench();
    const build = () =>
      workflow(flow =>
        flow
          .step('a', note)
          .action('b', note)
          .parallel('both', [note, note])
          .batch('batch', { items: [1, 2], size: 1 }, (_batch, inner) => {
            inner.step('a', note).forEach('each', [1, 2], (_item, innermost) => {
              innermost.step('a', note);
            });
          })
          .if('asked', note)
          .endIf()
          .while(
            'again',
            ctx => {
              note(ctx);
              return ctx.state.get('rounds', 0) < 2;
            },
            inner => {
              inner.step('a', note).action('count', async ctx => {
                await ctx.state.incr('rounds');
              });
            },
          ),
      );
    await bench.run(build());
    const perRun = 4 + 2 * (1 + 2) + 1 + (3 + 2);
    expect(keys).toHaveLength(perRun);
    await bench.run(build());
    expect(new Set(keys).size).toBe(2 * perRun);
  });

  /** The keys of a batch node with one failing batch, noted at each attempt as `items key`. */
  function noting(keys: string[], items: () => number[], broken: () => boolean) {
    return workflow(flow =>
      flow.step('load', items).batch('send', { items: ctx => ctx.steps.load.output, size: 1 }, ([item], inner) => {
        inner.step('mail', ctx => {
          keys.push(`${item} ${ctx.idempotencyKey}`);
          if (item === 2 && broken()) throw new Error('no address');
        });
      }),
    );
  }

  test('is another for other items in the same batch, and the same for the same ones', async () => {
    const keys: string[] = [];
    const bench = new Bench();
    const { run } = await bench.run(
      noting(
        keys,
        () => [1, 2],
        () => true,
      ),
    );
    const again = noting(
      keys,
      () => [1, 2],
      () => true,
    );
    await bench.rerun(again, run);
    await bench.rerun(again, run, { node: 'send', batches: [1], items: encode([3], 'items') });
    const [, two, twoAgain, three] = keys;
    expect(keys).toHaveLength(4);
    expect(twoAgain).toBe(two);
    expect(three?.split(' ')[0]).toBe('3');
    expect(three?.split(' ')[1]).not.toBe(two?.split(' ')[1]);
  });

  test('is another where a re-run splits other items into the same batches', async () => {
    const keys: string[] = [];
    const bench = new Bench();
    const { run } = await bench.run(
      noting(
        keys,
        () => [1, 5],
        () => false,
      ),
    );
    await bench.rerun(
      noting(
        keys,
        () => [1, 6],
        () => false,
      ),
      run,
      { node: 'load', batches: 'all' },
    );
    expect(keys.map(key => key.split(' ')[0])).toEqual(['1', '5', '1', '6']);
    const [one, five, oneAgain, six] = keys.map(key => key.split(' ')[1]);
    expect(oneAgain).toBe(one);
    expect(six).not.toBe(five);
  });

  test('of a step in two batches around each other depends on the items of both', async () => {
    const keys: string[] = [];
    const bench = new Bench();
    const { run } = await bench.run(nested(keys));
    await bench.rerun(nested(keys), run, { node: 'outer', batches: [0], items: encode(['other'], 'items') });
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(2);
  });

  function nested(keys: string[]) {
    return workflow(flow =>
      flow.batch('outer', { items: ['one'], size: 1 }, (_batch, inner) => {
        inner.forEach('inner', [1], (_item, innermost) => {
          innermost.step('pay', ctx => {
            keys.push(ctx.idempotencyKey);
          });
        });
      }),
    );
  }

  test('of an onError is not that of its step, which has asked for something else', async () => {
    const keys: string[] = [];
    const note = (ctx: { idempotencyKey: string }) => {
      keys.push(ctx.idempotencyKey);
    };
    const fail = (ctx: { idempotencyKey: string }) => {
      note(ctx);
      throw new Error('refused');
    };
    await new Bench().run(
      workflow(flow => flow.step('pay', fail).onError(note).parallel('both', { left: fail }).onError(note)),
    );
    expect(keys).toHaveLength(4);
    expect(new Set(keys).size).toBe(4);
  });

  test('of a batch is not that of a member of a node that is called as the batch is', async () => {
    const keys: string[] = [];
    const note = (ctx: { idempotencyKey: string }) => {
      keys.push(ctx.idempotencyKey.replace(/^[^:]*:/, ''));
    };
    await new Bench().run(
      workflow(flow =>
        flow
          .batch('a', { items: [1, 2], size: 1 }, (_batch, inner) => {
            inner.step('b', note);
          })
          .parallel('a[1]', { b: note }),
      ),
    );
    expect(keys.toSorted()).toEqual(['a[0]/b', 'a[1]/b', 'a~21]/b']);
  });
});
