import { afterAll, afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { attachToPoints } from '../../engine/failpoints.ts';
import { rerunRun, resumeRun, type RunInProgress } from '../../engine/run/execute.ts';
import { planRerun } from '../../engine/run/rerun/rerun.ts';
import { CANCELLED_A_PAGE } from '../../engine/store/cancel-pages.ts';
import { cancelAtRest } from '../../engine/store/cancel.ts';
import { openStore, type StoreDatabase } from '../../engine/store/open.ts';
import { storedSummary } from '../../engine/store/stored-summary.ts';
import { requireRun } from '../../engine/store/runs.ts';
import { range } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

/* A cancel of very many batches is written in pages: others write in between, and a kill in the middle leaves none of it undone. */

const BATCHES = CANCELLED_A_PAGE * 2 + 10;

// Thousands of batches take a while on a busy machine.
vi.setConfig({ testTimeout: 60_000 });
afterAll(() => vi.resetConfig());
afterEach(() => attachToPoints(() => {}));

const many = (onStep: () => void = () => undefined) =>
  workflow(flow =>
    flow.forEach(
      'each',
      range(BATCHES),
      (item, inner) => {
        inner.step('go', () => {
          onStep();
          return item;
        });
      },
      { concurrency: 100 },
    ),
  );

/** A run of which all batches are about to be run again. */
async function completed(): Promise<{ bench: Bench; run: number; other: StoreDatabase }> {
  const bench = new Bench();
  const { run } = await bench.run(many());
  const other = openStore(bench.file, { mode: 'write' });
  onTestFinished(() => {
    other.close();
  });
  other.pragma('busy_timeout = 0');
  return { bench, run, other };
}

/** All run again, and somebody cancels that at once. */
async function cancelled({ bench, run }: { bench: Bench; run: number }): Promise<RunInProgress> {
  let stop: () => void = () => undefined;
  const begun = await rerunRun(bench.worker(many(() => stop())), run, { batches: 'all' });
  stop = () => begun.run.stopping.request({ as: 'cancelled', reason: 'enough' });
  return begun;
}

/** Leaves the store as a process does that is killed at its `nth` page. */
async function killedAtPage(nth: number, bench: Bench, work: () => Promise<unknown>): Promise<void> {
  let left = nth;
  attachToPoints(name => {
    if (name === 'cancel-page-written' && (left -= 1) === 0) throw new Error('killed');
  });
  await expect(work()).rejects.toThrow('killed');
  attachToPoints(() => {});
  bench.db.prepare('delete from leases').run();
}

/** Each time a page is written, another process writes. */
function writeBetweenPages(other: StoreDatabase): () => number {
  let pages = 0;
  attachToPoints(name => {
    if (name !== 'cancel-page-written') return;
    pages += 1;
    other.transaction(() => {}).immediate();
  });
  return () => pages;
}

const statuses = (db: StoreDatabase) =>
  db.prepare<[], [number, number]>('select status, count(*) from batches group by status').raw().all();
const [SUCCEEDED, CANCELLED] = [2, 4];

async function expectCancelled(bench: Bench, run: number): Promise<void> {
  const summary = storedSummary(bench.db, requireRun(bench.db, run), 0);
  expect(summary).toMatchObject({ status: 'cancelled', reason: 'enough' });
  const { succeeded, cancelled } = summary.batches;
  expect(summary.batches).toMatchObject({ total: BATCHES, waiting: 0, running: 0, failed: 0 });
  expect(succeeded + cancelled).toBe(BATCHES);
  expect(statuses(bench.db)).toEqual([...(succeeded > 0 ? [[SUCCEEDED, succeeded]] : []), [CANCELLED, cancelled]]);
  expect(bench.db.prepare('select count(*) from requests').pluck().get()).toBe(0);
  expect(await bench.rerun(many(), run)).toMatchObject({ status: 'completed', batches: { succeeded: BATCHES } });
}

test('others write between the pages of a cancel', async () => {
  const { bench, run, other } = await completed();
  const begun = await cancelled({ bench, run });
  const pages = writeBetweenPages(other);
  expect(await begun.done).toMatchObject({ status: 'cancelled' });
  expect(pages()).toBeGreaterThan(0);
  await expectCancelled(bench, run);
});

test('a run that is killed while it is cancelled is cancelled in full by whoever takes it up', async () => {
  const { bench, run } = await completed();
  const begun = await cancelled({ bench, run });
  await killedAtPage(1, bench, () => begun.done);
  expect(statuses(bench.db)).toContainEqual([CANCELLED, CANCELLED_A_PAGE]);
  // A look at it changes nothing.
  expect(() => planRerun(bench.db, run, { batches: 'failed' })).toThrow('was being cancelled when its process ended');
  await expect(resumeRun(bench.worker(many()), run)).rejects.toThrow(`Run ${run} was cancelled.`);
  await expectCancelled(bench, run);
});

test('the same holds for a run that nobody works on', async () => {
  const { bench, run, other } = await completed();
  bench.db.prepare('update batches set status = 0').run();
  bench.db.prepare('delete from tallies').run();
  bench.db.prepare("update runs set status = 'paused', counts = null").run();
  await killedAtPage(1, bench, async () => cancelAtRest(bench.db, run, 'enough', 5));
  const pages = writeBetweenPages(other);
  cancelAtRest(bench.db, run, 'enough', 6);
  expect(pages()).toBe(1);
  await expectCancelled(bench, run);
});
