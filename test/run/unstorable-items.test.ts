import { expect, test } from 'vitest';
import { encode } from '../../engine/store/codec.ts';
import { range, World } from '../support/outside.ts';
import { batchesOf } from '../support/recorded.ts';
import { Bench, workflow } from '../support/runs.ts';

const rows = (bad: number) => range(7).map(n => ({ n, save: n === bad ? () => n : undefined }));
const MESSAGE =
  'Item 4 of "row", counted from 0: item.save is a function, which cannot be stored. ' +
  'Return plain data: leave it out, or copy the fields you need.';

test('an item that cannot be stored fails its batch alone, with its position in the source', async () => {
  const world = new World();
  const bench = new Bench();
  const build = () =>
    workflow(flow =>
      flow.forEach('row', rows(4), (row, inner) => {
        inner.step('go', () => world.act(`row ${row.n}`));
      }),
    );
  const summary = await bench.run(build());
  expect(summary).toMatchObject({ status: 'failed', items: { total: 7, succeeded: 6, failed: 1 } });
  expect(batchesOf(bench, summary.run, 'row')[4]).toMatchObject({ status: 'failed', error: { message: MESSAGE } });
  expect(world.take()).toEqual([0, 1, 2, 3, 5, 6].map(n => `row ${n}`));
  // It is what it was: a re-run says so again, and with another item in its place the run completes.
  expect(await bench.rerun(build(), summary.run)).toMatchObject({
    status: 'failed',
    items: { succeeded: 6, failed: 1 },
  });
  const items = encode([{ n: 44 }], 'items');
  expect(await bench.rerun(build(), summary.run, { node: 'row', batches: [4], items })).toMatchObject({
    status: 'completed',
    items: { succeeded: 7 },
  });
  expect(world.entries).toEqual(['row 44']);
});

test('of a batch of several, from a stream, the position counts over all batches', async () => {
  const bench = new Bench();
  const { run, items } = await bench.run(
    workflow(flow =>
      flow.batch(
        'row',
        {
          items: async function* () {
            yield* rows(4);
          },
          size: 3,
        },
        (batch, inner) => {
          inner.step('go', () => batch.length);
        },
      ),
    ),
  );
  expect(items).toMatchObject({ total: 7, succeeded: 4, failed: 3 });
  expect(batchesOf(bench, run, 'row')[1]).toMatchObject({ status: 'failed', error: { message: MESSAGE } });
});

test('what cannot be stored is not tried again', async () => {
  const bench = new Bench();
  const { run } = await bench.run(
    workflow(flow =>
      flow.forEach(
        'row',
        rows(4),
        (row, inner) => {
          inner.step('go', () => row.n);
        },
        { retry: { attempts: 3 } },
      ),
    ),
  );
  expect(batchesOf(bench, run, 'row')[4]).toMatchObject({ status: 'failed', attempt: 1 });
});
