import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { Studio, value } from '../host/studio.ts';
import { eventually, isRunning } from '../support/cli.ts';
import { Project } from '../support/project.ts';
import { Bench, workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';
import { isThorough, seen } from './fault.ts';

/* Steps that never end, reject by the thousand, say more than anybody can read, or use up the memory. */

describe('a step that never settles', () => {
  const NEVER = Project.workflow(`
import { existsSync } from 'node:fs';
cronflow.define({ id: 'never' }).forEach('each', [0, 1, 2], (n: any, flow: any) => {
  flow.step('do', async () => { note(n); if (n === 1 && existsSync(new URL('./never', import.meta.url))) await new Promise(() => setInterval(() => {}, 1_000)); return n; });
});`);

  test('fails with its timeout, whatever it goes on to do, and the others go on', async ({ task }) => {
    const bench = new TimedBench();
    const definition = (fixed: boolean) =>
      workflow(flow =>
        flow.forEach('each', [0, 1, 2], (n, inner) => {
          inner
            .step('do', () => (n === 1 && !fixed ? new Promise(() => undefined) : n))
            .timeout('30s')
            .retry({ attempts: 2, backoff: { strategy: 'fixed', delay: '1s' } });
        }),
      );
    const summary = await bench.run(definition(false));
    expect(summary).toMatchObject({ status: 'failed', items: { succeeded: 2, failed: 1 }, durationMs: 61_000 });
    const { message } = JSON.parse(
      bench.db.prepare<[], string>('select error from batches where status = 3').pluck().get() ?? '',
    ) as { message: string };
    expect(message).toBe('"each/do" took longer than its timeout of 30000 ms');
    expect(await bench.rerun(definition(true), 1)).toMatchObject({ status: 'completed', items: { succeeded: 3 } });
    seen(task, {
      fault: 'a step never settles, with a timeout',
      became: 'failed (exit 1); other batches done',
      said: message,
      afterwards: 'fixed and re-run: completed',
    });
  });

  test('without a timeout is paused and cancelled in the Studio after its grace period, and goes on when it is fixed', async ({
    task,
    skip,
  }) => {
    skip(!isThorough, 'takes the five seconds a step may take to stop');
    const project = new Project({ 'never.ts': NEVER, never: '' });
    const studio = await Studio.open(project, { killAfterMs: 8_000 });
    const run = await studio.start('never.ts');
    await eventually('it hangs', () => project.ledger().includes(1));
    value(await studio.api.stopRun({ run, as: 'paused' }));
    expect(await studio.ended(run)).toMatchObject({
      status: 'paused',
      reason: 'paused in Cronflow Studio',
      items: { succeeded: 1, waiting: 2, running: 0 },
    });
    value(await studio.api.stopRun({ run, as: 'cancelled' }));
    expect(await studio.ended(run)).toMatchObject({ status: 'cancelled', items: { succeeded: 1, cancelled: 2 } });
    project.write('never.ts', NEVER.replace('n === 1 &&', 'false &&'));
    value(await studio.api.rerun({ run, request: { select: 'failed' } }));
    expect(await studio.ended(run)).toMatchObject({ status: 'completed', items: { succeeded: 3 } });
    expect(project.ledger()).toEqual([0, 1, 1, 2]);
    seen(task, {
      fault: 'a step never settles: paused, then cancelled, in the Studio',
      became: 'paused, after 5 s; then cancelled',
      said: 'paused in Cronflow Studio',
      afterwards: 're-run: completed, nothing done twice but that step',
    });
  });

  test('and blocks its process does not outlive a command line that was killed', async ({ task, skip }) => {
    skip(!isThorough, 'takes the ten seconds in which a runner may end in order');
    const project = new Project({
      'spin.ts': NEVER.replace(
        'await new Promise(() => setInterval(() => {}, 1_000))',
        '{ note({ pid: process.pid }); for (;;); }',
      ),
      never: '',
    });
    const call = project.start(['run', 'spin.ts']);
    await eventually('it spins', () => project.ledger().length > 2);
    const { pid } = project.ledger()[2];
    call.kill('SIGKILL');
    await call.done;
    expect(isRunning(pid)).toBe(true);
    await eventually('it is gone', () => !isRunning(pid));
    const [show] = await project.many(['show', '1', '--json']);
    expect(show?.summary).toMatchObject({
      status: 'interrupted',
      reason: 'its process ended',
      items: { succeeded: 1, waiting: 2 },
    });
    project.write('spin.ts', NEVER.replace('n === 1 &&', 'false &&'));
    expect(await project.cli(['resume', '1', '--json'])).toMatchObject({ code: 0, summary: { status: 'completed' } });
    seen(task, {
      fault: 'command line killed while a step spins',
      became: 'interrupted; the runner is gone within 15 s',
      said: show?.summary.reason,
      afterwards: 'fixed and resumed: completed',
    });
  });
});

describe('thousands of rejections that nobody handles', () => {
  test('fail their step, and what comes after it has ended is kept within bounds', async ({ task }) => {
    const project = new Project({
      'rejects.ts': Project.workflow(`
cronflow.define({ id: 'rejects' })
  .forEach('each', [0, 1, 2], (n: any, flow: any) => {
    flow.step('do', async () => {
      if (n === 1) {
        for (let i = 0; i < 5_000; i++) void Promise.reject(new Error('lost ' + i));
        setTimeout(() => { for (let i = 0; i < 5_000; i++) void Promise.reject(new Error('late ' + i)); }, 50);
        setTimeout(() => { for (let i = 0; i < 5_000; i++) console.log('and on'); }, 60);
        await sleep(20);
      }
      return n;
    });
  }, { tolerateFailures: 'all' })
  .step('later', async () => { await sleep(500); note('later'); });`),
    });
    const [ended, show] = await project.many(['run', 'rejects.ts'], ['show', '1', '--batches', 'failed', '--json']);
    expect(ended?.code).toBe(0);
    expect(show?.events[0]).toMatchObject({ event: 'batch', index: 1, error: { message: 'lost 0' } });
    expect(show?.summary).toMatchObject({ status: 'completed', items: { succeeded: 2, failed: 1 } });
    expect(project.ledger()).toEqual(['later']);
    const [{ lines, size, last }] = project.rows(
      'select count(*) as lines, sum(length(text)) as size, (select text from logs order by id desc limit 1) as last from logs',
    );
    expect(lines).toBeLessThanOrEqual(1_001);
    expect(size).toBeLessThanOrEqual(1_100_000);
    expect(last).toBe(
      'No more lines are stored: of lines logged after a step has ended, or by no step, the log holds up to 1000 lines and 1 MB.',
    );
    seen(task, {
      fault: '5,000 rejections nobody handles in a step, 5,000 more and 5,000 lines of log after it',
      became: 'its batch failed, the others and the run went on',
      said: 'lost 0',
      afterwards: `${lines} lines are stored`,
    });
  });
});

describe('100 MB of logs from one step', () => {
  /** In how few megabytes of heap it must go. */
  const HEAP = 64;

  test('are cut to what can be read, without the memory they would take', async ({ task }) => {
    const project = new Project({
      'loud.ts': Project.workflow(`
cronflow.define({ id: 'loud' }).step('say', () => {
  // Each is a text of its own, none of which may be kept for the sake of its beginning.
  for (let i = 0; i < 25; i++) console.log(String(i).padEnd(4_194_304, String(i)));
  for (let i = 0; i < ${isThorough ? 1_000_000 : 2_000}; i++) console.log('a line of about a hundred characters, of which there are far too many to be of use to anybody', i);
}).step('later', () => 'done');`),
    });
    const { code, summary, stdout } = await project.cli(['run', 'loud.ts', '--json'], {
      env: { NODE_OPTIONS: `--max-old-space-size=${HEAP}` },
    });
    expect({ code, status: summary.status, output: summary.output }).toEqual({
      code: 0,
      status: 'completed',
      output: 'done',
    });
    const [{ size, lines }] = project.rows('select sum(length(text)) as size, count(*) as lines from logs');
    expect(size).toBeLessThan(1_100_000);
    const [{ text }] = project.rows('select text from logs order by id desc limit 1');
    expect(text).toMatch(/more lines were not stored: a step's log holds 1000 lines and 1 MB\.$/);
    expect(stdout.length).toBeLessThan(2_000_000);
    seen(task, {
      fault: `${isThorough ? '200' : '100'} MB of logs from one step, with a heap of ${HEAP} MB`,
      became: 'completed',
      said: text,
      afterwards: `${lines} lines are stored`,
    });
  });
});

describe('memory that is used up', () => {
  test('by a step in the Studio interrupts its run, and the host and its other runs do not notice', async ({
    task,
    skip,
  }) => {
    skip(!isThorough, 'test/crash has it for the command line');
    const project = new Project({
      'leak.ts': Project.workflow(
        "cronflow.define({ id: 'leak' }).forEach('each', [0, 1, 2], (n: any, flow: any) => { flow.step('do', async () => { note(n); if (n === 1) for (const leak: number[][] = []; ; await null) leak.push(Array.from({ length: 100_000 }, () => Math.random())); return n; }); });",
      ),
      'calm.ts': Project.workflow(
        "cronflow.define({ id: 'calm' }).forEach('each', Array.from({ length: 60 }, (_, n) => n), (n: any, flow: any) => { flow.step('do', async () => { await sleep(50); return n; }); });",
      ),
    });
    const studio = await Studio.open(project);
    const calm = await studio.start('calm.ts');
    process.env.NODE_OPTIONS = '--max-old-space-size=64';
    let run: number;
    try {
      run = await studio.start('leak.ts');
    } finally {
      delete process.env.NODE_OPTIONS;
    }
    const ended = await studio.ended(run);
    expect(ended).toMatchObject({
      status: 'interrupted',
      reason:
        'the run used up the memory its process may have. Return less from steps, use smaller batches, or stream the items',
      items: { succeeded: 1, waiting: 2 },
    });
    expect(await studio.ended(calm)).toMatchObject({ status: 'completed', items: { succeeded: 60 } });
    project.write(
      'leak.ts',
      Project.workflow(
        "cronflow.define({ id: 'leak' }).forEach('each', [0, 1, 2], (n: any, flow: any) => { flow.step('do', async () => { note(n); return n; }); });",
      ),
    );
    value(await studio.api.resumeRun({ run }));
    expect(await studio.ended(run)).toMatchObject({ status: 'completed', items: { succeeded: 3 } });
    expect(project.ledger()).toEqual([0, 1, 1, 2]);
    seen(task, {
      fault: 'a step uses up the memory, in the Studio',
      became: 'interrupted; the other run went on',
      said: ended.reason ?? '',
      afterwards: 'fixed and resumed: completed',
    });
  });

  test('by one value that is too large for any process fails its step, and says what to do', async ({ task, skip }) => {
    skip(!isThorough, 'takes seconds and a gigabyte');
    const bench = new Bench();
    const definition = (size: number) =>
      workflow(flow => flow.step('whole', () => ['x'.repeat(size), 'y'.repeat(size)]));
    const summary = await bench.run(definition(300 * 1_048_576));
    expect(summary).toMatchObject({
      status: 'failed',
      error: {
        message:
          'output is too large to be stored (over 512 MB as text). Store it in a file and return its path, or return less.',
      },
    });
    expect(await bench.rerun(definition(10), 1)).toMatchObject({ status: 'completed' });
    seen(task, {
      fault: 'an output of 600 MB',
      became: 'failed (exit 1)',
      said: summary.error?.message ?? '',
      afterwards: 'returns less, re-run: completed',
    });
  });
});

test('a step that has ended and goes on to wait for ever keeps no run from its end', async () => {
  const bench = new Bench();
  const summary = await bench.run(
    workflow(flow =>
      flow
        .step('a', () => {
          void new Promise(() => {
            setInterval(() => undefined, 1_000).unref();
          });
          return 1;
        })
        .action('b', () => sleep(5)),
    ),
  );
  expect(summary).toMatchObject({ status: 'completed', output: 1 });
});
