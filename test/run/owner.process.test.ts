import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { rerunRun, resumeRun } from '../../engine/run/execute.ts';
import { Lease, LeaseLostError, RunTakenError } from '../../engine/store/leases.ts';
import { identityOf, type ProcessIdentity } from '../../engine/store/process-identity.ts';
import { Gate } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

const interrupted = { as: 'interrupted', reason: 'test' } as const;

describe('the owner of a run', () => {
  /** A process that does nothing until it is killed. */
  async function bystander(): Promise<ChildProcess & { pid: number }> {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await once(child, 'spawn');
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    return child as ChildProcess & { pid: number };
  }

  /** A run that was in progress when its process, of the given identity, was last heard of. */
  async function runOwnedBy(owner: ProcessIdentity, heartbeat = Date.now()) {
    const bench = new Bench();
    const build = (act: () => void) => workflow(flow => flow.step('one', async () => act()).step('two', async () => 2));
    const run = await bench.start(build(() => run.run.stopping.request(interrupted)));
    await run.done;
    bench.db.prepare(`update runs set status = 'running' where id = ?`).run(run.id);
    bench.db
      .prepare('insert into leases (run, owner, pid, born, host, heartbeat) values (?, ?, ?, ?, ?, ?)')
      .run(run.id, 'somebody', owner.pid, owner.born ?? null, owner.host, heartbeat);
    return {
      resume: () => resumeRun(bench.worker(build(() => {})), run.id),
      rerun: () => rerunRun(bench.worker(build(() => {})), run.id, { batches: 'failed' }),
      bench,
      run: run.id,
    };
  }

  test('that is alive keeps it, and is named; when it is killed, the run can be taken', async () => {
    const owner = await bystander();
    const { resume, rerun, bench } = await runOwnedBy(identityOf(owner.pid));
    const before = bench.db.prepare('select * from leases').all();
    for (const take of [resume, rerun]) {
      await expect(take()).rejects.toThrowError(
        expect.objectContaining({
          name: 'RunTakenError',
          pid: owner.pid,
          message: expect.stringMatching(new RegExp(`Run 1 is being worked on by process ${owner.pid} `)),
        }),
      );
    }
    expect(bench.db.prepare('select * from leases').all()).toEqual(before);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    expect(await (await resume()).done).toMatchObject({ status: 'completed', output: 2 });
    expect(bench.db.prepare('select * from leases').all()).toEqual([]);
  });

  test('whose pid now is that of another process is gone', async () => {
    const other = await bystander();
    const identity = identityOf(other.pid);
    const { resume } = await runOwnedBy({ ...identity, born: identity.born?.replace(/\d+/, '1') });
    expect(await (await resume()).done).toMatchObject({ status: 'completed' });
  });

  test('can be this very process: what it works on cannot be taken a second time', async () => {
    const bench = new Bench();
    const gate = new Gate();
    const build = () => workflow(flow => flow.step('one', () => gate.pass()));
    const run = await bench.start(build());
    await expect(resumeRun(bench.worker(build()), run.id)).rejects.toThrow(RunTakenError);
    gate.open();
    expect(await run.done).toMatchObject({ status: 'completed' });
  });

  test('that has lost it does not hold it any more', async () => {
    const owner = await bystander();
    const { bench, run } = await runOwnedBy(identityOf(owner.pid));
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    const first = Lease.take(bench.db, run, Date.now());
    first.check();
    bench.db.prepare(`update leases set owner = 'another'`).run();
    expect(() => first.check()).toThrow(LeaseLostError);
    first.release();
    expect(() => first.check()).toThrow(LeaseLostError);
    expect(bench.db.prepare('select owner from leases').all()).toEqual([{ owner: 'another' }]);
  });
});
