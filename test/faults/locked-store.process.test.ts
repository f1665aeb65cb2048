import Database from 'better-sqlite3';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { LogLine } from '../../engine/store/records.ts';
import { Studio } from '../host/studio.ts';
import { eventually } from '../support/cli.ts';
import { Ledger } from '../support/outside.ts';
import { Project } from '../support/project.ts';
import { Bench, workflow } from '../support/runs.ts';
import { isThorough, seen } from './fault.ts';

/* Another program holds the store's one write lock: a backup, a person with a shell, another Cronflow. */

/** Takes the lock; what it gives lets go of it. */
function lock(file: string): () => void {
  const db = new Database(file);
  onTestFinished(() => {
    db.close();
  });
  db.prepare('begin immediate').run();
  return () => {
    if (db.inTransaction) db.prepare('rollback').run();
  };
}

describe('a store that another program has locked', () => {
  test('is waited for: steps come to their end meanwhile, and none is taken to have been slow', async () => {
    const bench = new Bench();
    const ledger = new Ledger();
    let free: () => void;
    // By a timer of this very process: it would never be called if waiting stopped the process.
    const summary = await bench.run(
      workflow(flow =>
        flow
          .step('lock', () => {
            free = lock(bench.file);
            setTimeout(() => free(), 700);
          })
          .batch('work', { items: [1, 2, 3, 4], size: 1, concurrency: 4 }, ([n], inner) => {
            inner
              .step('first', async () => {
                await sleep(5);
                ledger.note(`first ${n}`);
                return n;
              })
              .timeout('300ms')
              .step('second', () => ledger.note(`second ${n}`));
          }),
      ),
    );
    expect(summary).toMatchObject({ status: 'completed', items: { total: 4, succeeded: 4 } });
    expect(ledger.entries).toHaveLength(8);
  });

  test('for too long interrupts the run, which goes on from its last checkpoint when it is free', async () => {
    const said: LogLine[] = [];
    const bench = new Bench({ busyTimeoutMs: 1_300, onLog: line => said.push(line) });
    const ledger = new Ledger();
    let free: (() => void) | undefined;
    const definition = workflow(flow =>
      flow.forEach('each', [0, 1, 2], (n, inner) => {
        inner.step('do', () => {
          ledger.note(`do ${n}`);
          if (n === 1 && !free) free = lock(bench.file);
          return n;
        });
      }),
    );
    const run = await bench.start(definition);
    await expect(run.done).rejects.toMatchObject({
      name: 'StoreError',
      problem: 'busy',
      message: expect.stringMatching(
        /runs\.db has been locked by another program for too long .*\. Close that program, then try again; what a run had kept until then is there, and it can be resumed\.$/,
      ),
    });
    expect(said.map(({ level, text }) => [level, text])).toEqual([
      ['warn', `${bench.file} is locked by another program: the run waits for it.`],
    ]);
    free?.();
    // Its process is this one, which is still there: as it would be gone.
    bench.db.prepare('delete from leases').run();
    expect(await bench.resume(definition, 1)).toMatchObject({ status: 'completed', items: { succeeded: 3 } });
    expect(ledger.entries).toEqual(['do 0', 'do 1', 'do 1', 'do 2']);
  });

  test('lets a stop be heard', async () => {
    const bench = new Bench();
    const free = Promise.withResolvers<() => void>();
    const run = await bench.start(
      workflow(flow => flow.step('lock', () => free.resolve(lock(bench.file))).step('never', () => 1)),
    );
    const unlock = await free.promise;
    run.run.stopping.request({ as: 'paused', reason: 'somebody asked for it' });
    await sleep(200);
    unlock();
    expect(await run.done).toMatchObject({ status: 'paused' });
    expect(bench.db.prepare('select status from runs').pluck().all()).toEqual(['paused']);
  });
});

describe('a store that is locked for 10 and for 20 seconds', () => {
  const FLOW = Project.workflow(`
cronflow.define({ id: 'locked' }).forEach('each', Array.from({ length: 60 }, (_, n) => n), (n: any, flow: any) => {
  flow.step('do', async () => { note(n); await sleep(20); return n; }).timeout('2s');
});`);

  test.for([10, 20])(
    '%i s: the command line waits and then goes on, or says what to do',
    { timeout: 120_000 },
    async (seconds, { task, skip }) => {
      skip(!isThorough, 'takes as long as it says');
      const project = new Project({ 'flow.ts': FLOW });
      const call = project.start(['run', 'flow.ts']);
      await eventually('it is at work', () => project.ledger().length > 5);
      const free = lock(project.storeFile);
      await sleep(500);
      const studio = await Studio.open(project);
      const looks = await project.many(['show', '1', '--json'], ['runs', '--json']);
      expect(looks.map(({ code, summary }) => [code, summary.status])).toEqual([
        [0, 'running'],
        [0, 'running'],
      ]);
      expect(await studio.api.listRuns({ limit: 5 })).toMatchObject([{ status: 'running' }]);
      await call.says('.cronflow/runs.db is locked by another program: the run waits for it.');
      await Promise.race([sleep(seconds * 1_000), call.done]);
      free();
      const ended = await call.done;
      if (seconds === 10) {
        expect(ended.code).toBe(0);
        expect(project.ledger()).toHaveLength(60);
        seen(task, {
          fault: 'store locked for 10 s by another writer',
          became: 'waits; completed, nothing twice',
          said: '.cronflow/runs.db is locked by another program: the run waits for it.',
          afterwards: 'nothing to do',
        });
        return;
      }
      expect(ended).toMatchObject({
        code: 3,
        stdout: expect.stringMatching(
          /\.cronflow\/runs\.db has been locked by another program for too long \(15 s\)\. Close that program/,
        ),
      });
      expect(await project.cli(['resume', '1', '--json'])).toMatchObject({
        code: 0,
        summary: { status: 'completed', items: { succeeded: 60 } },
      });
      expect(project.ledger().length).toBeLessThanOrEqual(61);
      seen(
        task,
        {
          fault: 'store locked for 20 s by another writer',
          became: 'interrupted (exit 3)',
          said:
            /[^\n]*locked by another program for too long[^\n]*/
              .exec(ended.stdout)?.[0]
              .replace(`${project.folder}/`, '') ?? '',
          afterwards: 'resumed: completed, at most the step in flight done twice',
        },
        project,
      );
    },
  );
});
