import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { readFileSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BIN, eventually, isRunning, type Call } from '../support/cli.ts';
import { Project } from '../support/project.ts';

/* `npx cronflow` on a machine whose own Node is too old for what Cronflow loads: it goes on under the Node that it brings along. */

const OLD = '/usr/bin/node';
const installed = spawnSync(OLD, ['--version'], { encoding: 'utf8' });
const major = Number(/^v(\d+)/.exec(installed.stdout ?? '')?.[1]);
const why =
  installed.status !== 0
    ? `there is no ${OLD} here`
    : major >= 22
      ? `${OLD} is ${installed.stdout.trim()}, which is new enough by itself`
      : undefined;

const FLOW = Project.workflow(`
import { existsSync } from 'node:fs';
const there = (name: string) => existsSync(new URL('./' + name, import.meta.url));
cronflow.define({ id: 'node' }).step('work', async (ctx: any) => {
  note({ commandLine: process.ppid, runner: process.pid, inherited: process.env.CRONFLOW_SECOND_PROCESS });
  if (there('broken')) throw new Error('broken');
  while (there('wait')) { ctx.signal.throwIfAborted(); await sleep(20); }
  return process.version;
});`);

describe.concurrent('under an old Node', { timeout: 120_000 }, () => {
  test('commands run under the new one, and their output and exit codes are passed on', async ({ skip }) => {
    skip(why !== undefined, why);
    const project = new Project({ 'flow.ts': FLOW });
    const old = { node: OLD };
    const completed = await project.cli(['run', 'flow.ts', '--json'], old);
    expect(completed).toMatchObject({
      code: 0,
      stderr: '',
      summary: { event: 'summary', status: 'completed', output: process.version },
    });
    project.write('broken', '');
    const [failed, wrong, help] = await Promise.all(
      [['run', 'flow.ts'], ['rnu'], ['--help']].map(args => project.cli(args, old)),
    );
    expect(failed).toMatchObject({ code: 1, stdout: expect.stringContaining('broken (flow.ts:8)') });
    expect(wrong).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^cronflow has no command "rnu"\. Did you mean run\? See node \S+cronflow\.mjs --help\.\n$/,
      ),
    });
    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('cronflow rerun <run>') });
  });

  const SIGNALS: [string, (call: Call, commandLine: number) => void, object][] = [
    ['SIGINT', call => call.kill('SIGINT'), { code: 130, summary: { status: 'cancelled' } }],
    ['SIGTERM', call => call.kill('SIGTERM'), { code: 3, summary: { status: 'interrupted' } }],
    [
      'the death of the command line',
      (_, commandLine) => process.kill(commandLine, 'SIGKILL'),
      { code: null, signal: 'SIGKILL' },
    ],
  ];
  test.each(SIGNALS)(
    '%s is passed on, and so is what comes of it',
    { skip: why !== undefined },
    async (_, send, expected) => {
      const project = new Project({ 'flow.ts': FLOW, wait: '' });
      const call = project.start(['run', 'flow.ts', '--json'], { node: OLD });
      await eventually('the step runs', () => project.ledger().length > 0);
      const { commandLine } = project.ledger()[0];
      expect(commandLine).not.toBe(call.pid);
      send(call, commandLine);
      expect(await call.done).toMatchObject(expected);
    },
  );

  test('kill -9 of the command ends its second process, and so the runner, too; the run can be resumed', async ({
    skip,
  }) => {
    skip(why !== undefined, why);
    const project = new Project({ 'flow.ts': FLOW, wait: '' });
    const call = project.start(['run', 'flow.ts', '--json'], { node: OLD });
    await eventually('the step runs', () => project.ledger().length > 0);
    const { commandLine, runner } = project.ledger()[0];
    call.kill('SIGKILL');
    await eventually('both have ended', () => !isRunning(commandLine) && !isRunning(runner));
    rmSync(project.path('wait'));
    expect(await project.cli(['resume', '1', '--json'], { node: OLD })).toMatchObject({ code: 0 });
  });

  /** The command as it is installed, without anything beside it. */
  function commandAlone(project: Project): string {
    for (const name of ['built.mjs', 'compile-cache.mjs', 'node-version.mjs'])
      project.write(`elsewhere/bin/${name}`, readFileSync(path.join(path.dirname(BIN), name)));
    return project.write('elsewhere/bin/cronflow.mjs', readFileSync(BIN));
  }

  test('without a new one it says which it needs, before anything native is loaded', async ({ skip }) => {
    skip(why !== undefined, why);
    const project = new Project();
    const ended = await project.cli(['runs'], { command: [OLD, commandAlone(project)] });
    expect(ended).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `Cronflow needs Node 22.18 or newer; this is ${installed.stdout.trim().slice(1)}. Install a newer one, for example from nodejs.org.\n`,
    });
  });

  test('with a new one that the system does not start it says why, and which it needs', async ({ skip }) => {
    skip(why !== undefined, why);
    const project = new Project();
    const name = `node-${process.platform}-${process.arch}`;
    project.write(`elsewhere/node_modules/${name}/package.json`, '{}');
    const node = project.write(`elsewhere/node_modules/${name}/bin/node`, 'not a program');
    const ended = await project.cli(['runs'], { command: [OLD, commandAlone(project)] });
    expect(ended).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `${node} could not be started: spawn ${node} EACCES. Install Node 22.18 or newer, for example from nodejs.org.\n`,
    });
  });
});
