import { describe, expect, test } from 'vitest';
import { all, Gate, Ledger, Meter, range, turns } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

describe('concurrency', () => {
  test.each([1, 3, 8])('of %i is reached and never exceeded', async concurrency => {
    const meter = new Meter();
    const summary = await new Bench().run(
      workflow(flow =>
        flow.batch('work', { items: range(20), size: 1, concurrency }, (_batch, flow) => {
          flow.step('one', () => meter.during(() => turns())).step('two', () => meter.during(() => turns()));
        }),
      ),
    );
    expect(summary.status).toBe('completed');
    expect(meter.most).toBe(concurrency);
  });

  test('of 1 does the batches in their order, each to its end', async () => {
    const ledger = new Ledger();
    await new Bench().run(
      workflow(flow =>
        flow.batch('work', { items: range(4), size: 2 }, ([first], flow) => {
          flow
            .step('one', async () => {
              await turns();
              ledger.note(`one ${first}`);
            })
            .action('two', async () => ledger.note(`two ${first}`));
        }),
      ),
    );
    expect(ledger.entries).toEqual(['one 0', 'two 0', 'one 2', 'two 2']);
  });

  test('of a forEach is 1 unless asked', async () => {
    const meters = { plain: new Meter(), asked: new Meter() };
    await new Bench().run(
      workflow(flow =>
        flow
          .forEach('plain', range(5), (_item, flow) => {
            flow.step('one', () => meters.plain.during(() => turns()));
          })
          .forEach(
            'asked',
            range(5),
            (_item, flow) => {
              flow.step('one', () => meters.asked.during(() => turns()));
            },
            { concurrency: 4 },
          ),
      ),
    );
    expect([meters.plain.most, meters.asked.most]).toEqual([1, 4]);
  });

  test('lets a slow batch be overtaken, and results come in the order of the batches all the same', async () => {
    const slow = new Gate();
    const bench = new Bench();
    const run = await bench.start(
      workflow(flow =>
        flow
          .batch('work', { items: range(6), size: 1, concurrency: 2 }, ([item = 0], flow) => {
            flow.step('one', async () => {
              if (item === 0) await slow.pass();
              if (item === 5) slow.open();
              return item * 10;
            });
          })
          .step('all', ctx => all(ctx.results('work'))),
      ),
    );
    expect((await run.done).output).toEqual(range(6).map(index => ({ index, output: index * 10 })));
  });
});

describe('20,000 batches', () => {
  test('finish, are all counted, and memory does not grow with them', async () => {
    const heap: number[] = [];
    const summary = await new Bench().run(
      workflow(flow =>
        flow.forEach(
          'each',
          range(20_000),
          (item, flow) => {
            if (item % 4_000 === 3_999) {
              flow.step('weigh', async () => {
                globalThis.gc?.();
                heap.push(process.memoryUsage().heapUsed);
              });
            }
          },
          { concurrency: 100 },
        ),
      ),
    );
    expect(summary).toMatchObject({ status: 'completed', batches: { total: 20_000, succeeded: 20_000 } });
    expect(heap).toHaveLength(5);
    expect(Math.max(...heap) - Math.min(...heap)).toBeLessThan(8_000_000);
  });

  test('and their results are read in order, page by page', async () => {
    const count = 450; // More than two pages.
    const summary = await new Bench().run(
      workflow(flow =>
        flow
          .forEach(
            'each',
            range(count),
            (item, flow) => {
              flow.step('one', async () => {
                if (item === 7) throw new Error('left out');
                return item;
              });
            },
            { concurrency: 50, tolerateFailures: 1 },
          )
          .step('all', async ctx =>
            (await all(ctx.results<number>('each'))).map(({ index, output }) => [index, output]),
          ),
      ),
    );
    expect(summary.output).toEqual(
      range(count)
        .filter(index => index !== 7)
        .map(index => [index, index]),
    );
  });
});
