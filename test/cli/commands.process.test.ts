import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { BIN, eventually, type Event } from '../support/cli.ts';
import { Project } from '../support/project.ts';
import { story } from '../support/story.ts';

/* The commands as a person and as a script use them: exit codes, what is printed where, and what the store holds afterwards. */

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Ten films in batches of three. While a file named `broken` lies beside it, the batch with film 4 fails. */
const FILMS = Project.workflow(`
import { existsSync } from 'node:fs';
const broken = new URL('./broken', import.meta.url);
cronflow.define({ id: 'films', name: 'Film list' })
  .step('load', async () => Array.from({ length: 10 }, (_, id) => id))
  .batch({ id: 'clean', title: 'Clean the titles', unit: ['film', 'films'] }, { items: (ctx: any) => ctx.steps.load.output, size: 3 }, (batch: any, flow: any) => {
    flow.step('trim', async () => {
      note({ trims: batch[0] });
      await flow.state.incr('trimmed', batch.length);
      return batch.length;
    });
    flow.step('check', async () => {
      console.log('checking', batch[0]);
      if (batch.includes(4) && existsSync(broken)) throw new Error('film 4 has no title');
      note({ checked: batch[0] });
    });
  })
  .step('report', async (ctx: any) => { note('reports'); return { films: ctx.last.items.total, payload: ctx.payload }; });
`);
const LINE_OF_FAILURE = FILMS.split('\n').findIndex(line => line.includes('has no title')) + 1;

const SUMMARY_KEYS = [
  'event',
  'run',
  'workflow',
  'status',
  'items',
  'batches',
  'nodes',
  'steps',
  'state',
  'output',
  'error',
  'durationMs',
];
const BATCH_KEYS = ['event', 'node', 'index', 'status', 'items', 'attempts'];

/** Everything the store says about runs, as text. */
function contents(project: Project): string {
  const tables = [
    'runs',
    'sessions',
    'leases',
    'requests',
    'splits',
    'batches',
    'batch_items',
    'item_pages',
    'batch_attempts',
    'steps',
    'state',
    'state_writes',
    'logs',
  ];
  return tables.map(table => `${table} ${JSON.stringify(project.rows(`select * from ${table}`))}`).join('\n');
}

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
    });
    const { code, stdout } = await project.cli(['run', 'sub/films.ts', '--store', 'my.db'], {
      command: ['npm', '--silent', '--prefix', root, 'run', 'cronflow', '--'],
    });
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

describe.concurrent('a batch fails, its cause is mended, and it is run again', { timeout: 120_000 }, () => {
  const failed = story(async () => {
    const project = new Project({ 'films.ts': FILMS, broken: '' });
    return { project, ended: await project.cli(['run', 'films.ts']) };
  });

  const shown = story(async () => {
    const { project } = await failed();
    const before = { store: contents(project), ledger: project.ledger() };
    const ended = await project.many(
      ['show', '1', '--batches', 'failed', '--json'],
      ['show', '1', '--batches', '0,2-3', '--json'],
      ['show', '1', '--batches', 'all'],
      ['runs'],
      ['rerun', '1', '--dry-run', '--json'],
      ['rerun', '1', '--dry-run', '--from-start'],
    );
    return { project, ended, before, after: { store: contents(project), ledger: project.ledger() } };
  });

  const failedAgain = story(async () => {
    const { project } = await shown();
    const [again, show] = await project.many(['rerun', '1', '--json'], ['show', '1', '--batches', 'failed', '--json']);
    return { project, again, show };
  });

  const mended = story(async () => {
    const { project } = await failedAgain();
    const before = project.ledger();
    rmSync(project.path('broken'));
    project.write('films.ts', `${FILMS}// mended\n`);
    const [dry, rerun, runs] = await project.many(
      ['rerun', '1', '--dry-run', '--json'],
      ['rerun', '1', '--json'],
      ['runs', '--json'],
    );
    return { project, dry, rerun, runs, before, after: project.ledger() };
  });

  test('run tells people what failed, where, and what to do about it, without colours in a pipe', async () => {
    const {
      ended: { code, stdout, stderr },
    } = await failed();
    expect(code).toBe(1);
    expect(stdout).toContain('Film list: 1 of 4 batches failed');
    expect(stdout).toContain('Clean the titles: 10 films = 7 done + 3 failed');
    expect(stdout).toContain(`film 4 has no title (films.ts:${LINE_OF_FAILURE})`);
    expect(stdout).toMatch(new RegExp(`> *${LINE_OF_FAILURE} \\|`));
    // As it was called.
    expect(stdout).toMatch(/^ {4}node \S+cronflow\.mjs rerun 1$/m);
    expect(stderr).toContain('checking 0');
    // oxlint-disable-next-line no-control-regex
    expect(stdout + stderr).not.toMatch(/\u001b/);
  });

  test('show prints a line per batch asked for, then the summary', async () => {
    const {
      project,
      ended: [onlyFailed, places, text],
    } = await shown();
    expect(onlyFailed?.code).toBe(0);
    expect(onlyFailed?.events).toHaveLength(3);
    expect(onlyFailed?.events[0]).toEqual({
      event: 'batch',
      node: 'clean',
      index: 1,
      status: 'failed',
      items: 3,
      attempts: 1,
      error: {
        name: 'Error',
        message: 'film 4 has no title',
        file: project.path('films.ts'),
        line: LINE_OF_FAILURE,
        step: 'clean/check',
      },
    });
    expect(onlyFailed?.events[1]).toEqual({
      event: 'failure',
      node: 'clean',
      batches: 1,
      indices: [1],
      message: 'film 4 has no title',
      file: project.path('films.ts'),
      line: LINE_OF_FAILURE,
      step: 'clean/check',
    });
    expect(Object.keys(onlyFailed?.summary ?? {})).toEqual(SUMMARY_KEYS);
    expect(onlyFailed?.summary).toMatchObject({
      status: 'failed',
      items: { total: 10, succeeded: 7, failed: 3 },
      batches: { total: 4, succeeded: 3, failed: 1 },
      output: null,
      error: {
        message: expect.stringContaining('film 4 has no title'),
        file: project.path('films.ts'),
        line: LINE_OF_FAILURE,
      },
    });
    const batches = places?.events.filter(({ event }) => event === 'batch') ?? [];
    expect(batches.map(({ index, status, items }) => [index, status, items])).toEqual([
      [0, 'succeeded', 3],
      [2, 'succeeded', 3],
      [3, 'succeeded', 1],
    ]);
    for (const batch of batches) expect(Object.keys(batch)).toEqual(BATCH_KEYS);
    expect(text?.stdout).toMatch(
      new RegExp(
        `failed +Clean the titles #1 · 3 films · attempt 1 · film 4 has no title \\(films.ts:${LINE_OF_FAILURE}\\)`,
      ),
    );
  });

  test('rerun --dry-run says what it would touch, and touches nothing', async () => {
    const { ended, before, after } = await shown();
    const [dry, fromStart] = ended.slice(-2);
    expect(dry?.code).toBe(0);
    expect(dry?.events).toEqual([
      {
        event: 'dry-run',
        run: '1',
        nodes: [{ path: 'clean', batches: 1, indices: [1] }],
        steps: [],
        reused: { batches: 3, steps: 1 },
        repeats: [],
        takenBack: [],
        notTakenBack: [],
        codeChanged: false,
      },
    ]);
    expect(fromStart?.stdout).toContain('Re-runs: 1 batch of Clean the titles (#1)');
    expect(fromStart?.stdout).toContain('Takes back from state "trimmed": 3');
    expect(after).toEqual(before);
  });

  test('a re-run that fails again leaves the run open', async () => {
    const { again, show } = await failedAgain();
    expect(again).toMatchObject({
      code: 1,
      summary: { run: '1', status: 'failed', batches: { succeeded: 3, failed: 1 } },
    });
    expect(show?.events[0]).toMatchObject({ index: 1, status: 'failed', attempts: 2 });
  });

  test('a re-run after the cause is fixed completes the same run, and repeats nothing that had succeeded', async () => {
    const { dry, rerun, runs, before, after } = await mended();
    expect(dry?.events[0]).toMatchObject({ codeChanged: true });
    expect(rerun?.code).toBe(0);
    expect(rerun?.events[0]).toMatchObject({
      event: 'started',
      run: '1',
      rerun: { nodes: [{ path: 'clean', batches: 1, indices: [1] }], reused: { batches: 3, steps: 1 } },
    });
    expect(Object.keys(rerun?.summary ?? {})).toEqual(SUMMARY_KEYS);
    expect(rerun?.summary).toMatchObject({
      run: '1',
      status: 'completed',
      items: { total: 10, succeeded: 10, failed: 0 },
      output: { films: 10 },
      state: { trimmed: 10 },
      error: null,
      // The step that failed, and the one that comes after all batches.
      steps: { executed: 2 },
    });
    expect(before).toEqual([
      { trims: 0 },
      { checked: 0 },
      { trims: 3 },
      { trims: 6 },
      { checked: 6 },
      { trims: 9 },
      { checked: 9 },
    ]);
    expect(after.slice(before.length)).toEqual([{ checked: 3 }, 'reports']);
    expect(runs?.events).toMatchObject([{ run: '1', status: 'completed' }]);
  });

  test('--node and --batches choose, and what they do not choose is left as it is', async () => {
    const { project } = await mended();
    const before = project.ledger().length;
    const { code, summary } = await project.cli(['rerun', '1', '--node', 'clean', '--batches', '0,2-3', '--json']);
    expect(code).toBe(0);
    expect(project.ledger().slice(before)).toEqual([
      { trims: 0 },
      { checked: 0 },
      { trims: 6 },
      { checked: 6 },
      { trims: 9 },
      { checked: 9 },
      'reports',
    ]);
    expect(summary).toMatchObject({ state: { trimmed: 10 }, items: { total: 10, succeeded: 10 } });
  });

  test('runs prints the runs, newest first, each with the keys of a summary', async () => {
    const project = new Project({ 'films.ts': FILMS, broken: '' });
    await project.many(['run', 'films.ts']);
    rmSync(project.path('broken'));
    const [, all, newest, text] = await project.many(
      ['run', 'films.ts'],
      ['runs', '--json'],
      ['runs', '--json', '--limit', '1'],
      ['runs'],
    );
    expect(all?.events.map(({ run, status }) => [run, status])).toEqual([
      ['2', 'completed'],
      ['1', 'failed'],
    ]);
    for (const event of all?.events ?? []) expect(Object.keys(event)).toEqual(SUMMARY_KEYS);
    expect(newest?.events.map(({ run }) => run)).toEqual(['2']);
    expect(text?.stdout).toMatch(
      /^ +2 +completed +Film list .*10 films = 10 done\n +1 +failed +Film list .*10 films = 7 done \+ 3 failed\n$/,
    );
  });

  test('what cannot be re-run is told, and nothing is touched', async () => {
    const { project } = await completedRun();
    const before = contents(project);
    const refused = await project.many(
      ['rerun', '1'],
      ['rerun', '1', '--node', 'claen'],
      ['rerun', '1', '--batches', '7'],
      ['rerun', '5'],
      ['resume', '1'],
      ['cancel', '1'],
    );
    expect(refused.map(({ code, stderr }) => [code, stderr.trim()])).toEqual([
      [2, 'Run 1 has no failed batches: there is nothing to re-run. Choose others with --batches.'],
      [2, 'The run has no node "claen" that has run. Did you mean "clean"?'],
      [2, 'clean has no batch 7. Batches are numbered from 0.'],
      [2, 'There is no run 5 in this store. List them with: cronflow runs'],
      [2, 'Run 1 has completed: there is nothing to resume. To run batches again: cronflow rerun 1 --batches all'],
      [2, 'Run 1 is completed already: there is nothing to cancel.'],
    ]);
    expect(contents(project)).toBe(before);
  });

  const completedRun = story(async () => {
    const project = new Project({ 'films.ts': FILMS });
    return { project, ended: await project.cli(['run', 'films.ts']) };
  });
});

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
      const { pid } = project.rows('select pid from leases where run = ?', run)[0];
      call.kill('SIGKILL');
      process.kill(pid, 'SIGKILL');
      await call.done;
    }
    rmSync(project.path('wait'));
    const [runs, text, resume, cancel] = await project.many(
      ['runs', '--json'],
      ['runs'],
      ['resume', '1', '--json'],
      ['cancel', '2', '--json'],
    );
    expect(runs?.events).toMatchObject([
      { run: '2', status: 'interrupted' },
      { run: '1', status: 'interrupted', reason: 'its process ended', items: { total: 3, succeeded: 1 } },
    ]);
    expect(text?.stdout).toContain('   1  interrupted Slow');
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

describe.concurrent('what needs no run', { timeout: 120_000 }, () => {
  test('list draws the workflows of a file, and of a folder past its helpers and its mistakes', async () => {
    const project = new Project({
      'flows/films.ts': FILMS,
      'flows/supplied.ts': 'export const note: any = 0, sleep: any = 0;',
      'flows/wrong.ts': "import 'cronflow'; const = 1;",
      'flows/node_modules/x/flow.ts': FILMS,
    });
    const [one, all, text] = await project.many(
      ['list', 'flows/films.ts', '--json'],
      ['list', 'flows', '--json'],
      ['list', 'flows'],
    );
    expect(one?.code).toBe(0);
    expect(one?.events).toEqual([
      expect.objectContaining({
        event: 'workflow',
        file: project.path('flows/films.ts'),
        id: 'films',
        name: 'Film list',
      }),
    ]);
    const nodes = one?.events[0]?.nodes as Event[];
    expect(nodes.map(({ path: at, kind }) => [at, kind])).toEqual([
      ['load', 'step'],
      ['clean', 'batch'],
      ['report', 'step'],
    ]);
    expect(nodes[1]?.body.nodes.map(({ path: at }: Event) => at)).toEqual(['clean/trim', 'clean/check']);
    expect(all?.code).toBe(2);
    expect(all?.events.map(({ event, file }) => [event, path.basename(file)])).toEqual([
      ['workflow', 'films.ts'],
      ['error', 'wrong.ts'],
    ]);
    expect(text?.stdout).toContain('batch    Clean the titles · clean (size 3 films, concurrency 1');
    expect(text?.stderr).toContain('flows/wrong.ts:1:26 has a syntax error');
    expect(project.ledger()).toEqual([]);
  });

  test('wrong usage is told in one line, with what may have been meant', async () => {
    const project = new Project({ 'films.ts': FILMS, '.cronflow/runs.db': '' });
    const cases: [string, string][] = [
      ['rnu films.ts', 'cronflow has no command "rnu". Did you mean run? See cronflow --help.'],
      [
        'toString',
        'cronflow has no command "toString". It has run, resume, rerun, cancel, runs, show, list, studio, serve, new. See cronflow --help.',
      ],
      ['run', 'cronflow run needs a workflow file. See cronflow --help.'],
      ['run films.ts more.ts', 'cronflow run does not take "more.ts". See cronflow --help.'],
      ['run films.ts --jsno', 'cronflow run has no option --jsno. Did you mean --json?'],
      [
        'run films.ts --quux',
        'cronflow run has no option --quux. It has --store, --json, --help, --workflow, --payload, --payload-file.',
      ],
      ['run films.ts --workflow', "cronflow run: Option '--workflow <value>' argument missing. See cronflow --help."],
      [
        'run films.ts --payload {} --payload-file x.json',
        '--payload and --payload-file mean the same. Give one of them.',
      ],
      ['run films.ts --payload-file absent.json', '--payload-file absent.json could not be read'],
      ['resume abc', '"abc" is not the number of a run. List them with: cronflow runs'],
      ['rerun 0', '"0" is not the number of a run. List them with: cronflow runs'],
      ['rerun 1 --batches 3-1', '--batches "3-1": write failed, all, or indices from 0 such as 0,4,7-9.'],
      ['show 1 --batches some', '--batches "some": write failed, all, or indices from 0 such as 0,4,7-9.'],
      ['runs --limit many', '--limit "many" is not a number of at least 1.'],
    ];
    const told = await project.many(...cases.map(([line]) => line.split(' ')), ['runs', '--json', '--nope']);
    expect(told.slice(0, -1).map(({ code, stdout, stderr }) => ({ code, stdout, stderr }))).toEqual(
      cases.map(([, message]) => ({ code: 2, stdout: '', stderr: expect.stringContaining(message) })),
    );
    for (const { stderr } of told) expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(told.at(-1)).toMatchObject({
      code: 2,
      events: [{ event: 'error', message: expect.stringContaining('--nope') }],
    });
    expect(project.ledger()).toEqual([]);
    const wrong = await project.cli(['rnu']);
    expect(wrong).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Did you mean run?') });
  });

  test('help is given when asked for, and without a command', async () => {
    const project = new Project();
    const [asked, bare] = await project.many(['--help'], []);
    expect(asked).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('cronflow rerun <run>') });
    expect(bare).toMatchObject({ code: 2, stdout: expect.stringContaining('cronflow rerun <run>') });
  });
});

describe.concurrent('hostile text never reaches a terminal as it is', { timeout: 120_000 }, () => {
  // Colours, a window title, the cursor, a link; then marks that turn text around, ends of lines, and bytes that are
  // none of these.
  const HOSTILE =
    'a\u001b[31m\u001b]0;owned\u0007\u001b[2J\u009b1A\u001b]8;;http://x\u001b\\\u202egnp.exe\u2066\u200f\u061c\u2028\u0000\b\u007f\r z';
  const SURROGATE = 'half \ud83d of one';
  // oxlint-disable-next-line no-control-regex
  const RAW = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
  const words = JSON.stringify(HOSTILE);

  const FLOW = Project.workflow(`
const words = ${words}, half = ${JSON.stringify(SURROGATE)}, long = 'x'.repeat(1_000_000);
cronflow.define({ id: 'id ' + words, name: words + long, description: words })
  .step({ id: 'load ' + words, title: words }, async (ctx: any) => {
    console.log(words);
    console.error(half);
    console.log(long);
    process.stdout.write(words + long + '\\n' + words);
    process.stderr.write(words + long);
    await ctx.state.set(words, half);
    await ctx.state.set(long, words);
    return [1, 2, 3];
  })
  .batch({ id: 'batch ' + words, title: words + long, unit: [words, words + long], explain: () => words + long }, { items: (ctx: any) => ctx.last, size: 1, concurrency: 3 }, (batch: any, flow: any) => {
    // All three read before any of them writes: updates are lost, and the summary names the key.
    flow.step('count ' + words, async (ctx: any) => {
      const n = await ctx.state.get('n ' + words + long, 0);
      await sleep(50);
      await ctx.state.set('n ' + words + long, n + 1);
    });
    flow.step('fail ' + words, async () => { if (batch[0] === 2) throw Object.assign(new Error(words + half + long), { name: words }); });
  });
`);

  const told = story(async () => {
    const project = new Project({
      'flow.ts': FLOW,
      'throws.ts': Project.workflow(`throw new Error(${words} + 'x'.repeat(1_000_000));`),
    });
    const run = await project.cli(['run', 'flow.ts']);
    const store = ['--store', '.cronflow/runs.db'];
    const others = await project.many(
      ['show', '1', '--batches', 'all'],
      ['runs'],
      ['list', 'flow.ts'],
      ['rerun', '1', '--dry-run'],
      ['rerun', '1', '--node', HOSTILE],
      ['run', 'flow.ts', '--workflow', HOSTILE],
      ['run', 'throws.ts'],
      [HOSTILE],
      ['run', `${HOSTILE}.ts`.replaceAll('\u0000', '')],
      ['run', 'flow.ts', '--payload', HOSTILE],
      ['runs', '--store', `${HOSTILE}.db`.replaceAll('\u0000', '')],
      ['rerun', '1', '--json', ...store],
      ['show', '1', '--batches', 'all', '--json'],
      ['runs', '--json'],
      ['list', 'flow.ts', '--json'],
    );
    return { project, run, others };
  });

  test('in what people are shown', async () => {
    const { run, others } = await told();
    expect(run.code).toBe(1);
    for (const { stdout, stderr } of [run, ...others]) {
      expect(RAW.exec(stdout)).toBeNull();
      expect(RAW.exec(stderr)).toBeNull();
    }
    // The harmless part of it is still there to be read.
    expect(run.stdout).toMatch(/✕ agnp\.exe zx+…: 1 of 3 batches failed/);
    expect(run.stdout).toContain('State "n agnp.exe z');
    expect(run.stderr).toContain('agnp.exe z\n');
  });

  test('and no line is longer than can be read', async () => {
    const { run, others } = await told();
    for (const { stdout, stderr } of [run, ...others.filter(({ events }) => events.length === 0)]) {
      expect(Math.max(...`${stdout}\n${stderr}`.split('\n').map(line => line.length))).toBeLessThan(4_000);
    }
  });

  test('in JSON it is written as escapes, so that nothing of it is lost', async () => {
    const { others: all } = await told();
    const [rerun, show, runs, list] = all.slice(-4);
    expect(rerun?.summary.state).toMatchObject({ [HOSTILE]: SURROGATE, ['x'.repeat(1_000_000)]: HOSTILE });
    expect(rerun?.summary.workflow).toBe(`id ${HOSTILE}`);
    expect(show?.events.map(({ error }) => error?.message?.slice(0, HOSTILE.length + SURROGATE.length))).toContain(
      HOSTILE + SURROGATE,
    );
    expect(runs?.summary.workflow).toBe(`id ${HOSTILE}`);
    expect(list?.events[0]).toMatchObject({ id: `id ${HOSTILE}`, description: HOSTILE });
  });
});

describe('what a person who looks for a fault can see', () => {
  test('a re-run of a file that begins with a byte order mark says whether its code has changed', async () => {
    const code = Project.workflow("cronflow.define({ id: 'm' }).step('s', async () => { throw new Error('no'); });");
    const project = new Project({ 'mark.ts': `\ufeff${code}` });
    const [, same] = await project.many(['run', 'mark.ts'], ['rerun', '1', '--dry-run', '--json']);
    expect(same?.events).toMatchObject([{ event: 'dry-run', codeChanged: false }]);
    project.write('mark.ts', `\ufeff${code}\n// fixed`);
    const [changed] = await project.many(['rerun', '1', '--dry-run']);
    expect(changed?.stdout).toContain('Code: changed since the run');
  });

  test('NODE_DEBUG=cronflow:runner tells of the process of a run, on standard error; without it nothing is told', async () => {
    const project = new Project({
      'one.ts': Project.workflow("cronflow.define({ id: 'one' }).step('s', async () => 1);"),
    });
    const told = await project.cli(['run', 'one.ts', '--json'], { env: { NODE_DEBUG: 'cronflow:runner' } });
    expect(told).toMatchObject({ code: 0, summary: { status: 'completed' } });
    for (const line of [/start \d+ to start/, /\d+ works on run 1/, /\d+ has ended: code 0, signal null/])
      expect(told.stderr).toMatch(line);
    expect(await project.cli(['run', 'one.ts', '--json'])).toMatchObject({ code: 0, stderr: '' });
  });
});

test('the help lists every command once, with its options', async () => {
  const { stdout } = await new Project().cli(['--help']);
  const listed = [...stdout.matchAll(/^ {2}cronflow (\w+)/gm)].map(([, name]) => name);
  expect(listed).toEqual(['run', 'resume', 'rerun', 'cancel', 'runs', 'show', 'list', 'studio', 'serve', 'new']);
  expect(stdout).toMatch(/^ {2}cronflow resume <run> {14}resumes an interrupted run$/m);
  expect(stdout).toMatch(/^ {9}\[--dry-run\] {19}only shows what a re-run would do$/m);
  expect(stdout.split('\n').filter(line => line.length > 120)).toEqual([]);
});
