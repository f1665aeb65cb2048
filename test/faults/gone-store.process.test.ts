import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Studio, value } from '../host/studio.ts';
import { eventually } from '../support/cli.ts';
import { Project } from '../support/project.ts';
import { isThorough, seen } from './fault.ts';

/*
 * The store is deleted, moved or replaced while a run is at work on it. Linux lets a process go on to write into such a
 * file: nobody would ever read it.
 */

const ITEMS = 40;
const FLOW = Project.workflow(`
import { existsSync } from 'node:fs';
cronflow.define({ id: 'gone', name: 'Gone' }).forEach('each', Array.from({ length: ${ITEMS} }, (_, n) => n), (n: any, flow: any) => {
  flow.step('do', async (ctx: any) => {
    note(n);
    // Not before the store is gone does it come to its end.
    if (n === 20) while (existsSync(new URL('./wait', import.meta.url)) && !ctx.signal.aborted) await sleep(10);
    return n;
  });
});`);
const GONE =
  /\.cronflow\/runs\.db was deleted, moved or replaced while a run was at work on it\. What the run has done since is not kept\. Put the file back, with the -wal file that belongs to it, and resume the run; or start it anew\.\n$/;

(process.platform === 'win32' ? describe.skip : describe.concurrent)('a store that is gone from under a run', () => {
  test('because it was moved: the run is interrupted, and with the store back in its place it goes on', async ({
    task,
  }) => {
    const project = new Project({ 'flow.ts': FLOW, wait: '' });
    const call = project.start(['run', 'flow.ts']);
    await eventually('it is at work', () => project.ledger().includes(20));
    renameSync(project.path('.cronflow'), project.path('elsewhere'));
    const ended = await call.done;
    expect(ended).toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(GONE) });
    expect(existsSync(project.storeFile)).toBe(false);
    rmSync(project.path('wait'));
    renameSync(project.path('elsewhere'), project.path('.cronflow'));
    expect(await project.cli(['resume', '1', '--json'])).toMatchObject({
      code: 0,
      summary: { status: 'completed', items: { total: ITEMS, succeeded: ITEMS } },
    });
    // Only what was in flight is done again.
    expect(project.ledger().filter(n => n !== 20)).toEqual(
      Array.from({ length: ITEMS }, (_, n) => n).filter(n => n !== 20),
    );
    seen(
      task,
      {
        fault: 'store moved away under a run',
        became: 'interrupted (exit 3)',
        said: ended.stderr.split('\n').at(-2) ?? '',
        afterwards: 'moved back and resumed: completed, only the step in flight done twice',
      },
      project,
    );
  });

  test('because it was deleted: nothing is told as done, and a new run makes a new store', async ({ task, skip }) => {
    skip(!isThorough, 'starts processes, as the one before');
    const project = new Project({ 'flow.ts': FLOW, wait: '' });
    const call = project.start(['run', 'flow.ts', '--json']);
    await eventually('it is at work', () => project.ledger().includes(20));
    rmSync(project.path('.cronflow'), { recursive: true });
    const ended = await call.done;
    expect(ended).toMatchObject({
      code: 3,
      summary: {
        event: 'error',
        name: 'StoreError',
        message: expect.stringContaining('was deleted, moved or replaced'),
      },
    });
    expect(ended.events.some(({ event }) => event === 'summary')).toBe(false);
    rmSync(project.path('wait'));
    expect(await project.cli(['run', 'flow.ts', '--json'])).toMatchObject({
      code: 0,
      summary: { run: '1', status: 'completed' },
    });
    seen(
      task,
      {
        fault: 'store deleted under a run',
        became: 'interrupted (exit 3)',
        said: ended.summary.message,
        afterwards: 'started anew: completed. What was in the store is lost with it',
      },
      project,
    );
  });

  test('because another one is in its place: the other is left as it is, and its run of the same number is not mistaken for this one', async ({
    task,
    skip,
  }) => {
    skip(!isThorough, 'starts processes, as the first');
    const project = new Project({ 'flow.ts': FLOW });
    expect(await project.cli(['run', 'flow.ts', '--store', 'other.db'])).toMatchObject({ code: 0 });
    const other = () => project.rows('select uid, status, reason, ended_at from runs');
    rmSync(project.path('ledger.txt'));
    project.write('wait', '');
    const call = project.start(['run', 'flow.ts']);
    await eventually('it is at work', () => project.ledger().includes(20));
    copyFileSync(project.path('other.db'), project.path('new.db'));
    rmSync(`${project.storeFile}-wal`);
    rmSync(`${project.storeFile}-shm`);
    renameSync(project.path('new.db'), project.storeFile);
    const before = other();
    const ended = await call.done;
    expect(ended).toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(GONE) });
    expect(before).toMatchObject([{ status: 'completed' }]);
    expect(other()).toEqual(before);
    seen(
      task,
      {
        fault: 'store replaced by another under a run',
        became: 'interrupted (exit 3)',
        said: ended.stderr.split('\n').at(-2) ?? '',
        afterwards: 'the other store is as it was',
      },
      project,
    );
  });
});

(process.platform === 'win32' ? describe.skip : describe)('a store that is gone from under a run of the Studio', () => {
  test('the run is shown as interrupted with the reason, and the next one begins in a new store', async ({ task }) => {
    const project = new Project({ 'flow.ts': FLOW, wait: '' });
    const studio = await Studio.open(project);
    const run = await studio.start('flow.ts');
    const model = await studio.watch(run);
    await studio.until('it is at work', () => model.progress.items.succeeded === 20, 40_000);
    rmSync(project.path('.cronflow'), { recursive: true });
    const told = await studio.until(
      'its end is told',
      () => studio.events('onRun').find(item => item.status !== 'running'),
      40_000,
    );
    expect(told).toMatchObject({
      run,
      status: 'interrupted',
      reason: expect.stringContaining('was deleted, moved or replaced'),
      items: { succeeded: 20, running: 0 },
    });
    await studio.until('the page knows it', () => model.progress.status === 'interrupted');
    expect(await studio.api.listRuns({ limit: 10 })).toEqual([]);
    rmSync(project.path('wait'));
    value(await studio.api.startRun({ file: 'flow.ts', workflow: 'gone', payload: '{}' }));
    await studio.until(
      'it has completed',
      async () => (await studio.api.listRuns({ limit: 10 }))[0]?.status === 'completed',
      40_000,
    );
    seen(
      task,
      {
        fault: 'store deleted under a run of the Studio',
        became: told.status,
        said: told.reason ?? '',
        afterwards: 'started anew: completed',
      },
      project,
    );
  });
});
