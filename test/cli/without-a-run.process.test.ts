import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Event } from '../support/cli.ts';
import { Project } from '../support/project.ts';
import { FILMS } from './films.ts';

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
        'cronflow has no command "toString". It has run, demo, resume, rerun, work, workers, effects, cancel, approve, reject, publish, notify, delete, prune, runs, show, list, find, probe, debug, export, import, studio, serve, mcp, new, completion. See cronflow --help.',
      ],
      ['run', 'cronflow run needs a workflow file. See cronflow run --help.'],
      ['run films.ts more.ts', 'cronflow run does not take "more.ts". See cronflow run --help.'],
      ['run films.ts --jsno', 'cronflow run has no option --jsno. Did you mean --json?'],
      [
        'run films.ts --zzzz',
        'cronflow run has no option --zzzz. It has --store, --env-file, --json, --help, --workflow, --payload, --payload-file, --key, --no-cache, --durability, --workers, --queue, --on-failure, --on-finish.',
      ],
      ['run films.ts --workflow', 'cronflow run: --workflow needs a value. See cronflow run --help.'],
      [
        'run films.ts --workers -1',
        'cronflow run: --workers needs a value. Write one that begins with a dash as --workers=-…. See cronflow run --help.',
      ],
      ['run films.ts --workers many', '--workers "many" is no number of workers. It is a whole number from 1 to 64'],
      ['run films.ts --json=1', 'cronflow run: --json takes no value. See cronflow run --help.'],
      [
        'run films.ts --payload {} --payload-file x.json',
        '--payload and --payload-file mean the same. Give one of them.',
      ],
      ['run films.ts --payload-file absent.json', '--payload-file absent.json could not be read'],
      ['resume abc', '"abc" is not the number of a run. List them with: cronflow runs'],
      ['rerun 0', '"0" is not the number of a run. List them with: cronflow runs'],
      ['rerun 1 --batches 3-1', '--batches "3-1": write failed, all, or indices from 0 such as 0,4,7-9.'],
      ['rerun 1 --set-aside 2', '--set-aside "2": write found, or items as batch:item, both from 0, such as 2:17,4:3.'],
      [
        'rerun 1 --take-back found',
        '--take-back "found": write all, or items as batch:item, both from 0, such as 2:17,4:3.',
      ],
      [
        'rerun 1 --edit Title=1',
        '--edit corrects one item as it is taken back in: give it with --take-back and the item',
      ],
      ['rerun 1 --take-back all --edit Title=1', '--edit corrects one item as it is taken back in'],
      ['rerun 1 --take-back 0:1,0:2 --edit Title=1', '--edit corrects one item as it is taken back in'],
      ['rerun 1 --take-back 0:1 --edit Title=Heat', '--edit Title=Heat: Heat cannot be read: '],
      ['rerun 1 --take-back 0:1 --edit {', '--edit {: { cannot be read: '],
      ['rerun 1 --reason late', '--reason says why items are set aside: give it with --set-aside.'],
      ['export 1', 'cronflow export needs --html <path> for a file that shows the run, or --items'],
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

test('the help lists every command once, with its options', async () => {
  const { stdout } = await new Project().cli(['--help']);
  const listed = [...stdout.matchAll(/^ {2}cronflow (\w+)/gm)].map(([, name]) => name);
  expect(listed).toEqual(
    'run demo resume rerun work workers effects cancel approve reject publish notify delete prune runs show list find probe debug export import studio serve mcp new completion'.split(
      ' ',
    ),
  );
  expect(stdout).toMatch(/^ {2}cronflow resume <run> {14}resumes an interrupted run$/m);
  expect(stdout).toMatch(/^ {9}\[--dry-run\] {19}only shows what a re-run would do$/m);
  expect(stdout.split('\n').filter(line => line.length > 120)).toEqual([]);
});
