import { afterAll, afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { attachToPoints, type Point } from '../../engine/failpoints.ts';
import { rerunRun, resumeRun } from '../../engine/run/execute.ts';
import { planRerun } from '../../engine/run/rerun/rerun.ts';
import { cancelAtRest } from '../../engine/store/cancel.ts';
import { openStore, type StoreDatabase } from '../../engine/store/open.ts';
import { CHANGES_A_PAGE } from '../../engine/store/rerun-pages.ts';
import { range } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

/* A re-run of very many batches is written in pages: others write in between, and a kill in the middle loses none of it. */

/** Each batch changes three rows: its own, that of its step, and that of its write to the state. */
const BATCHES = Math.ceil((CHANGES_A_PAGE * 1.5) / 3);

const counting = () =>
  workflow(flow =>
    flow.forEach('count', range(BATCHES), (item, inner) => {
      inner.step('add', async (ctx: { state: { incr: (key: string) => Promise<unknown> } }) => {
        await ctx.state.incr('n');
        return item;
      });
    }),
  );

async function afterRun(): Promise<{ bench: Bench; run: number; other: StoreDatabase }> {
  const bench = new Bench();
  const { run } = await bench.run(counting());
  const other = openStore(bench.file, { mode: 'write' });
  onTestFinished(() => {
    other.close();
  });
  other.pragma('busy_timeout = 0');
  return { bench, run, other };
}

// Thousands of batches take a while on a busy machine.
vi.setConfig({ testTimeout: 60_000 });
afterAll(() => vi.resetConfig());
afterEach(() => attachToPoints(() => {}));

/** What a process leaves that is killed at its `nth` arrival at a point. */
async function killedAt(point: Point, nth: number, { bench, run }: { bench: Bench; run: number }): Promise<void> {
  let left = nth;
  attachToPoints(name => {
    if (name === point && (left -= 1) === 0) throw new Error('killed');
  });
  await expect(rerunRun(bench.worker(counting()), run, { batches: 'all' })).rejects.toThrow('killed');
  attachToPoints(() => {});
  // The lease of a process that is gone.
  bench.db.prepare('delete from leases').run();
}

const attempts = (db: StoreDatabase) => db.prepare('select attempt, count(*) as n from batches group by attempt').all();
const status = (db: StoreDatabase) => db.prepare('select status from runs').pluck().get();
const sessions = (db: StoreDatabase) => db.prepare('select kind from sessions order by session').pluck().all();

test('others write between the pages of a re-run, which does all that its plan says', async () => {
  const { bench, run, other } = await afterRun();
  const plan = planRerun(bench.db, run, { batches: 'all' });
  const points: Point[] = [];
  attachToPoints(name => {
    if (!name.startsWith('rerun-page')) return;
    points.push(name);
    other.transaction(() => {}).immediate();
  });
  const rerun = await rerunRun(bench.worker(counting()), run, { batches: 'all' });
  expect(points).toEqual(['rerun-page-kept', 'rerun-page-kept', 'rerun-page-written', 'rerun-page-written']);
  expect(rerun.report).toEqual(plan);
  expect(await rerun.done).toMatchObject({ status: 'completed', state: { n: BATCHES } });
  expect(attempts(bench.db)).toEqual([{ attempt: 2, n: BATCHES }]);
  expect(bench.db.prepare('select count(*) from rerun_pages').pluck().get()).toBe(0);
});

test.each([1, 2])('a kill after %i pages are kept leaves the run as it was', async pages => {
  const { bench, run } = await afterRun();
  await killedAt('rerun-page-kept', pages, { bench, run });
  expect(status(bench.db)).toBe('completed');
  expect(sessions(bench.db)).toEqual(['start']);
  expect(attempts(bench.db)).toEqual([{ attempt: 1, n: BATCHES }]);
  expect(planRerun(bench.db, run, { batches: [1, 2] }).nodes).toMatchObject([{ batches: 2 }]);
  // What was kept for it is not taken for a part of another one.
  expect(await bench.rerun(counting(), run, { batches: [1, 2] })).toMatchObject({ state: { n: BATCHES } });
  expect(attempts(bench.db)).toEqual([
    { attempt: 1, n: BATCHES - 2 },
    { attempt: 2, n: 2 },
  ]);
  // Nor when the run is taken up once more: the session for which it was kept has begun, with another task.
  expect(await bench.rerun(counting(), run, { batches: [3] })).toMatchObject({ state: { n: BATCHES } });
  expect(attempts(bench.db)).toEqual([
    { attempt: 1, n: BATCHES - 3 },
    { attempt: 2, n: 3 },
  ]);
});

test('after a kill between two pages, a resume does the whole re-run, and counts nothing twice', async () => {
  const { bench, run } = await afterRun();
  await killedAt('rerun-page-written', 1, { bench, run });
  expect(status(bench.db)).toBe('running');
  expect(() => planRerun(bench.db, run, { batches: 'all' })).toThrow(/cronflow resume 1/);
  const resumed = await resumeRun(bench.worker(counting()), run);
  expect(await resumed.done).toMatchObject({ status: 'completed', state: { n: BATCHES } });
  expect(attempts(bench.db)).toEqual([{ attempt: 2, n: BATCHES }]);
  expect(sessions(bench.db)).toEqual(['start', 'rerun', 'resume']);
});

test('after a kill between two pages, another re-run begins with what the first would have left', async () => {
  const { bench, run } = await afterRun();
  await killedAt('rerun-page-written', 1, { bench, run });
  const again = await rerunRun(bench.worker(counting()), run, { batches: [0], fromStart: true });
  expect(again.report?.nodes).toMatchObject([{ batches: 1 }]);
  expect(await again.done).toMatchObject({ status: 'completed', state: { n: BATCHES } });
  expect(attempts(bench.db)).toEqual([{ attempt: 2, n: BATCHES }]);
});

test('after a kill between two pages, the run can be cancelled, and re-run after that', async () => {
  const { bench, run } = await afterRun();
  await killedAt('rerun-page-written', 1, { bench, run });
  cancelAtRest(bench.db, run, 'test', Date.now());
  expect(status(bench.db)).toBe('cancelled');
  expect(await bench.rerun(counting(), run)).toMatchObject({ status: 'completed', state: { n: BATCHES } });
});
