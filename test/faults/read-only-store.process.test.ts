import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../engine/store/open.ts';
import { problem, Studio } from '../host/studio.ts';
import { whyNoOtherUser } from '../support/other-user.ts';
import { Project } from '../support/project.ts';
import { isThorough, seen } from './fault.ts';

/*
 * A store on a write-protected medium. A file system of its own, mounted as such: rights do not stop root, who runs
 * these tests in containers.
 */

const FLOW = Project.workflow(`
cronflow.define({ id: 'small', name: 'Small' }).forEach('each', [0, 1, 2], (n: any, flow: any) => {
  flow.step('do', () => { if (n === 1) throw new Error('one is wrong'); return n; });
});`);

/** A folder that is a file system of its own, of so many kilobytes; null where this user may not make one. */
function mounted(project: Project, name: string, kilobytes: number): string | null {
  const folder = project.path(name);
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return null;
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder]);
  });
  return folder;
}

describe('a store that cannot be written', () => {
  test('can be looked at by every command that only looks, and by the Studio; what writes is refused', async ({
    task,
    skip,
  }) => {
    const project = new Project();
    const folder = mounted(project, 'medium', 4_096);
    if (folder === null) return skip('needs the right to mount');
    project.write('medium/supplied.ts', readFileSync(project.path('supplied.ts')));
    project.write('medium/flow.ts', FLOW);
    const store = 'medium/.cronflow/runs.db';
    expect((await project.many(['run', 'medium/flow.ts']))[0]).toMatchObject({ code: 1 });
    // As a machine that lost its power leaves it: with a -wal file that holds all of it.
    const db = openStore(project.path(store), { mode: 'write' });
    db.prepare("update runs set name = 'Small, as the log has it'").run();
    for (const end of ['', '-wal']) copyFileSync(project.path(`${store}${end}`), project.path(`copy.db${end}`));
    db.close();
    for (const end of ['', '-wal']) copyFileSync(project.path(`copy.db${end}`), project.path(`${store}${end}`));
    execFileSync('mount', ['-o', 'remount,ro', folder]);

    const left = readdirSync(tmpdir()).filter(name => name.startsWith('cronflow-read-'));
    const [runs, show, failed, resume, rerun, dryRun, cancel, run] = await project.many(
      ...[
        ['runs'],
        ['show', '1'],
        ['show', '1', '--batches', 'failed', '--json'],
        ['resume', '1'],
        ['rerun', '1'],
        ['rerun', '1', '--dry-run'],
        ['cancel', '1'],
      ].map(args => [...args, '--store', store]),
      ['run', 'medium/flow.ts'],
    );
    expect(runs).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^1 run · the store takes \d+ KB\n$/),
      stdout: expect.stringContaining('Small, as the log has it'),
    });
    expect(show).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('one is wrong') });
    expect(failed?.events[0]).toMatchObject({ event: 'batch', index: 1, status: 'failed' });
    const refused =
      /medium\/\.cronflow\/runs\.db cannot be written \(\w+\)\. Make it and its folder writable, or name another with --store\.\n$/;
    for (const ended of [resume, rerun, dryRun, cancel, run])
      expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(refused) });
    expect(readdirSync(tmpdir()).filter(name => name.startsWith('cronflow-read-'))).toEqual(left);
    seen(
      task,
      {
        fault: 'store on a read-only file system',
        became: 'shown by `runs`, `show` and the Studio; the rest refused (exit 2)',
        said: resume?.stderr.replace(`${project.folder}/`, '') ?? '',
        afterwards: 'made writable: goes on',
      },
      project,
    );
    execFileSync('mount', ['-o', 'remount,rw', folder]);
    expect((await project.many(['rerun', '1', '--store', store, '--json']))[0]).toMatchObject({
      code: 1,
      summary: { status: 'failed' },
    });
  });

  test('is shown by the Studio, which says so when it is to be written, and goes on when it can be', async ({
    skip,
  }) => {
    skip(!isThorough, 'takes a host and a run');
    const project = new Project();
    const folder = mounted(project, 'medium', 4_096);
    if (folder === null) return skip('needs the right to mount');
    project.write('medium/supplied.ts', readFileSync(project.path('supplied.ts')));
    project.write('medium/flow.ts', FLOW);
    expect((await project.many(['run', 'medium/flow.ts']))[0]).toMatchObject({ code: 1 });
    execFileSync('mount', ['-o', 'remount,ro', folder]);
    const inside = Object.assign(Object.create(Project.prototype) as Project, { folder });
    const studio = await Studio.open(inside);
    expect(await studio.api.listRuns({ limit: 5 })).toMatchObject([
      { run: 1, status: 'failed', items: { succeeded: 2, failed: 1 } },
    ]);
    const model = await studio.watch(1);
    expect(model.progress.status).toBe('failed');
    await studio.workflow('flow.ts');
    for (const refused of [
      await studio.api.rerun({ run: 1, request: { select: 'failed' } }),
      await studio.api.startRun({ file: 'flow.ts', workflow: 'small', payload: '' }),
    ]) {
      expect(problem(refused)).toMatchObject({
        name: 'StoreError',
        message: expect.stringContaining('cannot be written'),
      });
    }
    execFileSync('mount', ['-o', 'remount,rw', folder]);
    project.write('medium/flow.ts', FLOW.replace('n === 1', 'n === 9'));
    await studio.until(
      'it is run again',
      async () => (await studio.api.rerun({ run: 1, request: { select: 'failed' } })).ok,
    );
    await studio.until(
      'it has completed',
      async () => (await studio.api.listRuns({ limit: 5 }))[0]?.status === 'completed',
    );
  });

  test('for want of rights can be looked at just so', async ({ skip }) => {
    skip(!isThorough, 'test/cli/bad-store.process.test.ts has it');
    const whyNot = whyNoOtherUser(65_534);
    skip(whyNot !== undefined, whyNot);
    const project = new Project({ 'flow.ts': FLOW });
    expect((await project.many(['run', 'flow.ts']))[0]).toMatchObject({ code: 1 });
    chmodSync(project.folder, 0o755);
    expect(await project.cli(['runs', '--json'], { uid: 65_534 })).toMatchObject({
      code: 0,
      stderr: '',
      events: [{ event: 'summary', status: 'failed' }],
    });
    expect(existsSync(`${project.storeFile}-wal`)).toBe(false);
  });
});

describe('a file system that is full', () => {
  const BIG = Project.workflow(`
cronflow.define({ id: 'big', name: 'Big' }).forEach('each', Array.from({ length: 60 }, (_, n) => n), (n: any, flow: any) => {
  flow.step('grow', async (ctx: any) => { note(n); await sleep(15); await ctx.state.incr('n'); return 'x'.repeat(40_000); });
});`);

  test('interrupts a run of the Studio in so many words; with room again it goes on, and nothing is lost or counted twice', async ({
    task,
    skip,
  }) => {
    const project = new Project();
    const folder = mounted(project, 'disk', 1_500);
    if (folder === null) return skip('needs the right to mount');
    project.write('disk/big.ts', BIG);
    // Its ledger is on another disk.
    project.write(
      'disk/supplied.ts',
      readFileSync(project.path('supplied.ts'), 'utf8').replace("'./ledger.txt'", "'../ledger.txt'"),
    );
    const inside = Object.assign(Object.create(Project.prototype) as Project, { folder });
    const studio = await Studio.open(inside);
    const run = await studio.start('big.ts');
    const ended = await studio.ended(run);
    expect(ended).toMatchObject({
      status: 'interrupted',
      reason: expect.stringMatching(
        /^The disk that holds .*runs\.db is full\. Free some space, then resume the run: all checkpoints up to here are kept\.(?: Step .* was running\.)?$/,
      ),
    });
    expect(ended.items.succeeded).toBeGreaterThan(5);
    expect(ended.items.succeeded + ended.items.waiting).toBe(60);
    const [runs] = await project.many(['runs', '--store', 'disk/.cronflow/runs.db', '--json']);
    expect(runs).toMatchObject({
      code: 0,
      summary: { status: 'interrupted', items: { succeeded: ended.items.succeeded } },
    });
    execFileSync('mount', ['-o', 'remount,size=16m', folder]);
    const before = project.ledger().length;
    const resumed = await studio.api.resumeRun({ run });
    expect(resumed).toMatchObject({ ok: true });
    const done = await studio.ended(run);
    expect(done).toMatchObject({ status: 'completed', items: { succeeded: 60 } });
    expect(before + 60 - ended.items.succeeded).toBe(project.ledger().length);
    expect(before - ended.items.succeeded).toBeLessThanOrEqual(2);
    const [shown] = await project.many(['show', '1', '--store', 'disk/.cronflow/runs.db', '--json']);
    expect(shown?.summary.state).toEqual({ n: 60 });
    seen(
      task,
      {
        fault: 'disk full (tmpfs) under a run of the Studio',
        became: ended.status,
        said: (ended.reason ?? '').replace(`${folder}/`, ''),
        afterwards: 'room made and resumed: completed, state exact',
      },
      project,
    );
  });
});
