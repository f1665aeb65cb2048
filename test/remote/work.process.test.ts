import { cpSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { processExists } from '../../engine/store/process-exists.ts';
import { isRunning, type Call } from '../support/call.ts';
import { Project } from '../support/project.ts';
import {
  SERVER_KINDS,
  sayWhatIsSkipped,
  startServer,
  whyNoServer,
  type ServerForTest,
} from '../support/servers/queue-servers.ts';

/* `cronflow work`, `cronflow workers` and runs with `--queue`, over real servers. */

sayWhatIsSkipped('workers on other machines');

const SECRET = 'the secret of this test';

const FLOW = Project.workflow(`
cronflow.define({ id: 'beds' })
  .batch('make', { items: [1, 2, 3, 4, 5, 6, 7, 8], size: 1, concurrency: 4 }, ([bed], flow) => {
    flow
      .step('sheet', async () => { note({ bed, pid: process.pid, env: Object.keys(process.env).filter(name => name.startsWith('CRONFLOW_QUEUE')) }); await sleep(150); })
      .step('count', ctx => ctx.state.incr('made'));
  })
  .step('all', ctx => ctx.state.get('made'));
`);

describe.for(SERVER_KINDS)('over %s', kind => {
  describe.skipIf(whyNoServer[kind] !== undefined)('with a real server', () => {
    let server: ServerForTest;
    beforeAll(async () => {
      server = await startServer(kind);
    });
    afterAll(async () => {
      await server?.close();
    });

    const env = () => ({ CRONFLOW_QUEUE_SECRET: SECRET, CRONFLOW_QUEUE: server.url });

    /** Starts a worker, and ends it when the test is done. */
    async function work(project: Project, ...options: string[]): Promise<Call> {
      const call = project.start(['work', '.', '--json', ...options], { env: env() });
      onTestFinished(async () => {
        call.kill('SIGKILL');
        await call.done;
      });
      await call.says('"event":"working"');
      return call;
    }

    test('a run is executed by a worker with another copy of the folder, and its steps see nothing of the queue', async () => {
      const here = new Project({ 'flow.ts': FLOW });
      const there = copyOf(here);
      const worker = await work(there, '--concurrency', '3');
      const run = await here.cli(['run', 'flow.ts', '--json'], { env: env() });
      expect(run).toMatchObject({ code: 0, summary: { status: 'completed', output: 8 } });
      expect(here.ledger()).toEqual([]);
      const noted = there.ledger();
      expect(noted.map(({ bed }) => bed as number).toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      expect(new Set(noted.map(({ env }) => String(env)))).toEqual(new Set(['']));
      expect(noted.map(({ pid }) => pid as number)).not.toContain(worker.pid);
      await expect
        .poll(() => worker.stdout)
        .toContain('"event":"run-ends","workflow":"beds","reason":"it is completed"');
      worker.kill('SIGINT');
      expect(await worker.done).toMatchObject({ code: 0 });
      expect(here.rows('SELECT count(*) AS count FROM runs')).toEqual([{ count: 1 }]);
      expect(readFileSync(here.storeFile).includes(SECRET)).toBe(false);
    });

    test('a run says at its beginning which variables its workers do not share', async () => {
      const here = new Project({
        'flow.ts': Project.workflow(`
let made = 0;
cronflow.define({ id: 'beds' })
  .batch('make', { items: [1, 2, 3], size: 1 }, ([bed], flow) => {
    flow.step('sheet', () => { made += 1; });
  })
  .step('all', () => made);
`),
      });
      await work(copyOf(here));
      const run = await here.cli(['run', 'flow.ts', '--json'], { env: env() });
      expect(run).toMatchObject({ code: 0, summary: { status: 'completed', output: 0 } });
      const [first] = here.rows('SELECT level, text FROM logs ORDER BY id');
      expect(first?.text).toMatch(/^made \(flow\.ts:\d+\) is a module-level variable: each worker has its own/);
      expect(run.stdout).toContain(String(first?.text));
    });

    test('a worker is listed with its code, and ends in order when it is drained', async () => {
      const project = new Project({ 'flow.ts': FLOW });
      const worker = await work(project, '--concurrency', '2');
      const [listed] = (await project.cli(['workers', '--json'], { env: env() })).events;
      expect(listed).toMatchObject({
        event: 'queue-worker',
        concurrency: 2,
        inFlight: 0,
        isDraining: false,
        workflows: [{ workflow: 'beds', code: expect.stringMatching(/^[0-9a-f]{64}$/) as string }],
      });
      const { stdout } = await project.cli(['workers'], { env: env() });
      expect(stdout).toContain(`beds@${String(listed?.workflows[0].code).slice(0, 8)}`);
      const drained = await project.cli(['workers', '--drain', String(listed?.address).slice(0, 8)], { env: env() });
      expect(drained).toMatchObject({ code: 0, stdout: expect.stringContaining('ends.') as string });
      expect(await worker.done).toMatchObject({ code: 0 });
      const another = await work(project);
      const { address } = JSON.parse(another.stdout.split('\n')[0] ?? '') as { address: string };
      const { code, events } = await project.cli(['workers', '--drain', address, '--json'], { env: env() });
      expect({ code, events }).toEqual({ code: 0, events: [{ event: 'draining', inFlight: 0 }] });
      expect(await another.done).toMatchObject({ code: 0 });
      const none = await project.cli(['workers'], { env: env() });
      expect(none.stdout).toContain('There is no worker at');
      expect(none.stdout).not.toContain(SECRET);
    });

    test('a worker with older code waits until its file is changed, and then gets the batches', async () => {
      const here = new Project({ 'flow.ts': FLOW });
      const there = copyOf(here);
      there.write('flow.ts', `${FLOW}// older\n`);
      const worker = await work(there);
      const run = here.start(['run', 'flow.ts', '--json'], { env: env() });
      onTestFinished(async () => {
        run.kill('SIGKILL');
        await run.done;
      });
      await run.says('The run waits for a worker with its code: 1 has other code.');
      there.write('flow.ts', FLOW);
      expect(await run.done).toMatchObject({ code: 0, summary: { output: 8 } });
      expect(there.ledger()).toHaveLength(8);
      worker.kill('SIGTERM');
      expect(await worker.done).toMatchObject({ code: 0 });
    });

    test('a worker says that its server is away, waits for it, and is found again', async () => {
      const here = new Project({ 'flow.ts': FLOW });
      const worker = await work(copyOf(here));
      await server.kill();
      await worker.says('"event":"queue","state":"away"');
      await server.start();
      await worker.says('"event":"queue","state":"connected"');
      const run = await here.cli(['run', 'flow.ts', '--json'], { env: env() });
      expect(run).toMatchObject({ code: 0, summary: { output: 8 } });
    });

    test('a worker ends when it is told to, also while its server answers nothing', async () => {
      const worker = await work(new Project({ 'flow.ts': FLOW }));
      server.freeze();
      onTestFinished(() => server.thaw());
      worker.kill('SIGINT');
      expect(await worker.done).toMatchObject({ code: 0 });
    });

    test('a second Ctrl-C does not wait for the batches in flight, and nothing of theirs goes on', async () => {
      const here = new Project({ 'flow.ts': FLOW.replace('sleep(150)', 'sleep(3000)') });
      const [one, two] = [copyOf(here), copyOf(here)];
      const worker = await work(one, '--concurrency', '2');
      const run = here.start(['run', 'flow.ts', '--json'], { env: env() });
      onTestFinished(async () => {
        run.kill('SIGKILL');
        await run.done;
      });
      await expect.poll(() => one.ledger().length).toBe(2);
      worker.kill('SIGINT');
      await worker.says('"event":"draining","inFlight":');
      await delay(300);
      worker.kill('SIGINT');
      expect(await worker.done).toMatchObject({ code: 130 });
      for (const { pid } of one.ledger()) expect(processExists(pid as number)).toBe(false);
      await work(two, '--concurrency', '8');
      expect(await run.done).toMatchObject({ code: 0, summary: { status: 'completed', output: 8 } });
    });

    test('a file with several workflows, one of which runs a workflow of another file, is known as runs know it', async () => {
      const here = new Project({
        'flow.ts': Project.workflow(`
cronflow.define({ id: 'alone' })
  .batch('make', { items: [1], size: 1 }, (_, flow) => { flow.step('note', () => note('alone')); });
cronflow.define({ id: 'asks' })
  .batch('make', { items: [1], size: 1 }, (_, flow) => { flow.step('note', () => note('asks')); })
  .subflow('ask', 'other');
`),
        'other.ts': Project.workflow("cronflow.define({ id: 'other' }).step('answer', () => 42);"),
      });
      const there = copyOf(here, 'other.ts');
      await work(there);
      for (const workflow of ['alone', 'asks']) {
        const run = await here.cli(['run', 'flow.ts', '--workflow', workflow, '--json'], { env: env() });
        expect(run).toMatchObject({ code: 0, summary: { status: 'completed' } });
      }
      expect(there.ledger()).toEqual(['alone', 'asks']);
    });

    test('a worker that is killed leaves its batches to another one', async () => {
      const here = new Project({ 'flow.ts': FLOW.replace('sleep(150)', 'sleep(700)') });
      const [one, two] = [copyOf(here), copyOf(here)];
      const first = await work(one, '--concurrency', '2');
      const run = here.start(['run', 'flow.ts', '--json'], { env: env() });
      await expect.poll(() => one.ledger().length).toBeGreaterThan(0);
      first.kill('SIGKILL');
      await work(two, '--concurrency', '2');
      expect(await run.done).toMatchObject({ code: 0, summary: { status: 'completed', output: 8 } });
      expect(new Set([...one.ledger(), ...two.ledger()].map(({ bed }) => bed as number)).size).toBe(8);
    });

    test('a step of the run itself that waits for what never comes is told so; one that a timer wakes is not, nor a batch that takes long', async () => {
      const here = new Project({
        'flow.ts': Project.workflow(`
cronflow.define({ id: 'waits' })
  .batch('make', { items: [1], size: 1 }, (_, flow) => { flow.step('long', () => sleep(3000)); })
  .step('woken', () => sleep(3000))
  .step('stuck', () => new Promise(() => {}));
`),
      });
      await work(copyOf(here));
      const { summary } = await here.cli(['run', 'flow.ts', '--json'], { env: env() });
      expect(summary).toMatchObject({ status: 'failed', batches: { succeeded: 1 }, error: { step: 'stuck' } });
      expect(summary.error.message).toContain('It waits for something that never comes');
    });

    test('what steps of a killed worker have started ends with it', async () => {
      const here = new Project({
        'flow.ts': Project.workflow(`
import { spawn } from 'node:child_process';
cronflow.define({ id: 'calls' })
  .batch('call', { items: [1], size: 1 }, (_, flow) => {
    flow.step('program', () => new Promise(resolve => {
      const program = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
      program.on('exit', resolve);
      note({ pid: program.pid });
    }));
  });
`),
      });
      const there = copyOf(here);
      const worker = await work(there);
      const run = here.start(['run', 'flow.ts', '--json'], { env: env() });
      onTestFinished(async () => {
        run.kill('SIGKILL');
        await run.done;
      });
      await expect.poll(() => there.ledger().length).toBe(1);
      const program = there.ledger()[0]?.pid as number;
      onTestFinished(() => {
        if (isRunning(program)) process.kill(program, 'SIGKILL');
      });
      expect(isRunning(program)).toBe(true);
      worker.kill('SIGKILL');
      // The shell that watches over the group would end it after ten seconds.
      await expect.poll(() => isRunning(program), { timeout: 8_000 }).toBe(false);
    });
  });
});

/** Another machine's copy of a folder, at another place. */
function copyOf(project: Project, ...others: readonly string[]): Project {
  const copy = new Project();
  for (const name of ['flow.ts', 'supplied.ts', ...others]) cpSync(project.path(name), copy.path(name));
  return copy;
}
