import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { compareRuns } from '../../host/store/compare.ts';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { range } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

/** Runs the same workflow twice. @param of What the items are, and which of them fail, in each of the runs */
async function twice(of: (run: 1 | 2) => { items: readonly number[]; fails: readonly number[]; add: number }) {
  const bench = new Bench();
  for (const run of [1, 2] as const) {
    const { items, fails, add } = of(run);
    await bench.run(
      workflow(start =>
        start.forEach(
          'rows',
          items,
          (row, inner) => {
            inner.step('double', () => {
              if (fails.includes(row)) throw new Error(`row ${row} is odd`);
              return { total: row * 2 + (row === 3 ? add : 0) };
            });
          },
          { tolerateFailures: '100%' },
        ),
      ),
    );
  }
  // A test is as fast as its machine: what took how long is said here.
  bench.db.exec('update batches set started_at = 1000, ended_at = 1100');
  const store = new StoreConnection(bench.file, path.dirname(bench.file));
  onTestFinished(() => store.close());
  return { store, db: bench.db };
}

const shown = (store: StoreConnection, from = 0) => compareRuns(store, { run: 2, other: 1, path: 'rows', from });

test('batches of two runs are compared by their numbers: state, output, items and time', async () => {
  const { store, db } = await twice(run => ({
    items: run === 1 ? [0, 1, 2, 3, 4, 5] : [0, 1, 2, 3, 9, 5, 6],
    fails: run === 2 ? [1] : [],
    add: run,
  }));
  db.exec(
    'update batches set ended_at = 1900 where run = 2 and idx = 0; update batches set ended_at = 1900 where run = 1 and idx = 2',
  );
  const { batches, next, total } = shown(store);
  expect([next, total]).toEqual([null, 7]);
  expect(batches.map(({ index, differs }) => [index, ...differs])).toEqual([
    [0, 'slower'],
    [1, 'state', 'output'],
    [2, 'faster'],
    [3, 'output'],
    [4, 'output', 'items'],
    [6, 'state'],
  ]);
  expect(batches[1]).toMatchObject({
    here: { status: 'failed', message: 'row 1 is odd', items: 1, ms: 100 },
    there: { status: 'succeeded', output: { attempt: 1 } },
  });
  expect(batches.at(-1)?.there).toBeUndefined();
});

test('runs that are alike differ in nothing, whichever is compared with which', async () => {
  const { store } = await twice(() => ({ items: range(300), fails: [7], add: 0 }));
  expect(shown(store)).toEqual({ batches: [], next: null, total: 300 });
});

test('a run of very many batches is compared some thousands at a time', async () => {
  const { store, db } = await twice(() => ({ items: [0, 1], fails: [], add: 0 }));
  const add = `with recursive n (n) as (select 2 union all select n + 1 from n where n < 2002)
    insert into batches (run, scope, node, parent, idx, items, status) select @run, n + 100, node, 0, n, 1, 2
    from n, (select node from nodes where run = @run and path = 'rows')`;
  for (const run of [1, 2]) db.prepare(add).run({ run });
  db.exec(
    'update splits set batches = 2003; update batches set status = 3 where run = 2 and idx in (1999, 2000, 2002)',
  );
  const pages = [shown(store), shown(store, 2_000)];
  expect(pages.map(({ next }) => next)).toEqual([2_000, null]);
  expect(pages.flatMap(({ batches }) => batches.map(({ index }) => index))).toEqual([1_999, 2_000, 2_002]);
});

test('a node that only one of them has is one whose batches all differ', async () => {
  const { store, db } = await twice(() => ({ items: [0, 1], fails: [], add: 0 }));
  db.exec(`update nodes set path = 'lines' || substr(path, 5) where run = 1`);
  expect(shown(store).batches.map(({ index, differs, there }) => [index, differs, there])).toEqual([
    [0, ['state'], undefined],
    [1, ['state'], undefined],
  ]);
});
