import Database from 'better-sqlite3';
import { chmodSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BIN, eventually, type Ended } from '../support/cli.ts';
import { Project } from '../support/project.ts';
import { story } from '../support/story.ts';

/*
 * What people get wrong, and what machines do to them: each is told once, with the file, the line where there is one,
 * and what to do; never with a stack of ours; and what had been done before is still there afterwards.
 */

const GOOD = Project.workflow(
  "cronflow.define({ id: 'good', name: 'Good' }).step('a', async () => { note('ran'); return 1; });\n",
);

/** Refused, in one message and at most a piece of the author's code, before anything ran. */
function expectRefusal({ code, stdout, stderr }: Ended | undefined = {} as Ended, message: string | RegExp): void {
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  if (typeof message === 'string') expect(stderr.split('\n')[0]).toBe(message);
  else expect(stderr.split('\n')[0]).toMatch(message);
  expectNoStack(stderr);
}

function expectNoStack(text: string): void {
  expect(text).not.toMatch(/^\s+at .*:\d+|node:internal|\/engine\/|Node\.js v/m);
}

describe.concurrent('a file that cannot be loaded', { timeout: 120_000 }, () => {
  const files = {
    'clean-films.ts': GOOD,
    'syntax.ts':
      "import { cronflow } from 'cronflow';\ncronflow.define({ id: 'a' }).step('x', async () => {\n  return 1 +;\n});\n",
    'flow.py': 'print(1)\n',
    'none.ts': 'export const nothing = 1;\n',
    'two.ts':
      "import { cronflow } from 'cronflow';\ncronflow.define({ id: 'import' });\ncronflow.define({ id: 'export' });\n",
    'same.ts': "import { cronflow } from 'cronflow';\ncronflow.define({ id: 'a' });\ncronflow.define({ id: 'a' });\n",
    'exits.ts': "import { cronflow } from 'cronflow';\ncronflow.define({ id: 'a' });\nprocess.exit(3);\n",
    'throws.ts':
      "import { cronflow } from 'cronflow';\ncronflow.define({ id: 'a' });\nthrow new Error('no API key');\n",
    'imports.ts':
      "import { cronflow } from 'cronflow';\nimport { helper } from './helpr.ts';\ncronflow.define({ id: String(helper) });\n",
    'helper.ts': 'export const helper = 1;\n',
    'rejects.ts':
      "import { cronflow } from 'cronflow';\ncronflow.define({ id: 'a' }).step('x', async () => 1);\nsetTimeout(() => { throw new Error('late'); }, 0);\nawait new Promise(resolve => setTimeout(resolve, 50));\n",
    'flows/a.ts': GOOD,
  };
  const refused = story(async () => {
    const project = new Project(files);
    const calls = [
      ['run', 'clean-film.ts'],
      ['run', 'syntax.ts'],
      ['run', 'flows'],
      ['run', 'flow.py'],
      ['run', 'none.ts'],
      ['run', 'two.ts'],
      ['run', 'two.ts', '--workflow', 'exprt'],
      ['run', 'same.ts'],
      ['run', 'exits.ts'],
      ['run', 'throws.ts'],
      ['run', 'imports.ts'],
      ['run', 'nowhere/flow.ts'],
      ['run', 'syntax.ts', '--json'],
      ['run', 'rejects.ts'],
    ];
    const ended = await project.many(...calls);
    const store = existsSync(project.path('.cronflow'));
    return {
      project,
      store,
      of: (...call: string[]) => ended[calls.findIndex(other => other.join(' ') === `run ${call.join(' ')}`)],
    };
  });

  test('a missing file, with the name that was meant', async () => {
    const { of } = await refused();
    expectRefusal(of('clean-film.ts'), 'There is no file clean-film.ts. Did you mean clean-films.ts?');
    expectRefusal(
      of('nowhere/flow.ts'),
      'There is no file nowhere/flow.ts. There is no folder nowhere either: check the path.',
    );
  });

  test('a syntax error, with the piece of code', async () => {
    const { of } = await refused();
    expectRefusal(
      of('syntax.ts'),
      'syntax.ts:3:13 has a syntax error: Unexpected token. Correct it, then load the file again.',
    );
    expect(of('syntax.ts')?.stderr).toContain('> 3 |   return 1 +;\n    |             ^');
    expect(of('syntax.ts', '--json')?.events).toEqual([
      {
        event: 'error',
        name: 'LoadError',
        message: expect.stringContaining('syntax.ts:3:13 has a syntax error'),
        file: expect.stringMatching(/syntax\.ts$/),
        line: 3,
        column: 13,
      },
    ]);
  });

  test('a folder, and what is no TypeScript or JavaScript', async () => {
    const { of } = await refused();
    expectRefusal(of('flows'), 'flows is a folder. Name the workflow file in it, such as flows/a.ts.');
    expectRefusal(
      of('flow.py'),
      "flow.py can't be loaded as a workflow: .py is not a type of file that Cronflow runs. Name a file that ends in .ts, .mts, .cts, .tsx, .js, .mjs or .cjs.",
    );
  });

  test('no workflow, several of them, one that is not there, two of the same id', async () => {
    const { of } = await refused();
    expectRefusal(
      of('none.ts'),
      "none.ts defines no workflow. Add one with cronflow.define({ id: '…', name: '…' }), or name the file that has it.",
    );
    expectRefusal(of('two.ts'), /two\.ts has 2 workflows: import, export\. Choose one with --workflow <id>\.$/);
    expectRefusal(of('two.ts', '--workflow', 'exprt'), /two\.ts has no workflow "exprt"\. Did you mean "export"\?$/);
    expectRefusal(
      of('same.ts'),
      'same.ts:3:10: Two workflows have the id "a"; the first is in same.ts:2. They are started by id, so give one of them another.',
    );
  });

  test('code outside of steps that throws, exits, or imports what is not there', async () => {
    const { of } = await refused();
    expectRefusal(
      of('exits.ts'),
      'exits.ts:3:9: process.exit(3) was called while the file was loading. It would end all batches of the run. Throw an error instead.',
    );
    expectRefusal(
      of('throws.ts'),
      'throws.ts:3:7 threw while it was loaded: Error: no API key. Code outside of steps runs each time the file is loaded: correct it, or move it into a step.',
    );
    expectRefusal(
      of('imports.ts'),
      'imports.ts:2 imports "./helpr.ts", but there is no such file. Did you mean "./helper.ts"?',
    );
  });

  test('an error from a timer while the file loads goes into the log, and the run goes on', async () => {
    const { of } = await refused();
    expect(of('rejects.ts')).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/An error thrown outside any promise: Error: late \(.*rejects\.ts:3\)/),
    });
  });

  test('nothing is recorded of any of them', async () => {
    const { project, store } = await refused();
    // The one run that there was.
    expect(store).toBe(true);
    expect(project.rows('select file from runs').map(({ file }) => file)).toEqual([project.path('rejects.ts')]);
    expect(project.ledger()).toEqual([]);
  });
});

describe.concurrent('a workflow that is built wrongly', { timeout: 120_000 }, () => {
  /** What follows the definition, the line at fault, and what is said of it. */
  const MISTAKES: Record<string, [code: string, line: number, message: string]> = {
    duplicate: [
      "flow.step('a', f)\n  .step('a', f);",
      5,
      'Two steps are named "a"; the first is in line 4. Their results are stored by name, so give one of them another.',
    ],
    'duplicate-in-batch': [
      "flow.batch('b', { items: [1], size: 1 }, (batch: any, flow: any) => {\n  flow.step('c', f);\n  flow.step('c', f);\n});",
      6,
      'Two steps are named "c"; the first is in line 5.',
    ],
    else: [
      "flow.step('a', f)\n  .else();",
      5,
      'else() belongs to no if: there is none open here. Begin with .if(name, condition).',
    ],
    'no-end-if': [
      "flow.step('a', f)\n  .if('maybe', f)\n  .step('b', f);",
      5,
      'The if "maybe" is never closed. Add .endIf() after the last step that belongs to it.',
    ],
    'no-end-if-in-batch': [
      "flow.batch('b', { items: [1], size: 1 }, (batch: any, flow: any) => {\n  flow.if('maybe', f).step('c', f);\n});",
      5,
      'The if "maybe" is never closed.',
    ],
    'half-a-character': [
      "flow.step('a \\ud83d', f);",
      4,
      'step: its name is "a \\ud83d", which holds half a character (a lone surrogate) and cannot be stored. Give it another.',
    ],
    'size-0': [
      "flow.batch('b', { items: [1], size: 0 }, f);",
      4,
      'batch "b": size is 0. It is a whole number of at least 1.',
    ],
    'size-negative': [
      "flow.batch('b', { items: [1], size: -1 }, f);",
      4,
      'batch "b": size is -1. It is a whole number of at least 1.',
    ],
    'size-fraction': [
      "flow.batch('b', { items: [1], size: 1.5 }, f);",
      4,
      'batch "b": size is 1.5. It is a whole number of at least 1.',
    ],
    'size-nan': [
      "flow.batch('b', { items: [1], size: NaN }, f);",
      4,
      'batch "b": size is NaN. It is a whole number of at least 1.',
    ],
    'size-missing': [
      "flow.batch('b', { items: [1] }, f);",
      4,
      'batch "b": size is missing. It is a whole number of at least 1.',
    ],
    'concurrency-0': [
      "flow.batch('b', { items: [1], size: 1, concurrency: 0 }, f);",
      4,
      'batch "b": concurrency is 0. It is a whole number of at least 1.',
    ],
    'items-missing': [
      "flow.batch('b', { size: 1 }, f);",
      4,
      'batch "b": items is missing. Give it an array, a stream, or a function of ctx that returns one.',
    ],
  };
  const files = Object.fromEntries(
    Object.entries(MISTAKES).map(([name, [code]]) => [
      `flows/${name}.ts`,
      `import { cronflow } from 'cronflow';\nconst f: any = async () => 1;\nconst flow: any = cronflow.define({ id: 'w' });\n${code}\n`,
    ]),
  );
  const listed = story(async () => {
    const project = new Project(files);
    return await project.many(['list', 'flows', '--json'], ['run', 'flows/no-end-if.ts']);
  });

  test.each(Object.entries(MISTAKES))('%s', async (name, [, line, message]) => {
    const [list] = await listed();
    const event = list?.events.find(({ file }) => file?.endsWith(`/${name}.ts`));
    expect(event).toMatchObject({ event: 'error', line, message: expect.stringContaining(message) });
    expect(event?.message).toMatch(new RegExp(`^flows/${name}\\.ts:${line}:\\d+: `));
    expect(list?.stderr).toMatch(new RegExp(`${name}\\.ts:${line}:[^\\n]*\\n\\n(?:[^\\n]+\\n)*> *${line} \\|`));
  });

  test('is refused by list and by run, without a stack', async () => {
    const [list, run] = await listed();
    expect(list?.code).toBe(2);
    expect(list?.events).toHaveLength(Object.keys(MISTAKES).length);
    expectNoStack(list?.stderr ?? '');
    expectRefusal(run, /^flows\/no-end-if\.ts:5:\d+: The if "maybe" is never closed\./);
  });
});

describe.concurrent('steps and items that misbehave', { timeout: 120_000 }, () => {
  /** A step's function, and how its item is to fail; undefined: it succeeds. */
  const STEPS: Record<string, [code: string, error: object | undefined]> = {
    good: ["async () => 'good'", undefined],
    'returns a function': [
      'async () => ({ users: [1, { save() {} }] })',
      {
        name: 'NotDataError',
        message:
          'output.users[1].save is a function, which cannot be stored. Return plain data: leave it out, or copy the fields you need.',
      },
    ],
    'returns a socket': [
      'async () => new net.Socket()',
      {
        message:
          'output is an instance of Socket, which cannot be stored. Return plain data: leave it out, or copy the fields you need.',
      },
    ],
    'returns a promise inside': [
      'async () => ({ later: Promise.resolve(1) })',
      { message: 'output.later is a promise, which cannot be stored. Await it first.' },
    ],
    'keeps state by half a character': [
      "() => state().set('key \\ud83d', 1)",
      {
        name: 'TypeError',
        message: expect.stringContaining('which holds half a character (a lone surrogate) and cannot be stored'),
      },
    ],
    'throws a text': ["async () => { throw 'just a text'; }", { name: 'Thrown', message: 'just a text' }],
    'throws undefined': ['() => { throw undefined; }', { name: 'Thrown', message: 'undefined was thrown' }],
    'throws a frozen error': [
      "async () => { throw Object.freeze(new Error('frozen')); }",
      { name: 'Error', message: 'frozen' },
    ],
    'throws what cannot be looked at': [
      "async () => { throw new Proxy({}, { get() { throw new Error('no'); } }); }",
      { message: expect.stringContaining('thrown') },
    ],
    'throws its own cause': [
      "async () => { const error: any = new Error('round'); error.cause = error; throw error; }",
      { message: 'round' },
    ],
    'exits at once': [
      'async () => { process.exit(7); }',
      {
        name: 'ExitRefused',
        message: 'process.exit(7) was called in a step. It would end all batches of the run. Throw an error instead.',
      },
    ],
    'exits later': [
      'async () => { await sleep(5); process.exit(); }',
      { name: 'ExitRefused', message: expect.stringContaining('process.exit() was called in a step') },
    ],
    'exits and catches it': [
      "async () => { try { process.exit(1); } catch {} await sleep(5); return 'went on'; }",
      { name: 'ExitRefused' },
    ],
    'exits from a timer': [
      '() => new Promise(() => { setTimeout(() => process.exit(2), 5); })',
      { name: 'ExitRefused' },
    ],
    'forgets a rejection': [
      "async () => { void Promise.reject(new Error('nobody waits')); await sleep(50); }",
      { message: 'nobody waits' },
    ],
    'throws from a timer': [
      "() => new Promise(() => { setTimeout(() => { throw new Error('out of a timer'); }, 5); })",
      { message: 'out of a timer' },
    ],
    'has an emitter without a listener': [
      "() => new Promise(() => { process.nextTick(() => new EventEmitter().emit('error', new Error('unheard'))); })",
      { message: 'unheard' },
    ],
    'rejects when it is over': [
      "async () => { setTimeout(() => { void Promise.reject(new Error('too late to wait')); }, 20); }",
      undefined,
    ],
    'throws when it is over': [
      "async () => { setTimeout(() => { throw new Error('too late to throw'); }, 20); }",
      undefined,
    ],
  };
  const ITEMS: Record<string, [code: string, error: object | undefined]> = {
    good: ['() => [1]', undefined],
    undefined: [
      '() => undefined',
      {
        message:
          'items of batch "inner" is undefined. It must be an array, an iterable or an async iterable. Does the function return something?',
      },
    ],
    'an object': [
      '() => ({ a: 1 })',
      {
        message:
          'items of batch "inner" is an object. It must be an array, an iterable or an async iterable. For the values of an object, return Object.values(it).',
      },
    ],
    throws: ["() => { throw new Error('no database'); }", { message: 'no database' }],
    rejects: ["async () => { throw new Error('no network'); }", { message: 'no network' }],
    'ends half way': ["function* () { yield 1; throw new Error('half way'); }", { message: 'half way' }],
    'a function among them': [
      '() => [{ call() {} }]',
      {
        message:
          'items[0].call is a function, which cannot be stored. Return plain data: leave it out, or copy the fields you need.',
      },
    ],
    'a misspelled step': [
      'ctx => ctx.steps.gatherd.output',
      { message: 'There is no step named "gatherd" here. Did you mean "gathered"?' },
    ],
  };
  const table = (cases: Record<string, [string, unknown]>) =>
    Object.entries(cases)
      .map(([name, [code]]) => `  ${JSON.stringify(name)}: ${code},`)
      .join('\n');
  const FLOW = Project.workflow(`
import net from 'node:net';
import { EventEmitter } from 'node:events';
let state: () => any;
const steps: Record<string, () => unknown> = {
${table(STEPS)}
};
const items: Record<string, (ctx: any) => any> = {
${table(ITEMS)}
};
cronflow.define({ id: 'misbehaves', name: 'Misbehaves' })
  .step('gathered', async () => Object.keys(steps))
  .forEach('steps', Object.keys(steps), (name: string, flow: any) => {
    state = () => flow.state;
    flow.step('do', () => steps[name]!()); }, { concurrency: 4, tolerateFailures: 'all' })
  .forEach('items', Object.keys(items), (name: string, flow: any) => {
    flow.batch('inner', { items: items[name], size: 1 }, (batch: any, flow: any) => { flow.step('s', async () => batch[0]); });
  }, { tolerateFailures: 'all' })
  .step('later', async () => { await sleep(50); note('goes on'); });
`);
  const line = (text: string) => FLOW.split('\n').findIndex(other => other.includes(text)) + 1;

  const run = story(async () => {
    const project = new Project({ 'flow.ts': FLOW });
    const [ended, show] = await project.many(['run', 'flow.ts'], ['show', '1', '--batches', 'all', '--json']);
    const failures = (node: string) =>
      new Map(
        show?.events
          .filter(event => event.node === node)
          .map(({ index, status, error }) => [index as number, { status, error }]),
      );
    return { project, ended, summary: show?.summary, steps: failures('steps'), items: failures('items') };
  });

  test.each(Object.entries(STEPS))('a step that: %s', async (name, [code, error]) => {
    const { project, steps } = await run();
    const batch = steps.get(Object.keys(STEPS).indexOf(name));
    if (!error) return expect(batch).toEqual({ status: 'succeeded', error: undefined });
    expect(batch).toMatchObject({
      status: 'failed',
      error: { ...error, file: project.path('flow.ts'), step: 'steps/do' },
    });
    // Where the stack does not say, it is the step that is named.
    expect([line(code), line("flow.step('do'")]).toContain(batch?.error.line);
  });

  test.each(Object.entries(ITEMS))('items are: %s', async (name, [, error]) => {
    const { project, items } = await run();
    const batch = items.get(Object.keys(ITEMS).indexOf(name));
    if (!error) return expect(batch).toEqual({ status: 'succeeded', error: undefined });
    expect(batch).toMatchObject({
      status: 'failed',
      error: { ...error, file: project.path('flow.ts'), line: expect.any(Number), step: 'items/inner' },
    });
  });

  test('fails alone: everything else of the run goes on', async () => {
    const { project, summary } = await run();
    const failed = (cases: Record<string, [string, unknown]>) =>
      Object.values(cases).filter(([, error]) => error !== undefined).length;
    expect(summary).toMatchObject({
      status: 'completed',
      nodes: expect.arrayContaining([
        expect.objectContaining({
          path: 'steps',
          items: expect.objectContaining({ total: Object.keys(STEPS).length, failed: failed(STEPS) }),
        }),
        expect.objectContaining({
          path: 'items',
          items: expect.objectContaining({ total: Object.keys(ITEMS).length, failed: failed(ITEMS) }),
        }),
      ]),
    });
    expect(project.ledger()).toEqual(['goes on']);
  });

  test('what happens after a step has ended is in its log', async () => {
    const { project, ended } = await run();
    const texts = project
      .rows(
        "select l.text from logs l join nodes n on n.run = l.run and n.node = l.node where n.path = 'steps/do' order by text",
      )
      .map(({ text }) => String(text));
    expect(texts).toEqual([
      `A rejected promise that nothing awaits, after its step had ended: Error: too late to wait (${project.path('flow.ts')}:${line('too late to wait')})`,
      `An error thrown outside any promise, after its step had ended: Error: too late to throw (${project.path('flow.ts')}:${line('too late to throw')})`,
    ]);
    expectNoStack(ended?.stderr ?? '');
  });
});

describe.concurrent('a payload', { timeout: 120_000 }, () => {
  const PAYLOAD = `import { z } from 'zod';\n${Project.workflow(`
cronflow.define({ id: 'pay', payload: z.object({ since: z.string(), tags: z.array(z.object({ n: z.number() })) }) }).step('a', async () => { note('ran'); });
`)}`;

  test('that is not JSON, or does not fit, is refused and no run is recorded', async () => {
    const project = new Project({ 'pay.ts': PAYLOAD, 'payload.json': '{"since": ' });
    const [, notJson, notJsonFile, misfit, runs] = await project.many(
      ['run', 'pay.ts', '--payload', '{"since":"2020","tags":[]}'],
      ['run', 'pay.ts', '--payload', '{since:1}'],
      ['run', 'pay.ts', '--payload-file', 'payload.json'],
      ['run', 'pay.ts', '--payload', '{"since":3,"tags":[{"n":"x"}]}'],
      ['runs', '--json'],
    );
    expectRefusal(notJson, /^--payload is not JSON: /);
    expectRefusal(notJsonFile, /^payload\.json is not JSON: /);
    expectRefusal(misfit, 'The payload does not fit workflow "pay":');
    expect(misfit?.stderr).toBe(`The payload does not fit workflow "pay":
  payload.since: Invalid input: expected string, received number
  payload.tags[0].n: Invalid input: expected number, received string
Give it with --payload '{…}' or --payload-file <path>.
`);
    expect(runs?.events.map(({ run, status }) => [run, status])).toEqual([['1', 'completed']]);
    expect(project.ledger()).toEqual(['ran']);
  });
});

describe.concurrent('a store that cannot be used', { timeout: 120_000 }, () => {
  /** A folder with a good store in `good.db`. */
  const withStore = story(async () => {
    const project = new Project({ 'flow.ts': GOOD });
    expect(await project.cli(['run', 'flow.ts', '--store', 'good.db'])).toMatchObject({ code: 0 });
    return project;
  });

  /** Every way to a store: to write a new run, to take up an old one, to look. */
  const commands = (store: string) =>
    [['run', 'flow.ts'], ['resume', '1'], ['rerun', '1', '--dry-run'], ['cancel', '1'], ['runs'], ['show', '1']].map(
      args => [...args, '--store', store],
    );

  async function expectAllRefused(project: Project, store: string, message: RegExp): Promise<void> {
    const before = readFileSync(project.path(store));
    for (const ended of await project.many(...commands(store).slice(store === 'garbage.db' ? 0 : 1)))
      expectRefusal(ended, message);
    expect(readFileSync(project.path(store)).equals(before)).toBe(true);
  }

  test('is no database', async () => {
    const project = await withStore();
    project.write('garbage.db', Buffer.from('this is not a database, whatever its name may say\n'.repeat(200)));
    await expectAllRefused(
      project,
      'garbage.db',
      /garbage\.db is not a database, or its beginning is damaged\. Move it away \(a backup can be put in its place\) or name another with --store\.$/,
    );
  });

  test("is some other program's database", async () => {
    const project = await withStore();
    const db = new Database(project.path('other.db'));
    db.exec("create table contacts (name text); insert into contacts values ('ann')");
    db.close();
    await expectAllRefused(
      project,
      'other.db',
      /other\.db is a database of some other program\. Name another file with --store\.$/,
    );
  });

  test('was written by a newer Cronflow', async () => {
    const project = await withStore();
    project.write('newer.db', readFileSync(project.path('good.db')));
    const db = new Database(project.path('newer.db'));
    db.pragma('journal_mode = delete');
    db.pragma('user_version = 999');
    db.close();
    await expectAllRefused(
      project,
      'newer.db',
      /newer\.db was written by a newer Cronflow \(store version 999; this one knows up to \d+\)\. Update Cronflow to open it; nothing was changed\.$/,
    );
  });

  test('is damaged in the middle', async () => {
    const project = await withStore();
    const bytes = readFileSync(project.path('good.db'));
    const db = new Database(project.path('good.db'), { readonly: true });
    const pages = db
      .prepare<[], { rootpage: number }>(
        "select rootpage from sqlite_schema where tbl_name in ('runs', 'batches', 'steps', 'nodes', 'logs', 'state')",
      )
      .all();
    const size = Number(db.pragma('page_size', { simple: true }));
    db.close();
    // The file opens well; only what is asked of it later comes upon the damage.
    for (const { rootpage } of pages) bytes.fill(0xaa, (rootpage - 1) * size, rootpage * size);
    project.write('damaged.db', bytes);
    const ended = await project.many(...commands('damaged.db'));
    for (const refused of ended)
      expectRefusal(
        refused,
        /damaged\.db is damaged \(database disk image is malformed\)\. Copy it, then try "sqlite3 damaged\.db \.recover"; name another with --store to go on meanwhile\.$/,
      );
  });

  test('is a folder', async () => {
    const project = await withStore();
    project.write('folder/file', '');
    for (const ended of await project.many(...commands('folder').slice(1)))
      expectRefusal(ended, /folder is a folder\. --store names the database file, such as .*folder\/runs\.db\.$/);
  });

  test('is not there', async () => {
    const project = await withStore();
    for (const ended of await project.many(...commands('absent.db').slice(2)))
      expectRefusal(
        ended,
        /^There is no run store at .*absent\.db\. Name one with --store, or run a workflow first\.$/,
      );
    expect(existsSync(project.path('absent.db'))).toBe(false);
  });

  test('cannot be written', async ({ skip }) => {
    skip(process.platform === 'win32', 'Windows has other permissions');
    const project = await withStore();
    const nobody = process.getuid?.() === 0 ? 65_534 : undefined;
    project.write('locked/flow.ts', GOOD.replace('./supplied.ts', '../supplied.ts'));
    const file = project.write('locked/runs.db', readFileSync(project.path('good.db')));
    chmodSync(project.folder, 0o755);
    chmodSync(file, 0o444);
    chmodSync(project.path('locked'), 0o555);
    try {
      const as = nobody === undefined ? {} : { uid: nobody };
      const ended = await Promise.all(
        [
          ['run', 'locked/flow.ts', '--store', 'locked/runs.db'],
          ['runs', '--store', 'locked/runs.db'],
          ['run', 'locked/flow.ts'],
        ].map(args => project.cli(args, as)),
      );
      expectRefusal(
        ended[0],
        /locked\/runs\.db cannot be written \(\w+\)\. Make it and its folder writable, or name another with --store\.$/,
      );
      // It can be looked at.
      expect(ended[1]).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('completed   Good') });
      expectRefusal(
        ended[2],
        /locked\/\.cronflow\/runs\.db cannot be written \(EACCES\)\. Make it and its folder writable, or name another with --store\.$/,
      );
      expect(readFileSync(file).equals(readFileSync(project.path('good.db')))).toBe(true);
    } finally {
      chmodSync(project.path('locked'), 0o755);
    }
  });
});

describe.concurrent('a disk that is full', { timeout: 120_000 }, () => {
  const BIG = Project.workflow(`
cronflow.define({ id: 'big', name: 'Big' })
  .step('load', async () => Array.from({ length: 100 }, (_, id) => id))
  .batch('work', { items: (ctx: any) => ctx.last, size: 1 }, (batch: any, flow: any) => {
    flow.step('grow', async (ctx: any) => { note(batch[0]); await ctx.state.incr('n'); return 'x'.repeat(20_000); });
  });`);

  test('interrupts the run in so many words, and when there is room again it goes on with nothing lost', async ({
    skip,
  }) => {
    skip(process.platform !== 'linux', 'a limit on the size of files stands in for it, which is set with ulimit -f');
    const project = new Project({ 'big.ts': BIG });
    // One megabyte a file, of which the store needs more.
    const { code, summary, stderr } = await project.cli(['run', 'big.ts', '--json'], {
      command: ['sh', '-c', 'ulimit -f 2048; exec "$@"', 'sh', process.execPath, BIN],
    });
    expect(statSync(project.storeFile).size).toBeLessThanOrEqual(1_048_576);
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    expect(summary).toMatchObject({
      event: 'summary',
      status: 'interrupted',
      reason: expect.stringMatching(
        /runs\.db .*Check the disk and its free space, then resume the run: all checkpoints up to here are kept\.$/,
      ),
    });
    const { succeeded, waiting } = summary.items;
    expect(succeeded).toBeGreaterThan(0);
    expect(succeeded + waiting).toBe(100);
    const before = project.ledger();
    const { summary: resumed, ...again } = await project.cli(['resume', '1', '--json']);
    expect(again.code).toBe(0);
    expect(resumed).toMatchObject({ status: 'completed', items: { total: 100, succeeded: 100 }, state: { n: 100 } });
    // Only the one batch whose checkpoint had found no room is done again.
    expect(before).toEqual(Array.from({ length: before.length }, (_, id) => id));
    expect(project.ledger().slice(before.length)).toEqual(
      Array.from({ length: 100 - succeeded }, (_, id) => succeeded + id),
    );
    expect(before.length - succeeded).toBeLessThanOrEqual(1);
    expect(project.rows('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  });

  test('before there is a run is told, and leaves nothing that is in the way later', async ({ skip }) => {
    skip(process.platform !== 'linux', 'a limit on the size of files stands in for it, which is set with ulimit -f');
    const project = new Project({ 'big.ts': BIG });
    const ended = await project.cli(['run', 'big.ts'], {
      command: ['sh', '-c', 'ulimit -f 40; exec "$@"', 'sh', process.execPath, BIN],
    });
    expectRefusal(ended, /runs\.db could not be read or written \(\w+\)\. Check the disk and its free space/);
    expect(await project.cli(['run', 'big.ts', '--json'])).toMatchObject({
      code: 0,
      summary: { run: '1', items: { succeeded: 100 } },
    });
  });
});

describe.concurrent('a run that another process works on', { timeout: 120_000 }, () => {
  const SLOW = Project.workflow(`
import { existsSync } from 'node:fs';
const wait = new URL('./wait', import.meta.url);
cronflow.define({ id: 'slow' }).step('waits', async (ctx: any) => {
  note({ pid: process.pid });
  while (existsSync(wait)) { ctx.signal.throwIfAborted(); await sleep(20); }
  return 'waited';
});`);

  test('is not taken from it: the second is refused with the number of the first', async () => {
    const project = new Project({ 'slow.ts': SLOW, wait: '' });
    const run = project.start(['run', 'slow.ts', '--json']);
    await eventually('the step runs', () => project.ledger().length > 0);
    const [{ pid }] = project.ledger() as [{ pid: number }];
    const refused = await Promise.all(
      [
        ['resume', '1'],
        ['rerun', '1'],
        ['rerun', '1', '--dry-run'],
      ].map(args => project.cli(args)),
    );
    expectRefusal(
      refused[0],
      new RegExp(
        `^Run 1 is being worked on by process ${pid} on \\S+\\. Wait for it, or stop it with: node \\S+cronflow\\.mjs cancel 1$`,
      ),
    );
    expectRefusal(refused[1], new RegExp(`^Run 1 is being worked on by process ${pid} `));
    expectRefusal(
      refused[2],
      new RegExp(
        `^Run 1 is running in process ${pid}\\. Wait for it, or stop it with: node \\S+cronflow\\.mjs cancel 1$`,
      ),
    );
    rmSync(project.path('wait'));
    expect(await run.done).toMatchObject({
      code: 0,
      summary: { status: 'completed', output: 'waited', steps: { executed: 1 } },
    });
    expect(project.ledger()).toHaveLength(1);
  });
});
