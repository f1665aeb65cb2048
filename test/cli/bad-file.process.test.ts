import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Project } from '../support/project.ts';
import { story } from '../support/story.ts';
import { GOOD, expectRefusal, expectNoStack } from './refusals.ts';

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
