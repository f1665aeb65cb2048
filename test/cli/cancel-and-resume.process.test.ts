import { rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { eventually } from '../support/cli.ts';
import { Project } from '../support/project.ts';

describe.concurrent('cancel, resume, and runs that were killed', { timeout: 120_000 }, () => {
  /** The second of three steps takes as long as a file named `wait` lies beside it. */
  const SLOW = Project.workflow(`
import { existsSync } from 'node:fs';
const wait = new URL('./wait', import.meta.url);
cronflow.define({ id: 'slow', name: 'Slow' }).batch('work', { items: [0, 1, 2], size: 1 }, (batch: any, flow: any) => {
  flow.step('do', async (ctx: any) => {
    note({ does: batch[0] });
    while (existsSync(wait) && batch[0] === 1 && !ctx.signal.aborted) await sleep(20);
    ctx.signal.throwIfAborted();
    note({ did: batch[0] });
  });
});`);

  test('a running run is cancelled from another process, and continues by a re-run', async () => {
    const project = new Project({ 'slow.ts': SLOW, wait: '' });
    const run = project.start(['run', 'slow.ts', '--json']);
    await eventually('the second batch runs', () => project.ledger().some(({ does }) => does === 1));
    const [running, plan, planned] = await project.many(
      ['resume', '1', '--dry-run'],
      ['cancel', '1', '--dry-run'],
      ['cancel', '1', '--dry-run', '--json'],
    );
    const { pid } = project.rows('select pid from leases')[0];
    expect(plan).toMatchObject({ code: 0, stdout: expect.stringMatching(`^  Ends: process ${String(pid)} on .*\n`) });
    expect(planned?.events).toMatchObject([
      { event: 'dry-run', run: '1', process: { pid }, nodes: [{ path: 'work', reused: 1, left: 0 }] },
    ]);
    expect(project.rows('select stop from requests')).toEqual([]);
    expect(running).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^Run 1 is running in process \d+\. Wait for it/),
    });
    const [cancel, again, resume] = await project.many(['cancel', '1', '--json'], ['cancel', '1'], ['resume', '1']);
    expect(cancel).toMatchObject({
      code: 0,
      summary: { event: 'summary', run: '1', status: 'cancelled', batches: { total: 3, succeeded: 1, cancelled: 2 } },
    });
    expect(await run.done).toMatchObject({
      code: 130,
      summary: {
        status: 'cancelled',
        reason: expect.stringContaining('cronflow cancel'),
        items: { succeeded: 1, cancelled: 2 },
      },
    });
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('Run 1 is cancelled already') });
    expect(resume).toMatchObject({ code: 2, stderr: expect.stringContaining('cronflow rerun 1') });
    rmSync(project.path('wait'));
    expect(await project.cli(['rerun', '1', '--json'])).toMatchObject({
      code: 0,
      summary: { run: '1', status: 'completed', items: { total: 3, succeeded: 3, cancelled: 0 } },
    });
    expect(project.ledger().filter(({ did }) => did !== undefined)).toEqual([{ did: 0 }, { did: 1 }, { did: 2 }]);
  });

  test('a killed run is shown as interrupted, and is resumed or cancelled', async () => {
    const project = new Project({ 'slow.ts': SLOW, wait: '' });
    for (const run of [1, 2]) {
      const call = project.start(['run', 'slow.ts', '--json']);
      await eventually('the second batch runs', () => project.ledger().filter(({ does }) => does === 1).length === run);
      await eventually('that is on record', () => {
        const sql = `select 1 from steps s join nodes n using (run, node) where s.run = ? and s.status = 1 and n.path = 'work/do'`;
        return project.rows(sql, run).length === 1;
      });
      const { pid } = project.rows('select pid from leases where run = ?', run)[0];
      call.kill('SIGKILL');
      process.kill(pid, 'SIGKILL');
      await call.done;
    }
    rmSync(project.path('wait'));
    const [runs, text, plan, planned, resume, done, cancel] = await project.many(
      ['runs', '--json'],
      ['runs'],
      ['resume', '1', '--dry-run'],
      ['resume', '1', '--dry-run', '--json'],
      ['resume', '1', '--json'],
      ['resume', '1', '--dry-run'],
      ['cancel', '2', '--json'],
    );
    expect(runs?.events).toMatchObject([
      { run: '2', status: 'interrupted' },
      { run: '1', status: 'interrupted', reason: 'its process ended', items: { total: 3, succeeded: 1 } },
    ]);
    expect(text?.stdout).toContain('   1  interrupted Slow');
    expect(plan).toMatchObject({
      code: 0,
      stdout: [
        '  Goes on with: 1 batch of work that had begun (#1)',
        '  Begins at the first step: 1 batch of work',
        '  Reuses: 1 batch of work that succeeded',
        '  Executes again, because they had not ended: work/do (1 attempt)',
        '  Code: unchanged',
        '',
      ].join('\n'),
    });
    expect(planned?.events).toMatchObject([
      {
        event: 'dry-run',
        run: '1',
        nodes: [{ path: 'work', reused: 1, left: 0, continued: [1], fromStart: 1, hasMore: false }],
        again: [{ path: 'work/do', attempts: 1 }],
        later: [],
        codeChanged: false,
      },
    ]);
    expect(done).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Run 1 has completed') });
    expect(resume).toMatchObject({ code: 0, summary: { run: '1', status: 'completed', items: { succeeded: 3 } } });
    expect(cancel).toMatchObject({
      code: 0,
      summary: { run: '2', status: 'cancelled', items: { total: 3, succeeded: 1, cancelled: 2 } },
    });
  });

  test('the time of a run is the time in which some process has worked on it', async () => {
    const project = new Project({ 'slow.ts': SLOW, wait: '' });
    const call = project.start(['run', 'slow.ts', '--json']);
    await eventually('the second batch runs', () => project.ledger().some(({ does }) => does === 1));
    await eventually(
      'the run has given a sign of life',
      () => project.rows('select heartbeat - started_at as age from leases join runs on id = run')[0].age > 0,
    );
    const { pid } = project.rows('select pid from leases')[0];
    call.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    await call.done;
    await eventually(
      'a second has gone by',
      () => Date.now() - project.rows('select heartbeat from leases')[0].heartbeat > 1_500,
    );
    const [shown] = await project.many(['show', '1', '--json']);
    const { age } = project.rows('select heartbeat - started_at as age from leases join runs on id = run')[0];
    expect(shown?.summary.durationMs).toBe(Math.round(age));
  });
});
