import { expect, test } from 'vitest';
import { storedStepCounts } from '../../engine/store/progress-queries.ts';
import { groupsOfRows } from '../../engine/store/tally-from-rows.ts';
import { BatchReader } from '../../engine/store/batch-reader.ts';
import { range } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

/* Few nodes are counted side by side and many are sorted: what comes out is what the rows say. */

test.each([1, 3, 12])('the counts of %i nodes are those of their rows', async nodes => {
  const bench = new Bench();
  const { run } = await bench.run(
    workflow(flow => {
      let chain = flow;
      for (const node of range(nodes))
        chain = chain.batch(
          `node-${node}`,
          { items: range(7 + node), size: 2, tolerateFailures: 'all' },
          (batch, inner) => {
            inner.step('step', async () => {
              if (batch[0] === 2) throw new Error('no');
            });
            inner.forEach('inner', range(2), (_, most) => {
              most.step('deep', async () => 1);
            });
          },
        ) as never;
      return chain;
    }),
  );
  const rows = (sql: string) => bench.db.prepare<[], object>(sql).all();
  const inOrder = (groups: readonly object[]) => groups.map(group => JSON.stringify(group)).toSorted();
  expect(inOrder(groupsOfRows(bench.db, run))).toEqual(
    inOrder(
      rows(
        `select node, status, count(*) as batches, sum(items) as items, max(parent) as lastParent
         from batches group by node, status`,
      ),
    ),
  );
  bench.db.prepare('delete from tallies').run();
  const counts = storedStepCounts(bench.db, run).map(({ path, succeeded, failed }) => ({ path, succeeded, failed }));
  expect(inOrder(counts)).toEqual(
    inOrder(
      rows(
        `select n.path, sum(status = 2) as succeeded, sum(status = 3) as failed from steps s join nodes n using (run, node) group by n.path`,
      ),
    ),
  );
});

test('the first failure of a node is looked for among the failed batches only', async () => {
  const bench = new Bench();
  const { run } = await bench.run(
    workflow(flow => flow.forEach('each', [1, 2, 3], (_, inner) => inner.step('a', async () => 1))),
  );
  const plans: string[] = [];
  const prepare = bench.db.prepare.bind(bench.db);
  bench.db.prepare = ((sql: string) => {
    // Bound values do not change a plan.
    const values = Array.from(sql.matchAll(/[?]/g), () => 1);
    plans.push(
      ...prepare<unknown[], { detail: string }>(`explain query plan ${sql}`)
        .all(...values)
        .map(({ detail }) => detail),
    );
    return prepare(sql);
  }) as typeof bench.db.prepare;
  new BatchReader(bench.db, run).firstFailure(1, 0);
  expect(plans[0]).toContain('failed_batches');
});
