import { describe, expect, test } from 'vitest';
import { all, Ledger, range } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

describe('a body', () => {
  test('that is empty succeeds, and leaves undefined', async () => {
    const summary = await new Bench().run(
      workflow(flow =>
        flow.batch('work', { items: range(5), size: 2 }, () => {}).step('all', ctx => all(ctx.results('work'))),
      ),
    );
    expect(summary).toMatchObject({ status: 'completed', items: { total: 5, succeeded: 5 } });
    expect(summary.output).toEqual(range(3).map(index => ({ index, output: undefined })));
  });

  test('may have another shape for each batch', async () => {
    const ledger = new Ledger();
    const people = [
      { name: 'Ann', ways: ['mail'] },
      { name: 'Ben', ways: ['mail', 'post'] },
      { name: 'Cid', ways: [] },
    ];
    const summary = await new Bench().run(
      workflow(flow =>
        flow.forEach('tell', people, (person, flow) => {
          for (const way of person.ways) flow.step(way, async () => ledger.note(`${way} ${person.name}`));
        }),
      ),
    );
    expect(summary.status).toBe('completed');
    expect(ledger.entries).toEqual(['mail Ann', 'mail Ben', 'post Ben']);
  });

  test('may hold batches and forEach, three levels deep, each with what is around it in reach', async () => {
    const seen: unknown[] = [];
    const library = [{ shelves: [{ books: [1, 2] }, { books: [3] }] }, { shelves: [{ books: [4] }] }];
    const summary = await new Bench().run(
      workflow(flow =>
        flow
          .step('load', async () => library)
          .forEach(
            'outer',
            ctx => ctx.steps.load?.output as typeof library,
            ({ shelves }, flow) => {
              flow
                .step('name', async () => `outer of ${shelves.length}`)
                .forEach('middle', shelves, ({ books }, flow) => {
                  flow
                    .batch('inner', { items: books, size: 1, concurrency: 2 }, ([item], flow) => {
                      flow.step('look', async ctx => {
                        seen.push([item, ctx.steps.name.output, ctx.batch.node, ctx.batch.index]);
                        return item;
                      });
                    })
                    .step('sum', async ctx =>
                      (await all(ctx.results<number>('inner'))).reduce((sum, { output }) => sum + output, 0),
                    );
                })
                .step('sums', async ctx => (await all(ctx.results<number>('middle'))).map(({ output }) => output));
            },
          )
          .step('all', async ctx => (await all(ctx.results('outer'))).map(({ output }) => output)),
      ),
    );
    expect(summary.output).toEqual([[3, 3], [4]]);
    expect(seen).toEqual([
      [1, 'outer of 2', 'inner', 0],
      [2, 'outer of 2', 'inner', 1],
      [3, 'outer of 2', 'inner', 0],
      [4, 'outer of 1', 'inner', 0],
    ]);
    expect(summary.batches.total).toBe(2);
    expect(summary.nodes.map(({ path, batches }) => [path, batches.succeeded])).toEqual([
      ['outer', 2],
      ['outer/middle', 3],
      ['outer/middle/inner', 4],
    ]);
  });

  test('with a nested batch that fails is failed itself, and its siblings are not', async () => {
    const summary = await new Bench().run(
      workflow(flow =>
        flow.forEach('outer', range(3), (outer, flow) => {
          flow.forEach('inner', range(2), (inner, flow) => {
            flow.step('try', async () => {
              if (outer === 1 && inner === 0) throw new Error('no');
            });
          });
        }),
      ),
    );
    expect(summary.nodes.map(({ path, batches }) => [path, batches.succeeded, batches.failed])).toEqual([
      ['outer', 2, 1],
      ['outer/inner', 5, 1],
    ]);
  });
});
