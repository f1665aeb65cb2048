import { rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Project } from '../support/project.ts';
import { story } from '../support/story.ts';
import { FILMS, LINE_OF_FAILURE, SUMMARY_KEYS } from './films.ts';

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
        waiting: [],
        repeats: [],
        takenBack: [],
        notTakenBack: [],
        effects: [],
        discarded: [],
        setAside: [],
        takenIn: [],
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
