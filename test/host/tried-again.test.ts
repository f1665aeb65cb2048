import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { batchPage } from '../../engine/store/batch-queries.ts';
import { currentWaits } from '../../engine/store/current-waits.ts';
import { attempts, triedOf } from '../../engine/store/tried-again.ts';
import { getBatch } from '../../host/store/batches.ts';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { failing } from '../support/failing-steps.ts';
import { workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';

/* What a page is told of batches that were tried more than once, or wait to be. */

const SECOND = 1_000;

/** Ten towns, of which some fail so often before they answer. */
const failures = new Map([
  [2, 1],
  [5, 3],
  [7, 2],
]);
const towns = workflow(flow =>
  flow.forEach(
    'towns',
    Array.from({ length: 10 }, (_, town) => town),
    (town, inner) => {
      inner.step('find', () => town);
      inner.step('ask', failing(failures.get(town) ?? 0)).retry({ attempts: 4, backoff: { delay: 3 * SECOND } });
    },
    { concurrency: 10 },
  ),
);

const numberOf = ({ db }: TimedBench, at: string) =>
  db.prepare<[string], number>('select node from nodes where path = ?').pluck().get(at) ?? 0;

/** The indices of each page of two, one page after the other. */
function pages(bench: TimedBench, run: number, sort: 'attempts' | 'waited', descending: boolean, where = {}): number[] {
  const node = numberOf(bench, 'towns');
  const page = (offset: number) =>
    batchPage(bench.db, {
      run,
      node,
      parent: 0,
      where,
      sort,
      descending,
      offset,
      limit: 2,
      live: false,
      now: bench.clock.now(),
    });
  const { total } = page(0);
  return Array.from({ length: Math.ceil(total / 2) }, (_, at) => page(at * 2).lines.map(({ idx }) => idx)).flat();
}

test('batches are sorted by their attempts, and by how long they waited, whatever page is asked for', async () => {
  const bench = new TimedBench();
  const { run } = await bench.run(towns);
  for (const sort of ['attempts', 'waited'] as const) {
    expect(pages(bench, run, sort, true)).toEqual([5, 7, 2, 0, 1, 3, 4, 6, 8, 9]);
    expect(pages(bench, run, sort, false)).toEqual([0, 1, 3, 4, 6, 8, 9, 2, 7, 5]);
  }
  const some = { ranges: [[1, 5] as const] };
  expect(pages(bench, run, 'waited', true, some)).toEqual([5, 2, 1, 3, 4]);
  expect(pages(bench, run, 'waited', true, { statuses: ['failed'] })).toEqual([]);
});

test('a page by attempts sorts what was tried again, and never all batches of a node', async () => {
  const bench = new TimedBench();
  const { run } = await bench.run(towns);
  const asked: string[] = [];
  const { db } = bench;
  const prepare = db.prepare.bind(db);
  db.prepare = ((sql: string) => {
    asked.push(sql);
    return prepare(sql);
  }) as typeof db.prepare;
  pages(bench, run, 'waited', true);
  db.prepare = prepare as typeof db.prepare;
  const plans = asked
    .filter(sql => sql.includes('tried'))
    .map(sql =>
      prepare(`explain query plan ${sql}`)
        .all({ run, node: 1, parent: 0, live: 0, now: 0, limit: 2, offset: 0 })
        .map(row => (row as { detail: string }).detail),
    );
  expect(plans.length).toBeGreaterThanOrEqual(2);
  // What is sorted are the ones that were tried again; the others are read in the order of an index.
  for (const plan of plans) {
    expect(plan.filter(line => /SCAN (batches|b|s|steps)\b/.test(line))).toEqual([]);
    if (!plan.some(line => line.includes('batches USING PRIMARY KEY (run=? AND scope=?)')))
      expect(plan).toContainEqual(expect.stringMatching(/batches_by_place \(run=\? AND parent=\? AND node=\?\)/));
  }
});

test('while a batch waits, it is at the attempt that follows, and says for what it waits and who asked for it', async () => {
  const bench = new TimedBench();
  class BusyError extends Error {
    override name = 'BusyError';
  }
  const started = await bench.start(
    workflow(flow =>
      flow.forEach(
        'towns',
        ['a', 'b', 'c'],
        (town, inner) => {
          if (town === 'b') {
            inner
              .step('ask', () => Promise.reject(new BusyError('busy')))
              .retry({
                attempts: 3,
                backoff: { delay: SECOND },
                after: () => 9 * SECOND,
              });
          } else if (town === 'c') inner.step('late', () => town).delay(5 * SECOND);
          else inner.step('ask', () => town);
        },
        { concurrency: 3 },
      ),
    ),
  );
  const began = bench.clock.now();
  await bench.clock.advance(2 * SECOND);
  const moment = { live: true, now: bench.clock.now() };
  const node = numberOf(bench, 'towns');
  expect(attempts(bench.db, started.id, node, moment)).toEqual({
    indices: Uint32Array.of(1),
    values: Uint8Array.of(2),
  });
  expect([...triedOf(bench.db, started.id, [1, 2, 3], false, moment)]).toEqual([
    [2, { attempts: 2, retries: 0, waited: 2 * SECOND }],
  ]);
  expect(Object.fromEntries(currentWaits(bench.db, started.id, [1, 2, 3], false, moment))).toEqual({
    2: { path: 'towns/ask', kind: 'next attempt', attempt: 2, until: began + 9 * SECOND, asked: 'BusyError' },
    3: { path: 'towns/late', kind: 'delay', attempt: 1, until: began + 5 * SECOND },
  });
  started.run.stopping.request({ as: 'interrupted', reason: 'test' });
  await bench.clock.settle(started.done);
  // Nothing waits in a run that nobody works on, and what has waited until then has waited.
  const atRest = { live: false, now: bench.clock.now() };
  expect(currentWaits(bench.db, started.id, [1, 2, 3], false, atRest).size).toBe(0);
  expect(triedOf(bench.db, started.id, [2], false, atRest).get(2)).toEqual({
    attempts: 1,
    retries: 0,
    waited: 2 * SECOND,
  });
});

test('a whole batch that waits is at its next attempt, until the time that a resume keeps to', async () => {
  const bench = new TimedBench();
  const definition = workflow(flow =>
    flow.forEach('outer', ['x'], (_item, outer) => {
      outer.forEach(
        'towns',
        ['a'],
        (_town, inner) => {
          inner.step('ask', failing(1));
        },
        { retry: { attempts: 2, backoff: { delay: 8 * SECOND, jitter: true } } },
      );
    }),
  );
  const started = await bench.start(definition);
  await bench.clock.advance(SECOND);
  const moment = { live: true, now: bench.clock.now() };
  const waits = currentWaits(bench.db, started.id, [1], true, moment).get(1);
  expect(waits).toMatchObject({ path: 'outer/towns', kind: 'next attempt', attempt: 2 });
  expect(triedOf(bench.db, started.id, [1], true, moment).get(1)).toMatchObject({ attempts: 2, waited: SECOND });
  started.run.stopping.request({ as: 'interrupted', reason: 'test' });
  await bench.clock.settle(started.done);
  await bench.resume(definition, started.id);
  const store = new StoreConnection(bench.file, path.dirname(bench.file));
  onTestFinished(() => store.close());
  const { batch, earlierAttempts } = getBatch(store, { run: started.id, scope: 2 });
  expect(earlierAttempts.map(({ waitsUntil }) => waitsUntil)).toEqual([waits?.until]);
  expect(batch.startedAt).toBe(waits?.until);
});
