import type { Database } from 'better-sqlite3';
import { resumeRun, startRun } from '../engine/run/execute.ts';
import { BatchStatus } from '../common/status.ts';
import { withStore, workerOf, workflow, type Figure } from './support.ts';

/*
 * From the call of resumeRun() to the first step that has yet to be done, with very many batches done before.
 * The run is a real one that is stopped; the larger one has its finished rows copied.
 */

const FINISHED = 100_000;
const LEFT = 2_000;
const AIM_SECONDS = 1;

/** `onStep` is told of each step that begins. */
function smallSteps(onStep: (item: number) => void) {
  const items = Array.from({ length: FINISHED + LEFT }, (_, index) => index);
  return workflow(flow =>
    flow.batch('work', { items, size: 1, concurrency: 50 }, ([item], inner) => {
      inner.step('step', async () => {
        onStep(item ?? 0);
        return item;
      });
    }),
  );
}

export async function benchResume(): Promise<Figure[]> {
  return await withStore(async (db, file) => {
    const run = await interruptedRun(db, file);
    const once = await secondsToNextStep(db, file, run);
    multiply(db, run, 9);
    const tenfold = await secondsToNextStep(db, file, run);
    return [
      {
        what: `resume after ${FINISHED.toLocaleString('en')} batches`,
        value: milliseconds(once),
        aim: `< ${AIM_SECONDS * 1000} ms`,
        met: once < AIM_SECONDS,
      },
      { what: `resume after ${(FINISHED * 10).toLocaleString('en')} batches`, value: milliseconds(tenfold) },
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
        if (begun === FINISHED) started.run.stopping.request({ as: 'interrupted', reason: 'bench' });
      }),
    ),
    '/bench.ts',
    undefined,
  );
  const { status, batches } = await started.done;
  if (status !== 'interrupted' || batches.succeeded < FINISHED * 0.99)
    throw new Error(`the run is ${status} with ${batches.succeeded} batches done`);
  return started.id;
}

/** Resumes the run, and stops it at its first step. */
async function secondsToNextStep(db: Database, file: string, run: number): Promise<number> {
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

/** Gives the run `copies` more of each batch it has finished, before those that wait. */
function multiply(db: Database, run: number, copies: number): void {
  const apart = 1_000_000;
  const copyOf = (table: string) => {
    const columns = (db.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name);
    const copied = columns.map(name => (name === 'scope' || name === 'idx' ? `${name} + :by` : name));
    return db.prepare(
      `insert into ${table} (${columns.join()}) select ${copied.join()} from ${table}
       where run = :run and scope in (select scope from batches where run = :run
        and status = ${BatchStatus.succeeded} and scope < ${apart})`,
    );
  };
  const multiplyAll = db.transaction(() => {
    db.prepare('update batches set idx = idx + ? where run = ? and status <> ?').run(
      (copies + 1) * apart,
      run,
      BatchStatus.succeeded,
    );
    // The batches last: they say what is to be copied. What has succeeded is not asked for its items.
    const statements = ['steps', 'batches'].map(copyOf);
    for (let copy = 1; copy <= copies; copy++) {
      for (const statement of statements) statement.run({ run, by: copy * apart });
    }
    db.prepare(
      'update splits set (batches, items) = (select count(*), sum(items) from batches where run = ?) where run = ?',
    ).run(run, run);
  });
  multiplyAll();
}

function milliseconds(seconds: number): string {
  return `${(seconds * 1000).toFixed(0)} ms`;
}
