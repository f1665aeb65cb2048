import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { batchesThatTook, getTimes } from '../../host/store/times/times.ts';
import { range } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';
import { SimulatedClock } from '../support/clock.ts';

/* How fast a run went, of real runs on a clock of the test's: a batch of item n lasts n milliseconds. */

interface Told {
  readonly lasts: readonly number[];
  readonly concurrency?: number;
  readonly failing?: readonly number[];
  /** When to let how many batches run at a time. */
  readonly dial?: readonly (readonly [at: number, concurrency: number])[];
}

async function ran({ lasts, concurrency = 1, failing = [], dial = [] }: Told) {
  const clock = new SimulatedClock(0);
  const bench = new Bench({
    clock,
    onBegin: run => {
      for (const [at, value] of dial) clock.after(at, () => run.concurrency.set('clean', value));
    },
  });
  const definition = workflow(start =>
    start.batch('clean', { items: () => lasts, size: 1, concurrency }, (items, flow) => {
      flow.step('work', async () => {
        await clock.sleep(items[0] ?? 0);
        if (failing.includes(items[0] ?? 0)) throw new Error('no');
      });
    }),
  );
  await clock.settle(bench.run(definition));
  const store = new StoreConnection(bench.file, path.dirname(bench.file));
  onTestFinished(() => store.close());
  return { store, bench };
}

const rounded = (values: readonly number[]) => values.map(value => Math.round(value * 10) / 10);

describe('the strip', () => {
  test('says of each column what was done and failed a second, and how many ran', async () => {
    const { store } = await ran({ lasts: [60, 60, 60, 60, 30, 30], concurrency: 2, failing: [30] });
    const { strip, stride } = getTimes(store, { run: 1 });
    expect([strip.from, strip.to, strip.columnMs, strip.done.length, stride]).toEqual([0, 150, 150 / 120, 120, 1]);
    const seconds = strip.columnMs / 1000;
    expect(strip.done.reduce((sum, rate) => sum + rate * seconds, 0)).toBeCloseTo(4);
    expect(strip.failed.reduce((sum, rate) => sum + rate * seconds, 0)).toBeCloseTo(2);
    expect(new Set(rounded(strip.running))).toEqual(new Set([2]));
    expect(strip.done.findIndex(rate => rate > 0)).toBe(48);
    expect(strip.failed.findLastIndex(rate => rate > 0)).toBe(119);
  });

  test('has what a person has changed of how many run at a time, with what it was before', async () => {
    const { store } = await ran({
      lasts: [100, 100, 100, 100],
      dial: [
        [50, 2],
        [150, 1],
      ],
    });
    const { strip } = getTimes(store, { run: 1 });
    expect(strip.changes.map(({ at, path, before, concurrency }) => [at, path, before, concurrency])).toEqual([
      [50, 'clean', 1, 2],
      [150, 'clean', 2, 1],
    ]);
    expect(strip.changes[0]?.column).toBeCloseTo(50 / strip.columnMs);
  });

  test('leaves out the time in which nobody worked on the run', async () => {
    const { store, bench } = await ran({ lasts: [100] });
    bench.db.exec(
      `insert into sessions (run, session, kind, code_hash, pid, host, started_at, ended_at)
        select run, 2, 'rerun', code_hash, pid, host, 86400000, 86400100 from sessions where session = 1`,
    );
    const { strip } = getTimes(store, { run: 1 });
    expect([strip.columnMs * strip.done.length, strip.resumed]).toEqual([200, [{ at: 86_400_000, column: 60 }]]);
  });
});

describe('the times of a step', () => {
  test('are those of all its attempts, with the slowest batch', async () => {
    const { store } = await ran({ lasts: [...range(99).map(() => 20), 300], concurrency: 4 });
    const [work] = getTimes(store, { run: 1 }).steps;
    expect(work).toMatchObject({ path: 'clean/work', count: 100, p50: 20, p95: 20, max: 300, slowest: { index: 99 } });
    expect(work?.bins.filter(({ count }) => count > 0)).toEqual([
      { from: 20, to: 25, count: 99 },
      { from: 300, to: 400, count: 1 },
    ]);
  });

  test('lead to the batches of each bar', async () => {
    const { store } = await ran({ lasts: [20, 20, 300, 20, 310], concurrency: 4 });
    const took = (from: number, to: number) =>
      batchesThatTook(store, { run: 1, path: 'clean/work', from, to, after: 0, found: 0 });
    expect(took(300, 500)).toEqual({ indices: [2, 4], next: undefined, isCut: false });
    expect(took(20, 300).indices).toEqual([0, 1, 3]);
    expect(batchesThatTook(store, { run: 1, path: 'other', from: 0, to: 9, after: 0, found: 0 }).indices).toEqual([]);
  });
});
