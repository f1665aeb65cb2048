import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { acceptOdd, keepOdd, lookForOdd, oddBatches, planOdd } from '../../host/store/odd/odd.ts';
import { range } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';
import { SimulatedClock } from '../support/clock.ts';

/* Batches that succeeded and are far from their like, in real runs on a clock of the test's. */

interface Told {
  readonly lasts?: (index: number) => number;
  readonly output?: (index: number) => unknown;
  readonly items?: number;
}

async function ran({ lasts = () => 60, output = () => 'the usual', items = 63 }: Told) {
  const clock = new SimulatedClock(0);
  const bench = new Bench({ clock });
  const definition = workflow(start =>
    start.batch('clean', { items: () => range(items), size: 3, concurrency: 4 }, (batch, flow) => {
      flow.step('work', async () => {
        const index = (batch[0] ?? 0) / 3;
        await clock.sleep(lasts(index));
        return output(index);
      });
    }),
  );
  await clock.settle(bench.run(definition));
  const store = new StoreConnection(bench.file, path.dirname(bench.file));
  onTestFinished(() => store.close());
  const look = () => {
    const { mark, nodes } = planOdd(store, { run: 1 });
    if (mark !== undefined)
      keepOdd(store, { run: 1, mark, found: lookForOdd(store, { run: 1, nodes, after: 0 }).found });
    return oddBatches(store, { run: 1 }).map(({ index, why }) => [index, why]);
  };
  return { store, bench, look };
}

describe('a batch that succeeded is odd', () => {
  test('when it took far longer than its like, and not when it took twice as long', async () => {
    const { look } = await ran({ lasts: index => (index === 4 ? 2_400 : index === 5 ? 119 : 60) });
    expect(look()).toEqual([[4, 'took 2.4 s, like ones 60 ms']]);
  });

  test('when it put out nothing, or far more, where others do not', async () => {
    const { look } = await ran({
      output: index => (index === 2 ? [] : index === 3 ? 'x'.repeat(3_000) : 'the usual text'),
    });
    expect(look()).toEqual([
      [2, 'put out nothing, like ones put out something'],
      [3, expect.stringMatching(/^put out 1 KB for each item, like ones \d bytes$/)],
    ]);
  });

  test('never among fewer than 20, when many are so, or as the last one that has fewer items', async () => {
    expect((await ran({ items: 30, lasts: index => (index === 4 ? 2_400 : 60) })).look()).toEqual([]);
    expect((await ran({ lasts: index => (index % 3 === 0 ? 2_400 : 60) })).look()).toEqual([]);
    expect((await ran({ items: 64 })).look()).toEqual([]);
  });
});

test('what a person accepts is no longer odd, and who has said so stays on record', async () => {
  const { store, bench, look } = await ran({ lasts: index => (index === 4 || index === 9 ? 2_400 : 60) });
  expect(look().map(([index]) => index)).toEqual([4, 9]);
  acceptOdd(store, { run: 1, scopes: [5] });
  expect(look().map(([index]) => index)).toEqual([9]);
  acceptOdd(store, { run: 1 });
  bench.db.exec('delete from odd_looks');
  expect(look()).toEqual([]);
  const record = bench.db.prepare('select idx, accepted_by from odd_batches where accepted_at is not null').all();
  expect(record).toEqual([
    { idx: 4, accepted_by: expect.any(String) },
    { idx: 9, accepted_by: expect.any(String) },
  ]);
});
