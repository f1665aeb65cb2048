import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { getTimeline } from '../../host/store/timeline.ts';
import { failing } from '../support/failing-steps.ts';
import { range } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';
import { SimulatedClock } from '../support/clock.ts';

/* What ran when, of real runs on a clock of the test's: a batch of item n lasts n milliseconds. */

interface Told {
  readonly lasts: readonly number[];
  readonly concurrency?: number;
  /** A pause before the batches begin. */
  readonly after?: number;
  /** Items whose batch fails at its end. */
  readonly failing?: readonly number[];
}

async function ran({ lasts, concurrency = 1, after = 0, failing = [] }: Told) {
  const clock = new SimulatedClock(0);
  const bench = new Bench({ clock });
  const definition = workflow(start =>
    start
      .step('read', () => clock.sleep(after))
      .batch('clean', { items: () => lasts, size: 1, concurrency }, (items, flow) => {
        flow.step('work', async () => {
          await clock.sleep(items[0] ?? 0);
          if (failing.includes(items[0] ?? 0)) throw new Error('no');
        });
      }),
  );
  await clock.settle(bench.run(definition));
  const store = new StoreConnection(bench.file, path.dirname(bench.file));
  onTestFinished(() => store.close());
  return (from?: number, to?: number, columns = 10) => getTimeline(store, { run: 1, from, to, columns });
}

const bars = (timeline: ReturnType<typeof getTimeline>) =>
  timeline.bars.map(({ lane, path: node, index, from, to }) => `${lane} ${node}${index ?? ''} ${from}-${to}`);

describe('bars', () => {
  test('of one node lie together, and two at the same time in lanes of their own', async () => {
    const timeline = (await ran({ lasts: [30, 10, 15, 20], concurrency: 2, after: 5 }))();
    expect(bars(timeline)).toEqual([
      '0 read 0-5',
      '1 clean0 5-35',
      '2 clean1 5-15',
      '2 clean2 15-30',
      '2 clean3 30-50',
    ]);
    expect([timeline.lanes, timeline.from, timeline.to, timeline.bands]).toEqual([3, 0, 50, []]);
  });

  test('are those that touch the span that is asked for', async () => {
    const of = await ran({ lasts: [10, 10, 10] });
    expect(bars(of(12, 18))).toEqual(['0 clean1 10-20']);
    expect(of(12, 18)).toMatchObject({ from: 12, to: 18 });
  });

  test('with nothing between them for a tenth of the time have a gap there', async () => {
    const timeline = (await ran({ lasts: [10, 10], after: 80 }))(20);
    // The step that waited is a bar of its own, so the only gap is where nothing is stored at all.
    expect(timeline.gaps).toEqual([]);
    expect((await ran({ lasts: [10] }))(0, 100).gaps).toEqual([[10, 100]]);
  });
});

test('the bar of a batch has the attempts of its steps, with the waits between them', async () => {
  const clock = new SimulatedClock(0);
  const bench = new Bench({ clock });
  const definition = workflow(start =>
    start.forEach('each', [0, 1], (item, flow) => {
      flow.step('read', () => clock.sleep(10));
      flow
        .step('ask', async ctx => {
          await clock.sleep(5);
          return failing(item)(ctx);
        })
        .retry({ attempts: 2, backoff: { delay: 100 } });
    }),
  );
  await clock.settle(bench.run(definition));
  const store = new StoreConnection(bench.file, path.dirname(bench.file));
  onTestFinished(() => store.close());
  const { bars } = getTimeline(store, { run: 1, columns: 10 });
  const stepsOf = ({ steps }: (typeof bars)[number]) =>
    steps.map(({ path: node, status, attempt, from, to }) => `${node} ${status} ${attempt} ${from}-${to}`);
  expect(bars.map(stepsOf)).toEqual([
    ['each/read succeeded 1 0-10', 'each/ask succeeded 1 10-15'],
    ['each/read succeeded 1 15-25', 'each/ask failed 1 25-30', 'each/ask succeeded 2 130-135'],
  ]);
});

describe('bands, where there are more bars than a person can see', () => {
  test('say of each node how many ran on average in each column, and how many of those failed', async () => {
    // Two at a time: 2,000 of one millisecond, then two of 1,000, of which one fails.
    const of = await ran({ lasts: [...range(2_000).map(() => 1), 1_000, 999], concurrency: 2, failing: [999] });
    const timeline = of(undefined, undefined, 4);
    expect([timeline.bars, timeline.from, timeline.to]).toEqual([[], 0, 2_000]);
    const band = timeline.bands.find(({ path: node }) => node === 'clean');
    expect(Array.from(band?.running ?? [], Math.round)).toEqual([2, 2, 2, 2]);
    expect(Array.from(band?.failed ?? [], Math.round)).toEqual([0, 0, 1, 1]);
  });

  test('count a bar in part in the columns in which it begins and ends', async () => {
    const of = await ran({ lasts: [...range(2_000).map(() => 1), 500], concurrency: 1 });
    // 2,000 ms of one at a time, then one for 500: of the column from 2,000 on it fills half.
    const band = of(0, 3_000, 3).bands.find(({ path: node }) => node === 'clean');
    expect(Array.from(band?.running ?? [], share => Number(share.toFixed(3)))).toEqual([1, 1, 0.5]);
    expect(of(0, 10_000, 10).gaps).toEqual([[3_000, 10_000]]);
  });
});

test('of a batch with very many attempts those in the span are told, with the waits between them', async () => {
  const clock = new SimulatedClock(0);
  const bench = new Bench({ clock });
  await clock.settle(
    bench.run(workflow(flow => flow.forEach('each', [1], (_item, inner) => void inner.step('ask', () => 1)))),
  );
  // As a run of many hours leaves them.
  bench.db.exec(`
    delete from steps where scope = 1;
    with recursive n (n) as (select 1 union all select n + 1 from n where n < 4500)
    insert into steps (run, scope, node, attempt, batch_attempt, seq, session, status, started_at, ended_at, waits_until)
     select 1, 1, (select node from nodes where path = 'each/ask'), n, 1, 100 + n, 1, 3, n * 10, n * 10 + 2, n * 10 + 10 from n;
    update batches set ended_at = 45010, started_at = 0 where scope = 1`);
  const store = new StoreConnection(bench.file, path.dirname(bench.file));
  onTestFinished(() => store.close());
  const stepsIn = (from?: number, to?: number) =>
    getTimeline(store, { run: 1, from, to, columns: 10 }).bars.flatMap(({ steps }) => steps);
  // All of them nobody could tell apart.
  expect(stepsIn()).toEqual([]);
  expect(stepsIn(1_000, 1_020).map(({ attempt, from, to, waitedTo }) => [attempt, from, to, waitedTo])).toEqual([
    [99, 990, 992, 1_000],
    [100, 1_000, 1_002, 1_010],
    [101, 1_010, 1_012, 1_020],
    [102, 1_020, 1_022, 1_030],
  ]);
});
