import type { Database } from 'better-sqlite3';
import { rerunRun, startRun } from '../engine/run/execute.ts';
import { planRerun } from '../engine/run/rerun/rerun.ts';
import type { Definition } from '../engine/workflow/nodes.ts';
import { addBetween } from './large-runs.ts';
import { median, secondsOf, withStore, workerOf, workflow, type Figure } from './support.ts';

/*
 * Re-runs of failed batches, and their plans. To re-run 1,000 of a million is to cost what it costs to re-run all of 1,000;
 * the aims leave room for a busy machine. All batches of a run are planned without holding up others.
 */

const FAILED = 1_000;
const MANY = 1_000_000;
const ROUNDS = 5;
/** Each of 1,000 among a million stands on a page of the store of its own, which the plan has to read. */
const MOST_TIMES = { plan: 5, rerun: 1.5 };

interface Costs {
  readonly plan: number;
  readonly rerun: number;
  readonly planOfAll: number;
}

export async function benchRerun(): Promise<Figure[]> {
  const few = await costsOf(FAILED);
  const many = await costsOf(MANY);
  return [
    ...compared('plan', few.plan, many.plan, MOST_TIMES.plan),
    ...compared('re-run', few.rerun, many.rerun, MOST_TIMES.rerun),
    { what: `plan of all ${MANY.toLocaleString('en')} batches`, value: milliseconds(many.planOfAll) },
  ];
}

function compared(what: string, few: number, many: number, most: number): Figure[] {
  const times = many / few;
  return [
    { what: `${what} of ${FAILED} failed of ${FAILED.toLocaleString('en')} batches`, value: milliseconds(few) },
    {
      what: `${what} of ${FAILED} failed of ${MANY.toLocaleString('en')} batches`,
      value: `${milliseconds(many)}, ${times.toFixed(2)} times that`,
      aim: `<= ${most} times`,
      met: times <= most,
    },
  ];
}

async function costsOf(batches: number): Promise<Costs> {
  return await withStore(async (db, file) => {
    const run = await failedRun(db, file);
    if (batches > FAILED) addBetween(db, run, batches);
    const plans: number[] = [];
    const reruns: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      plans.push(await secondsOf(() => planRerun(db, run, { batches: 'failed' })));
      // What is re-run fails again, so that it can be re-run once more.
      reruns.push(await secondsOf(() => rerun(db, file, run)));
    }
    const planOfAll = await secondsOf(() => planRerun(db, run, { batches: 'all' }));
    return { plan: median(plans), rerun: median(reruns), planOfAll };
  });
}

/** A run of batches that all fail. */
async function failedRun(db: Database, file: string): Promise<number> {
  const started = await startRun(workerOf(db, file, failing()), '/bench.ts', undefined);
  const { status, batches } = await started.done;
  if (status !== 'completed' || batches.failed !== FAILED)
    throw new Error(`the run is ${status} with ${batches.failed} failed batches`);
  return started.id;
}

async function rerun(db: Database, file: string, run: number): Promise<void> {
  const { done } = await rerunRun(workerOf(db, file, failing()), run, { batches: 'failed' });
  const { status, steps, batches } = await done;
  if (status !== 'completed' || steps.executed !== FAILED || batches.failed !== FAILED)
    throw new Error(`the run is ${status} after ${steps.executed} steps`);
}

function failing(): Definition {
  const items = Array.from({ length: FAILED }, (_, index) => index);
  return workflow(flow =>
    flow.batch('work', { items, size: 1, concurrency: 50, tolerateFailures: 'all' }, (_, inner) => {
      inner.step('step', async () => {
        throw new Error('failed');
      });
    }),
  );
}

function milliseconds(seconds: number): string {
  return `${(seconds * 1000).toFixed(0)} ms`;
}
