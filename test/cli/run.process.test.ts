import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { BIN } from '../support/cli.ts';
import { Project } from '../support/project.ts';
import { story } from '../support/story.ts';
import { FILMS, LINE_OF_FAILURE, SUMMARY_KEYS } from './films.ts';

/* The commands as a person and as a script use them: exit codes, what is printed where, and what the store holds afterwards. */

const root = fileURLToPath(new URL('../../', import.meta.url));

describe.concurrent('run', { timeout: 120_000 }, () => {
  const completed = story(async () => {
    const project = new Project({ 'films.ts': FILMS });
    return { project, ended: await project.cli(['run', 'films.ts', '--json', '--payload', '{"since":"2020"}']) };
  });

  test('prints JSON lines, of which the last is the summary, and nothing else', async () => {
    const {
      ended: { code, stderr, events, summary },
    } = await completed();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(events[0]).toEqual({ event: 'started', run: '1', workflow: 'films' });
    expect(events.filter(({ event }) => event === 'summary')).toHaveLength(1);
    expect(Object.keys(summary)).toEqual(SUMMARY_KEYS);
    expect(summary).toMatchObject({
      event: 'summary',
      run: '1',
      workflow: 'films',
      status: 'completed',
      items: { total: 10, succeeded: 10, failed: 0 },
      batches: { total: 4, succeeded: 4, failed: 0 },
      nodes: [{ path: 'clean', items: { total: 10 }, batches: { total: 4 } }],
      steps: { executed: 10 },
      state: { trimmed: 10 },
      output: { films: 10, payload: { since: '2020' } },
      error: null,
      durationMs: expect.any(Number),
    });
  });

  test('passes on what the steps say, with whose words they are', async () => {
    const {
      ended: { events },
    } = await completed();
    expect(events.filter(({ event }) => event === 'log').map(({ text, step, batch }) => [text, step, batch])).toEqual([
      ['checking 0', 'clean/check', 0],
      ['checking 3', 'clean/check', 1],
      ['checking 6', 'clean/check', 2],
      ['checking 9', 'clean/check', 3],
    ]);
  });

  test("what its first step says at once is that step's, in a re-run too", async () => {
    const project = new Project({
      'hasty.ts': Project.workflow(`import { existsSync } from 'node:fs';
cronflow.define({ id: 'hasty' }).action('speak', (ctx: any) => { console.log('said'); if (!existsSync(new URL('./mended', import.meta.url))) throw new Error('not yet'); return ctx.attempt; });`),
    });
    const failed = await project.cli(['run', 'hasty.ts', '--json']);
    project.write('mended', '');
    const rerun = await project.cli(['rerun', '1', '--json']);
    expect([failed.code, rerun.code]).toEqual([1, 0]);
    const logs = [...failed.events, ...rerun.events].filter(({ event }) => event === 'log');
    expect(logs.map(({ text, step, attempt }) => [text, step, attempt])).toEqual([
      ['said', 'speak', 1],
      ['said', 'speak', 2],
    ]);
  });

  test('keeps its store beside the workflow file, or where --store says, seen from the caller', async () => {
    const project = new Project({ 'sub/films.ts': FILMS, 'sub/supplied.ts': 'export * from "../supplied.ts";' });
    const [named, beside] = await Promise.all([
      project.cli(['run', '../sub/films.ts', '--json', '--store', 'here/my.db'], { cwd: project.path('sub') }),
      project.cli(['run', 'sub/films.ts', '--json']),
    ]);
    expect([beside.code, named.code]).toEqual([0, 0]);
    const [besideRuns, namedRuns, above] = await project.many(
      ['runs', '--json', '--store', 'sub/.cronflow/runs.db'],
      ['runs', '--json', '--store', 'sub/here/my.db'],
      ['resume', '1'],
    );
    expect(besideRuns?.events).toMatchObject([{ run: '1', status: 'completed' }]);
    expect(namedRuns?.events).toMatchObject([{ run: '1', status: 'completed' }]);
    // From further up the store is not guessed, but it is pointed at.
    expect(above).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('Did you mean --store sub/.cronflow/runs.db?'),
    });
  });

  test('called through npm, relative paths are those of the caller', async ({ skip }) => {
    skip(spawnSync('npm', ['--version']).status !== 0, 'npm is not installed here');
    const project = new Project({
      'sub/films.ts': FILMS,
      'sub/supplied.ts': 'export * from "../supplied.ts";',
      'sub/broken': '',
      'sub/one.env': 'ONE=1',
    });
    // Node itself looks for the file of --env-file, in the folder in which npm calls us, unless it is told not to.
    const { code, stdout, stderr } = await project.cli(
      ['run', 'sub/films.ts', '--store', 'my.db', '--env-file', 'sub/one.env'],
      { command: ['npm', '--silent', '--prefix', root, 'run', 'cronflow', '--'] },
    );
    expect(stderr).not.toContain('not found');
    expect(code).toBe(1);
    expect(stdout).toContain(`(sub/films.ts:${LINE_OF_FAILURE})`);
    expect(stdout).toContain('npm run cronflow -- rerun 1 --store my.db');
    // An INIT_CWD that is left over from some other script of npm's means nothing.
    const elsewhere = await project.cli(['runs', '--store', 'my.db', '--json'], {
      env: { INIT_CWD: '/', npm_lifecycle_event: 'test' },
    });
    expect(elsewhere).toMatchObject({ code: 0, events: [{ run: '1', status: 'failed' }] });
  });

  test('takes the payload from the command line, from a file, or as an empty object, and the workflow that is named', async () => {
    const project = new Project({
      'data/payload.json': '{"from":"a file"}',
      'two.ts': Project.workflow(
        "cronflow.define({ id: 'echo' }).step('echo', async ctx => ctx.payload);\ncronflow.define({ id: 'other' }).step('a', async () => 'other');",
      ),
    });
    const ended = await project.many(
      ...[
        ['echo', '--payload', '{"from":"the line"}'],
        ['echo', '--payload-file', 'data/payload.json'],
        ['echo'],
        ['echo', '--payload', 'null'],
        ['other'],
      ].map(args => ['run', 'two.ts', '--json', '--workflow', ...args]),
    );
    expect(ended.map(({ summary }) => [summary.workflow, summary.output])).toEqual([
      ['echo', { from: 'the line' }],
      ['echo', { from: 'a file' }],
      ['echo', {}],
      ['echo', null],
      ['other', 'other'],
    ]);
  });

  test('goes on when the reader of its output has gone away', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows has no sh');
    const project = new Project({ 'films.ts': FILMS });
    const { stdout, stderr } = await project.cli(['run', 'films.ts', '--json'], {
      command: ['sh', '-c', '"$@" | head -n 1', 'sh', process.execPath, BIN],
    });
    expect(stdout).toBe('{"event":"started","run":"1","workflow":"films"}\n');
    expect(stderr).toBe('');
    expect((await project.cli(['runs', '--json'])).summary).toMatchObject({
      status: 'completed',
      items: { succeeded: 10 },
    });
  });
});
