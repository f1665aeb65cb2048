import { existsSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { eventually, isRunning, type Call, type Ended } from '../support/cli.ts';
import { Project } from '../support/project.ts';
import { story } from '../support/story.ts';
import { BATCHES, CrashProject, placeOf, STEPS, type Deed, type Snapshot } from './flow.ts';

/*
 * Processes die, and the run goes on: one workflow, and what is told of its deaths; harness.process.test.ts does the
 * same with random ones. However it was killed:
 *
 * - no step is done again once its checkpoint was committed;
 * - of those in flight, three batches' worth, each is done at most once more for each kill;
 * - state and output come to what they come to without a kill;
 * - attempts and logs of before the kill are still there, and the file is whole.
 */

const IN_FLIGHT = 3;
const ALL_PLACES = [
  'load',
  ...STEPS.flatMap(step => Array.from({ length: BATCHES }, (_, batch) => placeOf(step, batch))),
  'sum',
].toSorted();

const ALL_LOGS = Array.from({ length: BATCHES }, (_, batch) => [`first ${batch}`, `third ${batch}`]).flat();

const undisturbed = story(async () => {
  const project = new CrashProject();
  const { summary } = await project.cli(['run', 'flow.ts', '--json']);
  expect(summary.status).toBe('completed');
  return { project, summary };
});

/** One death: how things stood just after it. */
interface Death {
  readonly store: Snapshot;
  readonly deeds: readonly Deed[];
}

function death(project: CrashProject): Death {
  return { store: project.snapshot(), deeds: project.deeds() };
}

/** Checks everything above for a run that died so often and has then been resumed to its end. */
async function expectNothingLost(
  project: CrashProject,
  deaths: readonly Death[],
  { code, summary }: Ended,
): Promise<void> {
  const { state, output, items, batches } = (await undisturbed()).summary;
  expect({
    code,
    status: summary.status,
    state: summary.state,
    output: summary.output,
    items: summary.items,
    batches: summary.batches,
  }).toEqual({ code: 0, status: 'completed', state, output, items, batches });
  const deeds = project.deeds();
  const after = project.snapshot();
  expect([...project.counts().keys()].toSorted()).toEqual(ALL_PLACES);
  for (const { store, deeds: before } of deaths) {
    const later = deeds.slice(before.length);
    const again = [...project.counts(later).keys()];
    expect(
      again.filter(place => store.checkpoints.has(place)),
      'done again after its checkpoint',
    ).toEqual([]);
    const done = project.counts(before);
    expect(again.filter(place => done.has(place)).length, 'in flight').toBeLessThanOrEqual(IN_FLIGHT);
    expect(store.integrity).toBe('ok');
    for (const kind of ['attempts', 'logs'] as const) {
      const kept = new Map(after[kind].map(({ id, row }) => [id, row]));
      for (const { id, row } of store[kind]) expect(kept.get(id)).toEqual(row);
    }
  }
  expect(Math.max(...project.counts().values())).toBeLessThanOrEqual(1 + deaths.length);
  expect(new Set(project.rows('select text from logs').map(({ text }) => text))).toEqual(new Set(ALL_LOGS));
  expect(after.integrity).toBe('ok');
  // An outside system can tell a repetition by its key: one for each step of each batch, whoever does it.
  const places = new Map(deeds.map(({ key, step, batch }) => [key, placeOf(step, batch)]));
  expect(places.size).toBe(ALL_PLACES.length);
  expect(new Set(places.values()).size).toBe(ALL_PLACES.length);
}

describe.concurrent('killed at a point of the engine', { timeout: 120_000 }, () => {
  test('again and again, in the resumed runs too; and of two that resume it at the same time, one does', async () => {
    const project = new CrashProject();
    const deaths: Death[] = [];
    for (const [args, point] of [
      [['run', 'flow.ts'], 'after-commit:6'],
      [['resume', '1'], 'in-transaction:6'],
    ] as const) {
      expect(await project.cli([...args, '--json'], { env: { CRONFLOW_CRASH_AT: point } })).toMatchObject({
        code: 3,
        summary: { status: 'interrupted' },
      });
      deaths.push(death(project));
    }
    const both = await Promise.all([1, 2].map(() => project.cli(['resume', '1', '--json'])));
    const [done, refused] = both.sort((a, b) => (a.code ?? 9) - (b.code ?? 9));
    expect(refused).toMatchObject({
      code: 2,
      events: [
        {
          event: 'error',
          message: expect.stringMatching(
            /^Run 1 (has completed: there is nothing to resume|is being worked on by process \d+)/,
          ),
        },
      ],
    });
    await expectNothingLost(project, deaths, done as Ended);
    expect(project.rows('select kind, outcome from sessions order by session')).toEqual([
      { kind: 'start', outcome: 'interrupted' },
      { kind: 'resume', outcome: 'interrupted' },
      { kind: 'resume', outcome: 'completed' },
    ]);
  });

  test('before-rerun and after-rerun, a re-run has not begun, and begins when asked again', async () => {
    const {
      project,
      summary: { state, output },
    } = await undisturbed();
    const before = death(project);
    const rerun = ['rerun', '1', '--batches', '0,3', '--json'];
    for (const point of ['before-rerun', 'after-rerun']) {
      const killed = await project.cli(rerun, { env: { CRONFLOW_CRASH_AT: point } });
      expect(killed).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('The run did not start: its process was killed (SIGKILL)'),
      });
      expect(death(project)).toEqual(before);
      expect(project.rows('select status from runs')).toEqual([{ status: 'completed' }]);
    }
    const again = await project.cli(rerun);
    expect(again).toMatchObject({ code: 0, summary: { run: '1', status: 'completed', state, output } });
    const redone = project.counts(project.deeds().slice(before.deeds.length));
    expect([...redone.keys()].toSorted()).toEqual(
      [...STEPS.flatMap(step => [placeOf(step, 0), placeOf(step, 3)]), 'sum'].toSorted(),
    );
    expect(project.snapshot().integrity).toBe('ok');
  });
});

test.concurrent(
  'the command line alone is killed: the runner ends at its next checkpoints, and nothing is done twice',
  { timeout: 120_000 },
  async () => {
    const project = new CrashProject();
    project.write('limit', String(10 + IN_FLIGHT));
    const call = project.start(['run', 'flow.ts', '--json']);
    await eventually('enough is done', () => project.deeds().length >= 10, 4);
    call.kill('SIGKILL');
    expect((await call.done).signal).toBe('SIGKILL');
    const runner = project.deeds()[0]?.pid ?? 0;
    await eventually('no process stays', () => !isRunning(runner));
    rmSync(project.path('limit'));
    const last = death(project);
    expect(project.rows('select status, reason from runs')).toEqual([
      { status: 'interrupted', reason: 'the process that started it is gone' },
    ]);
    expect(project.rows('select * from leases')).toEqual([]);
    await expectNothingLost(project, [last], await project.cli(['resume', '1', '--json']));
    expect(project.deeds()).toHaveLength(ALL_PLACES.length);
  },
);

test.concurrent(
  'the counts of a killed run are those of its batches, not those of its last sign of life',
  { timeout: 120_000 },
  async () => {
    const project = new Project({
      'flow.ts': Project.workflow(`
cronflow.define({ id: 'steady' }).batch('work', { items: Array.from({ length: 500 }, (_, id) => id), size: 1 }, (batch: any, flow: any) => {
  flow.step('do', async () => { note({ pid: process.pid }); await sleep(20); });
});`),
    });
    const call = project.start(['run', 'flow.ts', '--json']);
    const succeeded = () => project.rows('select count(*) as n from batches where status = 2')[0].n as number;
    const written = () =>
      JSON.parse(project.rows('select counts from runs')[0].counts ?? 'null')?.batches.succeeded as number | undefined;
    await eventually('its counts have been written', () => project.ledger().length > 0 && written() !== undefined);
    await eventually('more has been done since', () => succeeded() > (written() ?? Infinity) + 5);
    process.kill(project.ledger()[0].pid, 'SIGKILL');
    const { summary } = await call.done;
    expect(summary.status).toBe('interrupted');
    expect(summary.batches).toEqual({
      total: 500,
      succeeded: succeeded(),
      failed: 0,
      running: 0,
      waiting: 500 - succeeded(),
      cancelled: 0,
      setAside: 0,
    });
    const [show] = await project.many(['show', '1', '--json']);
    expect(show?.summary).toMatchObject({ batches: summary.batches, items: summary.items });
  },
);

describe.concurrent('asked to stop', { timeout: 120_000 }, () => {
  /** Its second batch takes a while; where a file named after a mishap lies beside it, that mishap befalls it. */
  const FLOW = Project.workflow(`
import { existsSync } from 'node:fs';
import { spawn } from 'node:child_process';
const there = (name: string) => existsSync(new URL('./' + name, import.meta.url));
cronflow.define({ id: 'stop', name: 'Stop' })
  .batch('work', { items: [0, 1, 2], size: 1 }, (batch: any, flow: any) => {
    flow.step('do', async (ctx: any) => {
      note({ does: batch[0], pid: process.pid });
      if (batch[0] === 1) {
        if (there('child')) {
          const child = spawn('sleep', ['60'], { stdio: there('inherits') ? 'inherit' : 'ignore' });
          note({ child: child.pid });
        }
        if (there('spins')) for (;;);
        if (there('blocks')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
        if (there('hangs')) await new Promise(() => { setInterval(() => undefined, 1_000); });
        if (there('leaks')) for (const leak: number[][] = []; ; await null) leak.push(Array.from({ length: 100_000 }, () => Math.random()));
        // Takes its time, and does not let itself be disturbed.
        if (there('slow')) { while (!ctx.signal.aborted) await sleep(20); await sleep(200); }
      }
      note({ did: batch[0] });
      return batch[0];
    });
  })
  .step('end', async () => 'all of it');
`);

  /** A run whose second batch has begun. */
  async function runWith(
    mishaps: readonly string[],
    { json = true, env = {} }: { json?: boolean; env?: NodeJS.ProcessEnv } = {},
  ): Promise<{ project: Project; call: Call; runner: number }> {
    const project = new Project({ 'flow.ts': FLOW, ...Object.fromEntries(mishaps.map(name => [name, ''])) });
    const call = project.start(['run', 'flow.ts', ...(json ? ['--json'] : [])], { env });
    await eventually('the second batch has begun', () =>
      project.ledger().some(entry => (mishaps.includes('child') ? entry.child : entry.does === 1)),
    );
    return { project, call, runner: project.ledger()[0].pid };
  }

  /** Whatever came of it before, now it completes, and what had succeeded is not done again. */
  async function expectResumed(project: Project, command: 'resume' | 'rerun' = 'resume'): Promise<void> {
    const before = project.ledger().filter(({ did }) => did !== undefined);
    for (const mishap of ['child', 'spins', 'blocks', 'hangs', 'leaks', 'slow'])
      rmSync(project.path(mishap), { force: true });
    expect(await project.cli([command, '1', '--json'])).toMatchObject({
      code: 0,
      summary: { run: '1', status: 'completed', output: 'all of it', items: { total: 3, succeeded: 3 } },
    });
    const after = project.ledger().filter(({ did }) => did !== undefined);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after).toEqual([{ did: 0 }, { did: 1 }, { did: 2 }]);
  }

  test('by Ctrl-C, steps in flight end, no other begins, and it is cancelled', async () => {
    const { project, call, runner } = await runWith(['slow']);
    call.kill('SIGINT');
    expect(await call.done).toMatchObject({
      code: 130,
      summary: {
        status: 'cancelled',
        reason: 'it was stopped with Ctrl-C',
        items: { total: 3, succeeded: 2, cancelled: 1 },
      },
    });
    expect(project.ledger().flatMap(({ did }) => did ?? [])).toEqual([0, 1]);
    expect(isRunning(runner)).toBe(false);
    await expectResumed(project, 'rerun');
  });

  test('by two signals in one moment, as timeout and npm pass one on, it is asked once', async () => {
    const { project, call } = await runWith(['slow']);
    call.kill('SIGINT');
    // Another one, since of two that are the same the system may deliver only one. It does not say which of these it
    // delivers first.
    call.kill('SIGTERM');
    const { summary } = await call.done;
    expect(summary.reason).toMatch(/it was stopped with Ctrl-C|the command line was ended with SIGTERM/);
    // The step in flight was let end.
    expect(summary.items).toMatchObject({ total: 3, succeeded: 2 });
    expect(project.ledger()).toContainEqual({ did: 1 });
  });

  test.each(['SIGTERM', 'SIGHUP'] as const)('by %s, it is interrupted and goes on where it was', async signal => {
    const { project, call } = await runWith(['slow']);
    call.kill(signal);
    expect(await call.done).toMatchObject({
      code: 3,
      summary: {
        status: 'interrupted',
        reason: `the command line was ended with ${signal}`,
        items: { succeeded: 2, waiting: 1 },
      },
    });
    if (signal === 'SIGTERM') await expectResumed(project);
  });

  test('by a second Ctrl-C, a step that spins is killed', async () => {
    const { project, call, runner } = await runWith(['spins'], { json: false });
    call.kill('SIGINT');
    await call.says('Stopping: waiting for steps in flight. Press Ctrl-C again to end them.');
    // Long enough to be a second one.
    await new Promise(resolve => setTimeout(resolve, 400));
    call.kill('SIGINT');
    const { code, stdout } = await call.done;
    expect(code).toBe(130);
    expect(stdout).toContain('Stop: cancelled');
    expect(stdout).toContain('work: 3 items = 1 done + 2 cancelled');
    expect(stdout).toContain('It was stopped with Ctrl-C, and its process was ended before its steps had finished.');
    expect(stdout).toContain('cronflow.mjs rerun 1');
    expect(isRunning(runner)).toBe(false);
    await expectResumed(project, 'rerun');
  });

  test('by Ctrl-C before the run has begun, it ends at once and leaves nothing', async () => {
    const project = new Project({
      'flow.ts': Project.workflow(`
note('loading');
await new Promise(resolve => setTimeout(resolve, 20_000));
cronflow.define({ id: 'late' }).step('a', async () => 1);`),
    });
    const call = project.start(['run', 'flow.ts']);
    await eventually('the file is being loaded', () => project.ledger().length > 0);
    const since = Date.now();
    call.kill('SIGINT');
    expect(await call.done).toMatchObject({
      code: 130,
      stdout: '',
      stderr: 'The run was stopped before it began. Nothing was done.\n',
    });
    // Well before the file was loaded, and before it would have been killed.
    expect(Date.now() - since).toBeLessThan(8_000);
    expect(existsSync(project.storeFile)).toBe(false);
  });

  test('from another process, a step that blocks its own is killed after ten seconds, with what it has started', async () => {
    const { project, call, runner } = await runWith(['child', 'blocks']);
    const cancel = await project.cli(['cancel', '1', '--json']);
    expect(cancel).toMatchObject({
      code: 0,
      summary: {
        status: 'cancelled',
        reason: 'it was cancelled with cronflow cancel',
        items: { succeeded: 1, cancelled: 2 },
      },
    });
    const { code } = await call.done;
    expect([3, 130]).toContain(code);
    expect(isRunning(runner)).toBe(false);
    expect(isRunning(project.ledger().find(entry => entry.child).child)).toBe(false);
    await expectResumed(project, 'rerun');
  });

  test('a step that hangs is not waited for longer than five seconds', async () => {
    const { call } = await runWith(['hangs']);
    const since = Date.now();
    call.kill('SIGINT');
    expect(await call.done).toMatchObject({
      code: 130,
      summary: { status: 'cancelled', items: { succeeded: 1, cancelled: 2 } },
    });
    expect(Date.now() - since).toBeGreaterThan(4_500);
  });

  test('a step that blocks its process is killed after eight seconds', async () => {
    const { call, runner } = await runWith(['blocks']);
    call.kill('SIGINT');
    expect(await call.done).toMatchObject({
      code: 130,
      summary: { status: 'cancelled', items: { succeeded: 1, cancelled: 2 } },
    });
    expect(isRunning(runner)).toBe(false);
  });

  test('what a step has started ends with it, whoever is killed', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows has no process groups');
    const kills: ((call: Call, runner: number) => void)[] = [
      (_, runner) => process.kill(runner, 'SIGKILL'),
      call => call.kill('SIGKILL'),
      call => {
        call.kill('SIGINT');
        setTimeout(() => call.kill('SIGINT'), 400);
      },
    ];
    await Promise.all(
      kills.map(async kill => {
        const { project, call, runner } = await runWith(['child', 'hangs']);
        const { child } = project.ledger().find(entry => entry.child);
        expect(isRunning(child)).toBe(true);
        kill(call, runner);
        await call.done;
        await eventually('they are gone', () => !isRunning(child) && !isRunning(runner));
      }),
    );
  });

  test('what a step has started ends with it, also when whoever started the run is killed in the moment in which it ends', async ({
    skip,
  }) => {
    skip(process.platform === 'win32', 'Windows has no process groups');
    const { project, call, runner } = await runWith(['child'], { env: { CRONFLOW_CRASH_AT: 'after-end:1:parent' } });
    expect((await call.done).signal).toBe('SIGKILL');
    const { child } = project.ledger().find(entry => entry.child);
    await eventually('they are gone', () => !isRunning(child) && !isRunning(runner));
    expect(project.rows('select status from runs')).toEqual([{ status: 'completed' }]);
  });

  test('a step that writes past console in the moment in which its reader is killed does not fail for it', async ({
    skip,
  }) => {
    skip(process.platform === 'win32', 'Windows does not give a process another parent');
    const project = new Project({
      'flow.ts': Project.workflow(`
const parent = process.ppid;
cronflow.define({ id: 'writes' }).forEach('each', [0, 1, 2], async (n: number, flow: any) => {
  flow.step('write', async () => {
    if (n === 1 && process.ppid === parent) {
      note({ pid: process.pid });
      process.kill(parent, 'SIGKILL');
      // Within this very turn, so that the death of the parent is not heard of before the write.
      while (process.ppid === parent);
    }
    process.stdout.write('written\\n');
    await sleep(20);
    return n;
  });
});`),
    });
    const call = project.start(['run', 'flow.ts', '--json']);
    expect((await call.done).signal).toBe('SIGKILL');
    await eventually('the runner is gone', () => !isRunning(project.ledger()[0].pid));
    expect(project.rows('select status, reason, error from runs')).toEqual([
      { status: 'interrupted', reason: 'the process that started it is gone', error: null },
    ]);
    expect(project.rows('select status, error from steps where status = 3')).toEqual([]);
    project.write(
      'flow.ts',
      Project.workflow(
        `cronflow.define({ id: 'writes' }).forEach('each', [0, 1, 2], (n: number, flow: any) => { flow.step('write', () => n); });`,
      ),
    );
    expect(await project.cli(['resume', '1', '--json'])).toMatchObject({
      code: 0,
      summary: { status: 'completed', items: { succeeded: 3 } },
    });
  });

  test('a child that a step leaves behind does not keep the command line waiting', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows has no process groups');
    const { project, call } = await runWith(['child', 'inherits']);
    expect(await call.done).toMatchObject({ code: 0, summary: { status: 'completed' } });
    expect(isRunning(project.ledger().find(entry => entry.child).child)).toBe(false);
  });

  test('a step that uses up the memory interrupts the run, and the reason says so', async () => {
    const { project, call } = await runWith(['leaks'], { env: { NODE_OPTIONS: '--max-old-space-size=64' } });
    const { code, summary, stderr } = await call.done;
    expect({ code, status: summary.status, items: summary.items }).toMatchObject({
      code: 3,
      status: 'interrupted',
      items: { succeeded: 1, waiting: 2 },
    });
    expect(summary.reason).toBe(
      'the run used up the memory its process may have. Return less from steps, use smaller batches, or stream the items',
    );
    expect(stderr).toBe('');
    await expectResumed(project);
  });
});
