import { expect, test } from 'vitest';
import { hasItemsToGoWithout, itemsToGoWithout } from '../../engine/run/items/go-without.ts';
import type { Context } from '../../engine/index.ts';
import { comparedItems } from '../../engine/store/sampled-items.ts';
import { Bench, workflow } from '../support/runs.ts';
import { range } from '../support/outside.ts';

const SEND = new Set(['send']);

/** Two nodes with a failed batch each. The items of the first are named by the steps, too, and stay where they are. */
async function twoNodes(): Promise<Bench> {
  const bench = new Bench();
  const body = (items: number[], inner: { step(name: string, handler: (ctx: Context) => unknown): unknown }) =>
    void inner.step('try', ctx =>
      ctx.each(items, item => {
        if (item === 3) throw new Error('item 3 is broken');
      }),
    );
  const options = { size: 10, tolerateFailures: 'all' } as const;
  await bench.run(
    workflow(flow =>
      flow
        .batch('look', { items: range(20), ...options }, body as never)
        .batch('send', { items: range(20), ...options }, body as never),
    ),
  );
  return bench;
}

/** Names more items of a node's failed batch, as its step would have done. */
function mark(bench: Bench, node: string, more: number): number {
  const scope = bench.db
    .prepare<[string], number>(
      'select b.scope from batches b join nodes n using (run, node) where n.path = ? and b.status = 3',
    )
    .pluck()
    .get(node);
  if (scope === undefined) throw new Error(`no batch of ${node} has failed`);
  bench.db
    .prepare(
      `with recursive n(item) as (select 10 union all select item + 1 from n where item < 9 + @more)
       insert into findings (run, scope, batch_attempt, item, position, found, error)
       select 1, @scope, f.batch_attempt, n.item, n.item, 'marked', f.error from findings f, n where f.scope = @scope and f.item = 3`,
    )
    .run({ scope, more });
  return scope;
}

test('items that other nodes name, however many, hide none of the node that goes without its own', async () => {
  const bench = await twoNodes();
  expect(itemsToGoWithout(bench.db, 1, SEND)).toMatchObject([{ item: 3 }]);
  mark(bench, 'look', 12_000);
  expect(itemsToGoWithout(bench.db, 1, SEND)).toMatchObject([{ item: 3 }]);
  expect(hasItemsToGoWithout(bench.db, 1, SEND)).toBe(true);
});

test('more than 100,000 items of one batch are all set aside, and more than half of them fail it', async () => {
  const bench = await twoNodes();
  const scope = mark(bench, 'send', 120_000);
  const grow = bench.db.prepare('update batches set items = ? where scope = ?');
  grow.run(300_000, scope);
  const items = itemsToGoWithout(bench.db, 1, SEND);
  expect(items).toHaveLength(120_001);
  expect(items.at(-1)).toEqual({ scope, item: 120_009 });
  grow.run(200_000, scope);
  expect(itemsToGoWithout(bench.db, 1, SEND)).toEqual([]);
  expect(hasItemsToGoWithout(bench.db, 1, SEND)).toBe(false);
});

test('more failed batches than are read at a time are all taken, each once', async () => {
  const bench = await twoNodes();
  bench.db.exec(`with recursive n(i) as (select 1 union all select i + 1 from n where i < 1200)
    insert into batches (run, scope, node, parent, idx, items, attempt, status)
    select 1, 1000 + n.i, b.node, 0, 1000 + n.i, 10, 1, 3 from n, batches b join nodes using (run, node) where path = 'send' and b.idx = 0;
    insert into findings (run, scope, batch_attempt, item, position, found, error)
    select 1, b.scope, 1, 4, 4, 'marked', f.error from batches b, (select error from findings limit 1) f where b.scope > 1000;`);
  const items = itemsToGoWithout(bench.db, 1, SEND);
  expect(items).toHaveLength(1201);
  expect(new Set(items.map(place => JSON.stringify(place)))).toHaveProperty('size', 1201);
});

test('what the items at fault of a node have in common is asked of its own, whatever other nodes name', async () => {
  const bench = await twoNodes();
  mark(bench, 'look', 20_000);
  expect(comparedItems(bench.db, 1, 'send').atFault).toEqual([3]);
});
