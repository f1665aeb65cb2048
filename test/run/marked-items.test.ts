import { describe, expect, test } from 'vitest';
import type { Context } from '../../engine/index.ts';
import { currentFindings, findingCounts } from '../../engine/store/findings.ts';
import { Bench, workflow } from '../support/runs.ts';
import { range, turns } from '../support/outside.ts';

type Work = (items: number[], ctx: Context) => unknown;

/** Twenty items in batches of five, with the step that is given. */
function batches(work: Work, options: object = {}) {
  return workflow(flow =>
    flow.batch('work', { items: range(20), size: 5, ...options }, (items, flow) => {
      flow.step('try', ctx => work(items, ctx));
    }),
  );
}

async function marked(work: Work, options: object = {}) {
  const bench = new Bench();
  const summary = await bench.run(batches(work, options));
  return { bench, summary, findings: currentFindings(bench.db, summary.run, { limit: 100 }) };
}

function refuse(item: number, broken: readonly number[]): number {
  if (broken.includes(item)) throw new Error(`item ${item} is broken`);
  return item;
}

describe('ctx.item', () => {
  test('names the item at work when its step fails', async () => {
    const { findings, summary } = await marked(async (items, ctx) => {
      for (const [index, item] of items.entries()) {
        ctx.item(index);
        await turns(1);
        refuse(item, [7, 8, 12]);
      }
    });
    expect(findings).toMatchObject([
      { node: 'work', batch: 1, item: 2, position: 7, found: 'marked', error: { message: 'item 7 is broken' } },
      { node: 'work', batch: 2, item: 2, position: 12, found: 'marked', error: { message: 'item 12 is broken' } },
    ]);
    expect(findings[0]?.error).toMatchObject({ step: 'work/try' });
    expect(summary.items).toMatchObject({ total: 20, failed: 10 });
  });

  test('names it, too, in code that never waits', async () => {
    const { findings } = await marked((items, ctx) =>
      items.map((item, index) => {
        ctx.item(index);
        return refuse(item, [13]);
      }),
    );
    expect(findings).toMatchObject([{ batch: 2, item: 3, position: 13 }]);
  });

  test('names nobody where several are worked on at the same time: which of them failed is not known', async () => {
    const { findings } = await marked((items, ctx) =>
      Promise.all(
        items.map(async (item, index) => {
          ctx.item(index);
          await turns(2);
          return refuse(item, [7]);
        }),
      ),
    );
    expect(findings).toEqual([]);
  });

  test('refuses an index that the batch does not have', async () => {
    const { summary } = await marked((items, ctx) => ctx.item(items.length));
    expect(summary.error?.message).toContain('ctx.item(5): the batch has 5 items');
  });

  test('belongs to a batch', async () => {
    const summary = await new Bench().run(workflow(flow => flow.step('one', ctx => ctx.item(0))));
    expect(summary.error?.message).toContain('can be used inside a batch');
  });
});

describe('ctx.each', () => {
  test('tries all items, and names all that failed, each with its own error', async () => {
    const tried: number[] = [];
    const { findings, bench, summary } = await marked((items, ctx) =>
      ctx.each(items, (item: number) => {
        tried.push(item);
        return refuse(item, [5, 8, 19]);
      }),
    );
    expect(tried).toEqual(range(20));
    expect(findings.map(({ batch, item, error }) => [batch, item, error.message])).toEqual([
      [1, 0, 'item 5 is broken'],
      [1, 3, 'item 8 is broken'],
      [3, 4, 'item 19 is broken'],
    ]);
    expect(findingCounts(bench.db, summary.run)).toEqual({ items: 3, batches: 2, waiting: 7 });
    expect(summary.error?.message).toContain('item 5 is broken');
  });

  test('returns what the calls returned, in the order of the items, several at a time', async () => {
    let working = 0;
    let most = 0;
    const bench = new Bench();
    const summary = await bench.run(
      workflow(flow =>
        flow
          .batch('work', { items: range(6), size: 6 }, (items, flow) => {
            flow.step('try', ctx =>
              ctx.each(
                items,
                async (item: number) => {
                  most = Math.max(most, ++working);
                  await turns(7 - item);
                  working -= 1;
                  return item * 2;
                },
                { concurrency: 3 },
              ),
            );
          })
          .step('read', async ctx => {
            for await (const { output } of ctx.results('work')) return output;
            return undefined;
          }),
      ),
    );
    expect(summary.output).toEqual([0, 2, 4, 6, 8, 10]);
    expect(most).toBe(3);
  });

  test('refuses a part of the items, whose indices would be others', async () => {
    const { summary } = await marked((items, ctx) => ctx.each(items.slice(1), () => 1));
    expect(summary.error?.message).toContain('ctx.each got 4 items, and the batch has 5');
  });
});

describe('an item at fault', () => {
  test('is called what the author calls it', async () => {
    const each: Work = (items, ctx) => ctx.each(items, (item: number) => refuse(item, [1, 2, 3, 4]));
    const label = (item: number) => {
      if (item === 1) return 'the first';
      if (item === 2) return 2;
      if (item === 3) throw new Error('no label');
      return { no: 'text' };
    };
    const { findings } = await marked(each, { label });
    expect(findings.map(finding => finding.label)).toEqual([
      'the first',
      '2',
      'its label threw Error: no label',
      expect.stringContaining('not a text'),
    ]);
  });

  test('is explained in the words of the batch', async () => {
    const { findings } = await marked((items, ctx) => ctx.each(items, (item: number) => refuse(item, [1])), {
      explain: (error: Error) => `In plain words: ${error.message}`,
    });
    expect(findings[0]?.error.explain).toBe('In plain words: item 1 is broken');
  });

  test('is no longer one when its batch has succeeded in a re-run', async () => {
    let broken = [1];
    const definition = batches((items, ctx) => ctx.each(items, (item: number) => refuse(item, broken)));
    const bench = new Bench();
    const { run } = await bench.run(definition);
    expect(currentFindings(bench.db, run, { limit: 10 })).toHaveLength(1);
    broken = [];
    await bench.rerun(definition, run);
    expect(currentFindings(bench.db, run, { limit: 10 })).toEqual([]);
  });

  test('is that of the last attempt, where a step is tried again', async () => {
    let attempts = 0;
    const bench = new Bench();
    const summary = await bench.run(
      workflow(flow =>
        flow.batch('work', { items: range(5), size: 5 }, (items, flow) => {
          flow
            .step('try', ctx => {
              attempts += 1;
              return ctx.each(items, (item: number) => refuse(item, attempts === 1 ? [0, 1] : [3]));
            })
            .retry({ attempts: 2, backoff: { delay: 0 } });
        }),
      ),
    );
    expect(currentFindings(bench.db, summary.run, { limit: 10 })).toMatchObject([{ item: 3 }]);
  });
});
