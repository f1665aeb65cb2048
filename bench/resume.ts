import type { Database } from 'better-sqlite3';
import { resumeRun, startRun } from '../engine/run/execute.ts';
import { addBefore } from './large-runs.ts';
import { median, withStore, workerOf, workflow, type Figure } from './support.ts';

/* From the call of resumeRun() to the first step that has yet to be done: also after a million batches. */

const FEW = 1_000;
const MANY = 1_000_000;
const LEFT = 2_000;
const ROUNDS = 5;
const AIM_SECONDS = 0.5;

/** `onStep` is told of each step that begins. */
function smallSteps(onStep: () => void) {
  const items = Array.from({ length: FEW + LEFT }, (_, index) => index);
  return workflow(flow =>
    flow.batch('work', { items, size: 1, concurrency: 50 }, ([item], inner) => {
      inner.step('step', async () => {
        onStep();
        return item;
      });
    }),
  );
}

export async function benchResume(): Promise<Figure[]> {
  return await withStore(async (db, file) => {
    const run = await interruptedRun(db, file);
    const few = await secondsToNextStep(db, file, run);
    addBefore(db, run, MANY - FEW);
    const many = await secondsToNextStep(db, file, run);
    return [
      { what: `resume after ${FEW.toLocaleString('en')} batches`, value: milliseconds(few) },
      {
        what: `resume after ${MANY.toLocaleString('en')} batches`,
        value: milliseconds(many),
        aim: `< ${AIM_SECONDS * 1000} ms`,
        met: many < AIM_SECONDS,
      },
      { what: 'many / few', value: (many / few).toFixed(1) },
    ];
  });
}

async function interruptedRun(db: Database, file: string): Promise<number> {
  let begun = 0;
  const started = await startRun(
    workerOf(
      db,
      file,
      smallSteps(() => {
        begun += 1;
        if (begun === FEW) started.run.stopping.request({ as: 'interrupted', reason: 'bench' });
      }),
    ),
    '/bench.ts',
    undefined,
  );
  const { status, batches } = await started.done;
  if (status !== 'interrupted' || batches.succeeded < FEW * 0.9)
    throw new Error(`the run is ${status} with ${batches.succeeded} batches done`);
  return started.id;
}

async function secondsToNextStep(db: Database, file: string, run: number): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await secondsOfResume(db, file, run));
  return median(rounds);
}

/** Resumes the run, and stops it at its first step. */
async function secondsOfResume(db: Database, file: string, run: number): Promise<number> {
  let seconds: number | undefined;
  const from = performance.now();
  const resumed = await resumeRun(
    workerOf(
      db,
      file,
      smallSteps(() => {
        if (seconds !== undefined) return;
        seconds = (performance.now() - from) / 1000;
        resumed.run.stopping.request({ as: 'interrupted', reason: 'bench' });
      }),
    ),
    run,
  );
  await resumed.done;
  if (seconds === undefined) throw new Error('no step was begun');
  return seconds;
}

function milliseconds(seconds: number): string {
  return `${(seconds * 1000).toFixed(0)} ms`;
}
