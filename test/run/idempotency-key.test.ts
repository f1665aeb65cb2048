import { describe, expect, test } from 'vitest';
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
});
