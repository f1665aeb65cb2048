import { chmodSync, existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { problem, Studio, value } from '../host/studio.ts';
import { BIN } from '../support/cli.ts';
import { whyNoOtherUser } from '../support/other-user.ts';
import { Project } from '../support/project.ts';
import { isThorough, seen } from './fault.ts';

/* The runner's process cannot be started: nothing is on record of a run that never was, and the message says what to do. */

const FLOW = Project.workflow("cronflow.define({ id: 'small' }).step('a', async () => { note('ran'); return 1; });\n");

/** Loaded into the command line's process before all else; as a module it has no ledger of ours to import. */
const PRELOADS = {
  ENOENT: "process.execPath = '/nowhere/node';",
  EMFILE:
    "import { openSync, closeSync } from 'node:fs'; setTimeout(() => {}, 0); globalThis.fillUp = () => { try { for (;;) openSync('/dev/null'); } catch {} };\nimport child from 'node:child_process'; import { syncBuiltinESMExports } from 'node:module'; const fork = child.fork; child.fork = (...args) => { globalThis.fillUp(); return fork(...args); }; syncBuiltinESMExports();",
  EAGAIN:
    "import { execFileSync } from 'node:child_process'; execFileSync('prlimit', ['--pid', String(process.pid), '--nproc=1']);",
};

describe.concurrent('a runner that cannot be started', () => {
  async function tried(kind: keyof typeof PRELOADS, options: object = {}) {
    const project = new Project({ 'flow.ts': FLOW, 'preload.mjs': PRELOADS[kind] });
    chmodSync(project.folder, 0o777);
    const ended = await project.cli(['run', 'flow.ts'], {
      env: { NODE_OPTIONS: `--import ${project.path('preload.mjs')}` },
      ...options,
    });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr.split('\n')).toHaveLength(2);
    expect(existsSync(project.storeFile)).toBe(false);
    expect(await project.cli(['run', 'flow.ts', '--json'])).toMatchObject({
      code: 0,
      summary: { run: '1', status: 'completed' },
    });
    return { project, said: ended.stderr };
  }

  const BECAME = 'no run (exit 2)';

  test('because Node is not where it was', async ({ task }) => {
    const { project, said } = await tried('ENOENT');
    expect(said).toBe(
      'The run did not start: its process could not be started: /nowhere/node is gone or cannot be executed (ENOENT). Install Cronflow again (npm install), then try again.\n',
    );
    seen(
      task,
      { fault: 'fork fails: no such file', became: BECAME, said, afterwards: 'with Node back: runs' },
      project,
    );
  });

  test('because too many files are open', async ({ task, skip }) => {
    skip(!isThorough, 'starts processes, as the one before');
    skip(process.platform !== 'linux', 'the limit is set with ulimit');
    const { project, said } = await tried('EMFILE', {
      command: ['sh', '-c', 'ulimit -n 200; exec "$@"', 'sh', process.execPath, BIN],
    });
    expect(said).toBe(
      'The run did not start: its process could not be started: too many files are open (EMFILE). End programs that have them open, or raise the limit (ulimit -n), then try again.\n',
    );
    seen(
      task,
      { fault: 'fork fails: too many open files', became: BECAME, said, afterwards: 'with room for files again: runs' },
      project,
    );
  });

  test('because the user may have no more processes', async ({ task, skip }) => {
    skip(!isThorough, 'starts processes, as the first');
    skip(process.platform !== 'linux', 'the limit is one of Linux');
    // Whose limit can be set without harm.
    const whyNot = whyNoOtherUser(65_534);
    skip(whyNot !== undefined, whyNot);
    const { project, said } = await tried('EAGAIN', { uid: 65_534 });
    expect(said).toBe(
      'The run did not start: its process could not be started: this user may not start more processes (EAGAIN). End some, or raise the limit (ulimit -u), then try again.\n',
    );
    seen(
      task,
      {
        fault: 'fork fails: no more processes',
        became: BECAME,
        said,
        afterwards: 'with room for processes again: runs',
      },
      project,
    );
  });
});

test('the Studio says of a start, a resume and a file why it has no process, and goes on when it has one again', async ({
  task,
}) => {
  const project = new Project({ 'flow.ts': FLOW });
  const studio = await Studio.open(project);
  const ref = await studio.workflow('flow.ts');
  const node = process.execPath;
  try {
    process.execPath = '/nowhere/node';
    const refused = problem(await studio.api.startRun({ ...ref, payload: '{}' }));
    expect(refused).toEqual({
      name: 'RunnerError',
      message:
        'The run did not start: its process could not be started: /nowhere/node is gone or cannot be executed (ENOENT). Install Cronflow again (npm install), then try again.',
    });
    project.write('other.ts', FLOW.replace("'small'", "'other'"));
    await studio.until('the other file has its problem', async () =>
      (await studio.api.getWorkspace({})).files.some(
        ({ file, problem: found }) => file === 'other.ts' && found?.message.includes('could not be started'),
      ),
    );
    seen(
      task,
      {
        fault: 'fork fails in the Studio',
        became: 'no run',
        said: refused.message,
        afterwards: 'with Node back: runs',
      },
      project,
    );
  } finally {
    process.execPath = node;
  }
  expect(await studio.api.listRuns({ limit: 10 })).toEqual([]);
  const { run } = value(await studio.api.startRun({ ...ref, payload: '{}' }));
  expect(await studio.ended(run)).toMatchObject({ status: 'completed' });
  project.write('other.ts', FLOW.replace("'small'", "'another'"));
  await studio.workflow('other.ts', 'another');
});
