import type { Database } from 'better-sqlite3';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { resumeRun, type RunInProgress } from '../../engine/run/execute.ts';
import { checkFree, LeaseLostError, RunTakenError } from '../../engine/store/leases.ts';
import { openStore } from '../../engine/store/open.ts';
import { LEASE_MS, OwnerWatch } from '../../engine/store/owner-watch.ts';
import { recordLoss } from '../../engine/store/runs.ts';
import { Gate } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

/*
 * An owner that sleeps (a closed laptop, a paused container, a step that computes for a minute) is taken to be gone by
 * whoever cannot see its process. When it wakes it must find out before it writes.
 */

// Asleep: its heartbeat stands still, and with it whatever would tell it sooner.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
});

/** The store as another process has it open: in a container, or on another machine. */
function anotherProcess(bench: Bench): { db: Database; watch: OwnerWatch; pass: (ms: number) => void } {
  const db = openStore(bench.file, { mode: 'write' });
  onTestFinished(() => {
    db.close();
  });
  let time = 0;
  const watch = new OwnerWatch(undefined, () => time);
  return { db, watch, pass: ms => (time += ms) };
}

/** Makes the lease of a run look as one of a process that cannot be seen from here. */
function asFromElsewhere(bench: Bench): void {
  bench.db.prepare(`update leases set born = null, host = 'worker-1'`).run();
}

/** A run with one step that waits and one that follows. `steps` says what was executed, by whom. */
async function sleeper() {
  const bench = new Bench();
  const gate = new Gate();
  const steps: string[] = [];
  const build = (who: string, wait: () => Promise<unknown>) =>
    workflow(flow =>
      flow
        .step('one', async () => {
          steps.push(`${who} one`);
          await wait();
          return who;
        })
        .step('two', () => {
          steps.push(`${who} two`);
          return who;
        }),
    );
  const run = await bench.start(build('first', () => gate.pass()));
  await gate.reached();
  asFromElsewhere(bench);
  return { bench, gate, steps, run, build };
}

function everything(db: Database): unknown {
  return ['runs', 'steps', 'batches', 'state', 'sessions', 'leases', 'logs'].map(table =>
    db.prepare(`select * from ${table}`).all(),
  );
}

async function lossOf(run: RunInProgress): Promise<Error> {
  const error: unknown = await run.done.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof LeaseLostError) return error;
  throw new Error(`The run has not noticed that it lost its lease: ${String(error)}`);
}

describe('a run whose owner sleeps', () => {
  test('is refused to others until it has been silent before their eyes for a whole span', async () => {
    const { bench, gate, run } = await sleeper();
    const { db, watch, pass } = anotherProcess(bench);
    const take = () => checkFree(db, run.id, watch);
    expect(take).toThrowError(expect.objectContaining({ name: 'RunTakenError', isCertain: false }));
    pass(LEASE_MS - 1);
    expect(take).toThrow(RunTakenError);
    pass(1);
    expect(take).not.toThrow();
    gate.open();
    await run.done;
  });

  test('goes on where it was taken; the owner that wakes writes nothing, executes nothing, and says so once', async () => {
    const { bench, gate, steps, run, build } = await sleeper();
    const { db, watch, pass } = anotherProcess(bench);
    expect(() => checkFree(db, run.id, watch)).toThrow(RunTakenError);
    pass(LEASE_MS);
    const second = new Gate();
    const taken = await resumeRun({ ...bench.worker(build('second', () => second.pass())), db, watch }, run.id);
    await second.reached();
    const before = everything(db);
    gate.open();
    const { message } = await lossOf(run);
    expect(message).toBe(
      `Run ${run.id} was taken by process ${process.pid} on ${db.prepare('select host from leases').pluck().get() as string}, while this one gave no sign of ` +
        `life. This process has stopped, and what it did since then is not stored. The run goes on there.`,
    );
    expect(everything(db)).toEqual(before);
    second.open();
    expect(await taken.done).toMatchObject({ status: 'completed', output: 'second' });
    expect(steps).toEqual(['first one', 'second one', 'second two']);
  });

  test('is left as it is by its owner when another process has finished it', async () => {
    const { bench, gate, run, build } = await sleeper();
    const { db, watch, pass } = anotherProcess(bench);
    expect(() => checkFree(db, run.id, watch)).toThrow(RunTakenError);
    pass(LEASE_MS);
    await (
      await resumeRun({ ...bench.worker(build('second', async () => 0)), db, watch }, run.id)
    ).done;
    const before = everything(db);
    gate.open();
    expect((await lossOf(run)).message).toContain(`Run ${run.id} was taken by another process`);
    expect((await lossOf(run)).message).toContain('and is completed now');
    expect(everything(db)).toEqual(before);
  });

  test('is not brought back by its owner when it was deleted', async () => {
    const { bench, gate, run } = await sleeper();
    const { db } = anotherProcess(bench);
    db.prepare('delete from runs where id = ?').run(run.id);
    gate.open();
    expect((await lossOf(run)).message).toContain(`Run ${run.id} was deleted while it was being worked on`);
    expect(db.prepare('select count(*) from steps').pluck().get()).toBe(0);
  });
});

test('a lost process is put on record by its lease: one with its number elsewhere keeps the run', async () => {
  const { bench, gate, run } = await sleeper();
  const { db } = anotherProcess(bench);
  const before = everything(db);
  // Our runner had this number, too, before the run was taken from it.
  expect(db.prepare('select pid from leases').pluck().get()).toBe(process.pid);
  recordLoss(db, run.id, 'the lease of our runner', 'its process was killed', Date.now());
  expect(everything(db)).toEqual(before);
  recordLoss(db, run.id, run.owner, 'its process was killed', Date.now());
  expect(db.prepare('select status, reason from runs').get()).toEqual({
    status: 'interrupted',
    reason: 'its process was killed',
  });
  gate.open();
  await lossOf(run);
});
