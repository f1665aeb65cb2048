import type { Database } from 'better-sqlite3';
import { startRun } from '../engine/run/execute.ts';
import { planRerun } from '../engine/run/rerun/rerun.ts';
import { median, withStore, workerOf, workflow, type Figure } from './support.ts';

/*
 * Plans of re-runs. A plan of 1,000 failed batches is to cost the same however many others there are, so the aim is far
 * below ten times the time in a run with ten times as many; and all batches of a run are planned without holding up others.
 */

const FAILED = 1_000;
const ROUNDS = 7;
const MOST_TIMES = 3;

export async function benchRerun(): Promise<Figure[]> {
  const small = await secondsToPlan(10 * FAILED);
  const large = await secondsToPlan(100 * FAILED);
  const times = large.failed / small.failed;
  return [
    {
      what: `plan of ${FAILED} failed of ${(10 * FAILED).toLocaleString('en')} batches`,
      value: milliseconds(small.failed),
    },
    {
      what: `plan of ${FAILED} failed of ${(100 * FAILED).toLocaleString('en')} batches`,
      value: `${milliseconds(large.failed)}, ${times.toFixed(1)} times that`,
      aim: `<= ${MOST_TIMES} times`,
      met: times <= MOST_TIMES,
    },
    { what: `plan of all ${(100 * FAILED).toLocaleString('en')} batches`, value: milliseconds(large.all) },
  ];
}

async function secondsToPlan(batches: number): Promise<{ failed: number; all: number }> {
  return await withStore(async (db, file) => {
    const run = await runWithFailures(db, file, batches);
    const rounds = Array.from({ length: ROUNDS }, () => secondsOfPlan(db, run, 'failed'));
    return { failed: median(rounds), all: secondsOfPlan(db, run, 'all') };
  });
}

async function runWithFailures(db: Database, file: string, batches: number): Promise<number> {
  const items = Array.from({ length: batches }, (_, index) => index);
  const definition = workflow(flow =>
    flow.batch('work', { items, size: 1, concurrency: 50, tolerateFailures: 'all' }, ([item], inner) => {
      inner.step('step', async () => {
        if ((item ?? 0) % (batches / FAILED) === 0) throw new Error('failed');
        return item;
      });
    }),
  );
  const started = await startRun(workerOf(db, file, definition), '/bench.ts', undefined);
  const { status, batches: counts } = await started.done;
  if (status !== 'completed' || counts.failed !== FAILED)
    throw new Error(`the run is ${status} with ${counts.failed} failed batches`);
  return started.id;
}

function secondsOfPlan(db: Database, run: number, batches: 'failed' | 'all'): number {
  const from = performance.now();
  planRerun(db, run, { batches });
  return (performance.now() - from) / 1000;
}

function milliseconds(seconds: number): string {
  return `${(seconds * 1000).toFixed(0)} ms`;
}
