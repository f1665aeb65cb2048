import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { BIN, eventually, type Event } from '../support/cli.ts';
import { Project } from '../support/project.ts';

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

const SUMMARY_KEYS = ['event', 'run', 'workflow', 'status', 'items', 'batches', 'nodes', 'steps', 'state', 'output', 'error', 'durationMs'];

/** A folder with the films and a failed run of them. */
async function withFailedRun(): Promise<Project> {
  const project = new Project({ 'films.ts': FILMS, broken: '' });
  const { code } = await project.cli(['run', 'films.ts', '--json']);
  expect(code).toBe(1);
  return project;
}

function mend(project: Project): void {
  rmSync(project.path('broken'));
}

/** Everything the store says about runs, as text. */
function contents(project: Project): string {
  const tables = ['runs', 'sessions', 'leases', 'requests', 'cuts', 'batches', 'batch_items', 'batch_passes', 'steps', 'state', 'state_writes', 'logs'];
  return tables.map(table => `${table} ${JSON.stringify(project.rows(`select * from ${table}`))}`).join('\n');
}

describe.concurrent('run', { timeout: 60_000 }, () => {
  test('prints JSON lines, of which the last is the summary', async () => {
    const project = new Project({ 'films.ts': FILMS });
    const { code, stderr, events, summary } = await project.cli(['run', 'films.ts', '--json', '--payload', '{"since":"2020"}']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(events[0]).toEqual({ event: 'started', run: '1', workflow: 'films' });
    expect(events.filter(({ event }) => event === 'summary')).toHaveLength(1);
    expect(Object.keys(summary)).toEqual(SUMMARY_KEYS);
    expect(summary).toMatchObject({
      event: 'summary', run: '1', workflow: 'films', status: 'completed',
      items: { total: 10, succeeded: 10, failed: 0 }, batches: { total: 4, succeeded: 4, failed: 0 },
      nodes: [{ path: 'clean', items: { total: 10 }, batches: { total: 4 } }],
      steps: { executed: 10 }, state: { trimmed: 10 }, output: { films: 10, payload: { since: '2020' } }, error: null, durationMs: expect.any(Number),
    });
    expect(events.filter(({ event }) => event === 'log').map(({ text, step, batch }) => [text, step, batch])).toEqual([
      ['checking 0', 'clean/check', 0], ['checking 3', 'clean/check', 1], ['checking 6', 'clean/check', 2], ['checking 9', 'clean/check', 3],
    ]);
  });

  test('a failing batch fails alone, and the summary says where', async () => {
    const project = new Project({ 'films.ts': FILMS, broken: '' });
    const { code, summary } = await project.cli(['run', 'films.ts', '--json']);
    expect(code).toBe(1);
    expect(summary).toMatchObject({
      status: 'failed', items: { total: 10, succeeded: 7, failed: 3 }, batches: { total: 4, succeeded: 3, failed: 1 }, output: null,
      error: { message: expect.stringContaining('film 4 has no title'), file: project.path('films.ts'), line: LINE_OF_FAILURE },
    });
    expect(project.ledger()).not.toContain('reports');
  });

  test('tells people what failed, where, and what to do about it, without colours in a pipe', async () => {
    const project = new Project({ 'films.ts': FILMS, broken: '' });
    const { code, stdout, stderr } = await project.cli(['run', 'films.ts']);
    expect(code).toBe(1);
    expect(stdout).toContain('Film list: 1 of 4 batches failed');
    expect(stdout).toContain('Clean the titles: 10 films = 7 done + 3 failed');
    expect(stdout).toContain(`film 4 has no title (films.ts:${LINE_OF_FAILURE})`);
    expect(stdout).toMatch(new RegExp(`> *${LINE_OF_FAILURE} \\|`));
    expect(stdout).toContain('cronflow rerun 1\n');
    expect(stderr).toContain('checking 0');
    // oxlint-disable-next-line no-control-regex
    expect(stdout + stderr).not.toMatch(/\u001b/);
  });

  test('keeps its store beside the workflow file, or where --store says, seen from the caller', async () => {
    const project = new Project({ 'sub/films.ts': FILMS, 'sub/supplied.ts': 'export * from "../supplied.ts";' });
    const beside = await project.cli(['run', 'sub/films.ts', '--json']);
    const named = await project.cli(['run', '../sub/films.ts', '--json', '--store', 'here/my.db'], { cwd: project.path('.') + '/sub' });
    expect([beside.code, named.code]).toEqual([0, 0]);
    const found = await Promise.all([
      project.cli(['runs', '--json'], { cwd: project.path('sub') }),
      project.cli(['runs', '--json', '--store', path.join('sub', 'here', 'my.db')]),
    ]);
    expect(found.map(({ events }) => events.map(({ run, status }) => [run, status]))).toEqual([[['1', 'completed']], [['1', 'completed']]]);
    // From further up the store is not guessed, but it is pointed at.
    const above = await project.cli(['resume', '1']);
    expect(above).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Did you mean --store sub/.cronflow/runs.db?') });
  });

  test('called through npm, relative paths are those of the caller', { skip: spawnSync('npm', ['--version']).status !== 0 && 'npm is not installed here' }, async () => {
    const project = new Project({ 'sub/films.ts': FILMS, 'sub/supplied.ts': 'export * from "../supplied.ts";', broken: '', 'sub/broken': '' });
    const { code, stdout } = await project.cli(['run', 'sub/films.ts', '--store', 'my.db'], { command: ['npm', '--silent', '--prefix', root, 'run', 'cronflow', '--'] });
    expect(code).toBe(1);
    expect(stdout).toContain(`(sub/films.ts:${LINE_OF_FAILURE})`);
    expect(stdout).toContain('npm run cronflow -- rerun 1 --store my.db');
    expect((await project.cli(['runs', '--store', 'my.db'])).stdout).toContain('failed      Film list');
    // An INIT_CWD that is left over from some other script of npm's means nothing.
    const elsewhere = await project.cli(['runs', '--store', 'my.db'], { env: { INIT_CWD: '/', npm_lifecycle_event: 'test' } });
    expect(elsewhere.code).toBe(0);
  });

  test('takes the payload from the command line, from a file, or as an empty object', async () => {
    const project = new Project({
      'echo.ts': Project.workflow("cronflow.define({ id: 'echo' }).step('echo', async ctx => ctx.payload);"), 'data/payload.json': '{"from":"a file"}',
    });
    const outputs = await Promise.all([
      ['--payload', '{"from":"the line"}'], ['--payload-file', 'data/payload.json'], [], ['--payload', 'null'],
    ].map(async options => (await project.cli(['run', 'echo.ts', '--json', ...options])).summary.output));
    expect(outputs).toEqual([{ from: 'the line' }, { from: 'a file' }, {}, null]);
  });

  test('runs the workflow that --workflow names', async () => {
    const project = new Project({
      'two.ts': Project.workflow("cronflow.define({ id: 'one' }).step('a', async () => 1);\ncronflow.define({ id: 'two' }).step('a', async () => 2);"),
    });
    expect((await project.cli(['run', 'two.ts', '--workflow', 'two', '--json'])).summary).toMatchObject({ workflow: 'two', output: 2 });
  });

  test('goes on when the reader of its output has gone away', { skip: process.platform === 'win32' && 'there is no sh' }, async () => {
    const project = new Project({ 'films.ts': FILMS });
    const { stdout, stderr } = await project.cli(['run', 'films.ts', '--json'], { command: ['sh', '-c', '"$@" | head -n 1', 'sh', process.execPath, BIN] });
    expect(stdout).toBe('{"event":"started","run":"1","workflow":"films"}\n');
    expect(stderr).toBe('');
    expect((await project.cli(['runs', '--json'])).summary).toMatchObject({ status: 'completed', items: { succeeded: 10 } });
  });
});

describe.concurrent('rerun', { timeout: 60_000 }, () => {
  test('after the cause is mended, completes the same run and repeats nothing that had succeeded', async () => {
    const project = await withFailedRun();
    mend(project);
    const { code, events, summary } = await project.cli(['rerun', '1', '--json']);
    expect(code).toBe(0);
    expect(events[0]).toMatchObject({ event: 'started', run: '1', rerun: { nodes: [{ path: 'clean', batches: 1, indices: [1] }], reused: { batches: 3, steps: 1 } } });
    expect(Object.keys(summary)).toEqual(SUMMARY_KEYS);
    expect(summary).toMatchObject({
      run: '1', status: 'completed', items: { total: 10, succeeded: 10, failed: 0 }, output: { films: 10 }, state: { trimmed: 10 },
      // The step that failed, and the one that came after all batches.
      steps: { executed: 2 },
    });
    expect(project.ledger()).toEqual([
      { trims: 0 }, { checked: 0 }, { trims: 3 }, { trims: 6 }, { checked: 6 }, { trims: 9 }, { checked: 9 },
      { checked: 3 }, 'reports',
    ]);
    expect((await project.cli(['runs', '--json'])).events).toHaveLength(1);
  });

  test('while the cause is there, fails again and stays open', async () => {
    const project = await withFailedRun();
    const again = await project.cli(['rerun', '1', '--json']);
    expect(again).toMatchObject({ code: 1, summary: { run: '1', status: 'failed', batches: { succeeded: 3, failed: 1 } } });
    expect((await project.cli(['show', '1', '--batches', 'failed', '--json'])).events[0]).toMatchObject({ index: 1, attempts: 2 });
  });

  test('--dry-run says what it would touch, and touches nothing', async () => {
    const project = await withFailedRun();
    const [before, ledger] = [contents(project), project.ledger()];
    const { code, events } = await project.cli(['rerun', '1', '--dry-run', '--json']);
    expect(code).toBe(0);
    expect(events).toEqual([{
      event: 'dry-run', run: '1', nodes: [{ path: 'clean', batches: 1, indices: [1] }], steps: [], reused: { batches: 3, steps: 1 },
      repeats: [], takenBack: [], notTakenBack: [], codeChanged: false,
    }]);
    project.write('films.ts', `${FILMS}// mended\n`);
    const { stdout } = await project.cli(['rerun', '1', '--dry-run', '--from-start']);
    expect(stdout).toContain('Runs again: 1 batch of Clean the titles (1)');
    expect(stdout).toContain('Takes back from state "trimmed": 3');
    expect(stdout).toContain('Code: changed since');
    expect(contents(project)).toBe(before);
    expect(project.ledger()).toEqual(ledger);
  });

  test('--node and --batches choose, and what they do not choose is left as it is', async () => {
    const project = new Project({ 'films.ts': FILMS });
    await project.cli(['run', 'films.ts', '--json']);
    const before = project.ledger().length;
    const { code, summary } = await project.cli(['rerun', '1', '--node', 'clean', '--batches', '0,2-3', '--json']);
    expect(code).toBe(0);
    expect(project.ledger().slice(before)).toEqual([
      { trims: 0 }, { checked: 0 }, { trims: 6 }, { checked: 6 }, { trims: 9 }, { checked: 9 }, 'reports',
    ]);
    expect(summary).toMatchObject({ state: { trimmed: 10 }, items: { total: 10, succeeded: 10 } });
  });

  test('says that there is nothing to re-run, and does not', async () => {
    const project = new Project({ 'films.ts': FILMS });
    await project.cli(['run', 'films.ts', '--json']);
    const before = contents(project);
    const refused = await Promise.all([['rerun', '1'], ['rerun', '1', '--node', 'claen'], ['rerun', '1', '--batches', '7'], ['rerun', '5']].map(args => project.cli(args)));
    expect(refused.map(({ code, stderr }) => [code, stderr.trim()])).toEqual([
      [2, 'Run 1 has no failed batches: there is nothing to re-run. Choose others with --batches.'],
      [2, 'The run has no node "claen" that has run. Did you mean "clean"?'],
      [2, 'clean has no batch 7. Batches are numbered from 0.'],
      [2, 'There is no run 5 in this store. List them with: cronflow runs'],
    ]);
    expect(contents(project)).toBe(before);
  });
});

describe.concurrent('show, runs and list', { timeout: 60_000 }, () => {
  test('show prints a line per batch asked for, then the summary', async () => {
    const project = await withFailedRun();
    const { code, events, summary } = await project.cli(['show', '1', '--batches', 'failed', '--json']);
    expect(code).toBe(0);
    expect(events).toHaveLength(2);
    expect(events[0]).toEqual({
      event: 'batch', node: 'clean', index: 1, status: 'failed', items: 3, attempts: 1,
      error: { name: 'Error', message: 'film 4 has no title', file: project.path('films.ts'), line: LINE_OF_FAILURE, step: 'clean/check' },
    });
    expect(Object.keys(summary)).toEqual(SUMMARY_KEYS);
    const places = await project.cli(['show', '1', '--batches', '0,2-3', '--json']);
    expect(places.events.map(batch => Object.keys(batch))[0]).toEqual(['event', 'node', 'index', 'status', 'items', 'attempts']);
    expect(places.events.map(({ index, status, items }) => [index, status, items])).toEqual([[0, 'succeeded', 3], [2, 'succeeded', 3], [3, 'succeeded', 1], [undefined, 'failed', expect.anything()]]);
    const text = await project.cli(['show', '1', '--batches', 'all']);
    expect(text.stdout).toMatch(new RegExp(`failed +clean #1 · 3 items · attempt 1 · film 4 has no title \\(films.ts:${LINE_OF_FAILURE}\\)`));
  });

  test('runs prints the runs, newest first, with the keys of a summary', async () => {
    const project = await withFailedRun();
    mend(project);
    await project.cli(['run', 'films.ts', '--json']);
    const { code, events } = await project.cli(['runs', '--json']);
    expect(code).toBe(0);
    expect(events.map(({ run, status }) => [run, status])).toEqual([['2', 'completed'], ['1', 'failed']]);
    for (const event of events) expect(Object.keys(event)).toEqual(SUMMARY_KEYS);
    expect((await project.cli(['runs', '--json', '--limit', '1'])).events.map(({ run }) => run)).toEqual(['2']);
  });

  test('list draws the workflows of a file, and of a folder past its helpers and its mistakes', async () => {
    const project = new Project({ 'flows/films.ts': FILMS, 'flows/supplied.ts': 'export const note: any = 0, sleep: any = 0;', 'flows/wrong.ts': 'const = 1;', 'flows/node_modules/x/flow.ts': FILMS });
    const one = await project.cli(['list', 'flows/films.ts', '--json']);
    expect(one.code).toBe(0);
    expect(one.events).toEqual([expect.objectContaining({ event: 'workflow', file: project.path('flows/films.ts'), id: 'films', name: 'Film list' })]);
    const nodes = one.events[0]?.nodes as Event[];
    expect(nodes.map(({ path: at, kind }) => [at, kind])).toEqual([['load', 'step'], ['clean', 'batch'], ['report', 'step']]);
    expect(nodes[1]?.body.nodes.map(({ path: at }: Event) => at)).toEqual(['clean/trim', 'clean/check']);
    const all = await project.cli(['list', 'flows', '--json']);
    expect(all.code).toBe(2);
    expect(all.events.map(({ event, file }) => [event, path.basename(file)])).toEqual([['workflow', 'films.ts'], ['error', 'wrong.ts']]);
    const text = await project.cli(['list', 'flows']);
    expect(text.stdout).toContain('batch    Clean the titles clean (size 3');
    expect(text.stderr).toContain('wrong.ts:1:7 has a syntax error');
    expect(project.ledger()).toEqual([]);
  });
});

describe.concurrent('cancel and resume', { timeout: 60_000 }, () => {
  /** Steps that take as long as a file named `wait` lies there. */
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

  test('a running run is cancelled from another process, and goes on by a re-run', async () => {
    const project = new Project({ 'slow.ts': SLOW, wait: '' });
    const run = project.start(['run', 'slow.ts', '--json']);
    await eventually('the second batch runs', () => project.ledger().some(({ does }) => does === 1));
    const cancel = await project.cli(['cancel', '1', '--json']);
    expect(cancel).toMatchObject({ code: 0, summary: { event: 'summary', run: '1', status: 'cancelled', batches: { total: 3, succeeded: 1, cancelled: 2 } } });
    const ended = await run.done;
    expect(ended).toMatchObject({ code: 130, summary: { status: 'cancelled', reason: expect.stringContaining('cronflow cancel'), items: { succeeded: 1, cancelled: 2 } } });
    expect(await project.cli(['cancel', '1'])).toMatchObject({ code: 2, stderr: expect.stringContaining('Run 1 is cancelled already') });
    expect(await project.cli(['resume', '1'])).toMatchObject({ code: 2, stderr: expect.stringContaining('cronflow rerun 1') });
    rmSync(project.path('wait'));
    expect(await project.cli(['rerun', '1', '--json'])).toMatchObject({ code: 0, summary: { run: '1', status: 'completed', items: { total: 3, succeeded: 3, cancelled: 0 } } });
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
    const { code, events } = await project.cli(['runs', '--json']);
    expect(code).toBe(0);
    expect(events).toMatchObject([{ run: '2', status: 'interrupted' }, { run: '1', status: 'interrupted', reason: 'its process ended', items: { total: 3, succeeded: 1 } }]);
    rmSync(project.path('wait'));
    expect(await project.cli(['resume', '1', '--json'])).toMatchObject({ code: 0, summary: { run: '1', status: 'completed', items: { succeeded: 3 } } });
    expect(await project.cli(['cancel', '2', '--json'])).toMatchObject({ code: 0, summary: { run: '2', status: 'cancelled', items: { total: 3, succeeded: 1, cancelled: 2 } } });
    expect(await project.cli(['resume', '1'])).toMatchObject({ code: 2, stderr: expect.stringContaining('Run 1 has completed: there is nothing to resume') });
  });

  test('the time of a run is the time some process has worked on it', async () => {
    const project = new Project({ 'slow.ts': SLOW, wait: '' });
    const call = project.start(['run', 'slow.ts', '--json']);
    await eventually('the second batch runs', () => project.ledger().some(({ does }) => does === 1));
    process.kill(project.rows('select pid from leases')[0].pid, 'SIGKILL');
    const { summary } = await call.done;
    expect(summary).toMatchObject({ status: 'interrupted' });
    expect(summary.durationMs).toBeGreaterThan(0);
    const shown = await project.cli(['show', '1', '--json']);
    expect(shown.summary.durationMs).toBe(summary.durationMs);
  });
});

test('wrong usage is told in one line, with what may have been meant', { timeout: 60_000 }, async () => {
  const project = new Project({ 'films.ts': FILMS });
  mkdirSync(project.path('.cronflow'));
  writeFileSync(project.storeFile, '');
  const cases: [string, string][] = [
    ['rnu films.ts', 'cronflow has no command "rnu". Did you mean run? See cronflow --help.'],
    ['toString', 'cronflow has no command "toString". It has run, resume, rerun, cancel, runs, show, list.'],
    ['run', 'cronflow run needs a workflow file. See cronflow --help.'],
    ['run films.ts more.ts', 'cronflow run does not know what to do with "more.ts". See cronflow --help.'],
    ['run films.ts --jsno', 'cronflow run has no option --jsno. Did you mean --json?'],
    ['run films.ts --quux', 'cronflow run has no option --quux. It has --store, --json, --help, --workflow, --payload, --payload-file.'],
    ['run films.ts --workflow', "cronflow run: Option '--workflow <value>' argument missing. See cronflow --help."],
    ['run films.ts --payload {}  --payload-file x.json', '--payload and --payload-file are two ways to say the same: give one of them.'],
    ['run films.ts --payload-file absent.json', '--payload-file absent.json could not be read'],
    ['resume abc', '"abc" is not the number of a run. List them with: cronflow runs'],
    ['rerun 0', '"0" is not the number of a run. List them with: cronflow runs'],
    ['rerun 1 --batches 3-1', '--batches "3-1": write failed, all, or places from 0 such as 0,4,7-9.'],
    ['show 1 --batches some', '--batches "some": write failed, all, or places from 0 such as 0,4,7-9.'],
    ['runs --limit many', '"many" is not the number of a run.'],
  ];
  const told = await Promise.all(cases.map(async ([line]) => {
    const { code, stdout, stderr } = await project.cli(line.split(/ +/));
    return { line, code, stdout, stderr };
  }));
  expect(told).toEqual(cases.map(([line, message]) => ({ line, code: 2, stdout: '', stderr: expect.stringContaining(message) })));
  for (const { stderr } of told) expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(project.ledger()).toEqual([]);
  expect(await project.cli(['--help'])).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('cronflow rerun <run>') });
  expect(await project.cli([])).toMatchObject({ code: 2, stdout: expect.stringContaining('cronflow rerun <run>') });
  expect(await project.cli(['runs', '--json', '--nope'])).toMatchObject({ code: 2, events: [{ event: 'error', message: expect.stringContaining('--nope') }] });
});
