import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { getBatch, listBatches } from '../../host/store/batches.ts';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { getLogEvents } from '../../host/store/values.ts';
import { getTimeline } from '../../host/store/timeline.ts';
import { range } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';
import { WorkerBench } from '../support/worker-bench.ts';

/* What the author calls batches of one item. */

function stored(bench: Bench): StoreConnection {
  const store = new StoreConnection(bench.file, path.dirname(bench.file));
  onTestFinished(() => store.close());
  return store;
}

function labelsOf(store: StoreConnection, node: number): (string | undefined)[] {
  const where = { run: 1, node, where: {}, sort: 'index' as const, offset: 0, limit: 1_000 };
  return listBatches(store, where).rows.map(({ label }) => label);
}

const orders = (options: object = {}) =>
  workflow(flow =>
    flow.forEach(
      'send',
      range(600),
      (order, flow) => {
        flow.step('post', () => {
          if (order === 17) throw new Error('no address');
        });
      },
      { label: (order: number) => (order === 7 ? '' : `Order ${order}`), concurrency: 50, ...options },
    ),
  );

test('a batch of one item is called as its item is, over all pages of items', async () => {
  const bench = new Bench();
  await bench.run(orders());
  const store = stored(bench);
  expect(labelsOf(store, 1)).toEqual(range(600).map(order => (order === 7 ? undefined : `Order ${order}`)));
  const { rows } = listBatches(store, { run: 1, node: 1, where: {}, sort: 'index', offset: 599, limit: 1 });
  expect(getBatch(store, { run: 1, scope: rows[0]?.scope ?? 0 }).batch.label).toBe('Order 599');
  const { bars } = getTimeline(store, { run: 1, columns: 100 });
  expect(bars.filter(({ index }) => index === 17).map(({ label }) => label)).toContain('Order 17');
  const { events } = getLogEvents(store, { run: 1, from: 0, limit: 10 });
  expect(events.flatMap(({ kind, batch }) => (batch ? [[kind, batch.label]] : []))).toEqual([
    ['batch-failed', 'Order 17'],
  ]);
});

test('the same where workers execute them', async () => {
  const bench = new WorkerBench();
  await bench.run(orders({ workers: 2 }));
  expect(labelsOf(stored(bench), 1)[599]).toBe('Order 599');
});

test('a batch of several items has no name, and the last one, which has one item, neither', async () => {
  const bench = new Bench();
  await bench.run(
    workflow(flow =>
      flow.batch('send', { items: range(5), size: 2, label: order => `Order ${order}` }, (orders, flow) => {
        flow.step('post', () => orders.length);
      }),
    ),
  );
  expect(labelsOf(stored(bench), 1)).toEqual([undefined, undefined, undefined]);
});

test('names that are damaged in the store are none', async () => {
  const bench = new Bench();
  await bench.run(orders());
  bench.db.prepare("update item_pages set labels = '{' where first_scope < 100").run();
  const labels = labelsOf(stored(bench), 1);
  expect([labels[0], labels[599]]).toEqual([undefined, 'Order 599']);
});
