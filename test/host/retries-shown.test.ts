import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { getBatch, getOverlay, listBatches } from '../../host/store/batches.ts';
import { stepCounts } from '../../host/store/runs.ts';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { failing } from '../support/failing-steps.ts';
import { workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';

test('a page gets the retries of each batch, and each attempt with its error and its wait', async () => {
  const bench = new TimedBench();
  const { run } = await bench.run(
    workflow(flow =>
      flow.forEach('towns', ['a', 'b', 'c'], (town, inner) => {
        inner.step('ask', failing(town === 'b' ? 2 : 0)).retry({ attempts: 3, backoff: { delay: 2_000 } });
      }),
    ),
  );
  const store = new StoreConnection(bench.file, path.dirname(bench.file));
  onTestFinished(() => store.close());
  expect(stepCounts(store, run)).toContainEqual({
    path: 'towns/ask',
    running: 0,
    succeeded: 3,
    failed: 0,
    retrying: 0,
    retries: 2,
    waited: 4_000,
  });
  const node = bench.db.prepare<[], number>(`select node from nodes where path = 'towns'`).pluck().get() ?? 0;
  const list = (descending: boolean) =>
    listBatches(store, { run, node, where: {}, sort: 'attempts', descending, offset: 0, limit: 10 });
  expect(list(true).rows.map(({ index, attempts, retries, waited }) => [index, attempts, retries, waited])).toEqual([
    [1, 3, 2, 4_000],
    [0, 1, 0, 0],
    [2, 1, 0, 0],
  ]);
  expect(getOverlay(store, { run, node, by: 'attempt' })).toEqual({
    by: 'attempt',
    indices: Uint32Array.of(1),
    values: Uint8Array.of(3),
  });
  const detail = getBatch(store, { run, scope: list(true).rows[0]?.scope ?? 0 });
  expect(detail.batch.retries).toBe(2);
  expect(
    detail.attempts.map(({ status, error, endedAt = 0, waitsUntil }) => [
      status,
      error?.message,
      waitsUntil && waitsUntil - endedAt,
    ]),
  ).toEqual([
    ['failed', 'failure 1', 2_000],
    ['failed', 'failure 2', 2_000],
    ['succeeded', undefined, undefined],
  ]);
});
