import Database from 'better-sqlite3';
import { readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { exitReason } from '../../engine/runner/exit-reason.ts';
import { storeError } from '../../engine/store/open.ts';
import { Project } from '../support/project.ts';
import { story } from '../support/story.ts';

/* Each message that docs/errors.md shows in a table comes when what stands beside it is done, in these words. */

const PAGE = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');

/** The first piece of code in the second column, by what stands in the first one. */
function rowsUnder(heading: string): ReadonlyMap<string, string> {
  const section = PAGE.split(/^## /m).find(part => part.startsWith(`${heading}\n`)) ?? '';
  const rows = [...section.matchAll(/^\| ([^|]+?) \| (`+)(?: ?)(.*?)(?: ?)\2/gm)];
  return new Map(rows.map(([, problem = '', , message = '']) => [problem, message]));
}

/** `…` on the page stands for any text. Numbers of processes and versions may differ. */
function shows(message: string): unknown {
  const pieces = message.split(/…|(?<=process |version |up to )\d+/);
  return expect.stringMatching(new RegExp(pieces.map(RegExp.escape).join('.*')));
}

const IMPORT = "import { cronflow } from 'cronflow';\n";
const start = (rest: string) => `${IMPORT}cronflow.define({ id: 'w' })${rest};\n`;

interface Mistake {
  readonly files: Readonly<Record<string, string>>;
  readonly file: string;
  readonly folder: string;
}

let mistakes = 0;
const mistake = (files: Readonly<Record<string, string>>): Mistake => ({
  files,
  file: 'flow.ts',
  folder: `${++mistakes}`,
});

const MISTAKES: Readonly<Record<string, Mistake>> = {
  'the file does not exist': {
    files: { 'shelves.ts': start(".step('a', () => 1)") },
    file: 'shelfs.ts',
    folder: '.',
  },
  'two steps have the same name': mistake({
    'flow.ts': start(".step('load', () => 1)\n  .step('load', () => 2)"),
  }),
  'an option is misspelled': mistake({
    'flow.ts': start(".batch('work', { items: [1], size: 1, concurency: 2 }, () => {})"),
  }),
  'an option is missing': mistake({ 'flow.ts': start(".batch('work', { items: [1] }, () => {})") }),
  'a duration is not valid': mistake({ 'flow.ts': start(".step('a', () => 1).timeout('5 minuts')") }),
  'a modifier is in the wrong place': mistake({
    'flow.ts': start(".batch('b', { items: [1], size: 1 }, () => {}).retry({ attempts: 2 })"),
  }),
  'a syntax error': mistake({ 'flow.ts': start(".step('list', () => [1, 20, 30)") }),
  'a package is not installed': mistake({ 'flow.ts': `${IMPORT}import { chunk } from 'lodash-es';\nchunk([]);\n` }),
  'a mapping leads nowhere': {
    files: {
      'flow.ts': `import { help } from '@/helpr';\n${IMPORT}help();\n`,
      'src/helper.ts': 'export const help = () => 1;\n',
      'tsconfig.json': '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }',
    },
    file: 'flow.ts',
    folder: '.',
  },
  'code outside of steps throws': mistake({
    'flow.ts': `${IMPORT}const config = JSON.parse('');\ncronflow.define({ id: config.id });\n`,
  }),
  'the file has several workflows': mistake({
    'flow.ts': `${IMPORT}cronflow.define({ id: 'one' });\ncronflow.define({ id: 'two' });\n`,
  }),
  'the payload does not fit': mistake({
    'flow.ts': `${IMPORT}const validate = () => ({ issues: [{ message: 'is missing', path: ['to'] }] });
cronflow.define({ id: 'orders', payload: { '~standard': { version: 1, vendor: 'test', validate } } }).step('a', () => 1);\n`,
  }),
};

describe.concurrent('before a run starts', () => {
  const messages = rowsUnder('Before a run starts');
  const ended = story(async () => {
    const project = new Project();
    const calls = Object.values(MISTAKES).map(({ files, file, folder }) => {
      for (const [name, text] of Object.entries(files)) project.write(path.join(folder, name), text);
      return ['run', path.join(folder, file)];
    });
    const all = await project.many(...calls);
    return new Map(
      Object.keys(MISTAKES).map((problem, at) => {
        const { code, stdout, stderr } = all[at] ?? {};
        return [problem, { code, stdout, stderr }];
      }),
    );
  });

  test('each problem of the page is tried here', () => {
    expect([...messages.keys()]).toEqual(Object.keys(MISTAKES));
  });

  test.each([...messages])('%s', { timeout: 120_000 }, async (problem, message) => {
    expect((await ended()).get(problem)).toEqual({ code: 2, stdout: '', stderr: shows(message) });
  });
});

const QUICK = Project.workflow("cronflow.define({ id: 'quick' }).step('a', () => 1);");

/** What is written when a process or a store fails. */
const FAILURES: Readonly<Record<string, () => Promise<string> | string>> = {
  'the process was killed': async () => {
    const project = new Project({
      'flow.ts': Project.workflow(
        "cronflow.define({ id: 'w' }).step('a', () => process.kill(process.pid, 'SIGKILL'));",
      ),
    });
    return (await project.cli(['run', 'flow.ts'])).stdout;
  },
  // Told in a sentence; the memory is used up in test/cli/misbehaving.process.test.ts.
  'the memory is used up': () => {
    const stderr = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory';
    const reason = exitReason({ code: 134, signal: null, stderr, notStarted: undefined });
    return `${reason.replace('the run', 'The run')}.`;
  },
  'another process owns the run': async () => {
    const project = new Project({
      'flow.ts': Project.workflow(
        "cronflow.define({ id: 'w' }).step('a', async () => { console.log('begun'); await sleep(600_000); });",
      ),
    });
    const running = project.start(['run', 'flow.ts']);
    await running.says('begun');
    // As the readers of the page call it.
    const env = { npm_lifecycle_event: 'cronflow', INIT_CWD: project.folder };
    const { stderr } = await project.cli(['resume', '1'], { env });
    running.kill('SIGINT');
    await running.done;
    return stderr;
  },
  'there is no store': async () => {
    const project = new Project({ 'my/flow.ts': QUICK.replace('./supplied', '../supplied') });
    const [, { stderr } = { stderr: '' }] = await project.many(['run', 'my/flow.ts'], ['runs']);
    return stderr;
  },
  'the folder has a `.cronflow` of its own and no run yet': async () => {
    const project = new Project({ '.cronflow/runs.db': '', 'my/.cronflow/types/cronflow.d.ts': '' });
    return (await project.cli(['runs'], { cwd: project.path('my') })).stderr;
  },
  'the store of the folder is a link': async () => {
    const project = new Project({ 'flow.ts': QUICK, 'elsewhere/file': '' });
    symlinkSync(project.path('elsewhere'), project.path('.cronflow'), 'junction');
    return (await project.cli(['run', 'flow.ts'])).stderr;
  },
  'the file is not a store': async () => {
    const project = new Project({ 'x.db': 'this is not a database\n'.repeat(500) });
    return (await project.cli(['runs', '--store', 'x.db'])).stderr;
  },
  'the store has a newer version': async () => {
    const project = new Project({ 'flow.ts': QUICK });
    await project.cli(['run', 'flow.ts']);
    const db = new Database(project.storeFile);
    db.pragma(`user_version = ${Number(db.pragma('user_version', { simple: true })) + 1}`);
    db.close();
    return (await project.cli(['runs'])).stderr;
  },
  'the disk is full': () => String(storeError('runs.db', Object.assign(new Error('full'), { code: 'SQLITE_FULL' }))),
};

describe.concurrent('when the process or the store fails', () => {
  const messages = rowsUnder('When the process or the store fails');

  test('each problem of the page is tried here', () => {
    expect([...messages.keys()]).toEqual(Object.keys(FAILURES));
  });

  test.each([...messages])('%s', { timeout: 120_000 }, async (problem, message) => {
    expect(await FAILURES[problem]?.()).toEqual(shows(message));
  });
});
