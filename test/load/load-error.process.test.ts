import { describe, expect, test } from 'vitest';

import { explain } from '../../engine/load/explain.ts';
import { flowReturning, Project } from './project.ts';

const flow = flowReturning('1');

describe.concurrent('a file', () => {
  test('that does not exist is refused before anything is loaded', async () => {
    const project = new Project({ 'flow.ts': flow });
    expect(await project.loadError('flwo.ts')).toMatchObject({
      kind: 'missing-file',
      message: 'There is no file flwo.ts. Did you mean flow.ts?',
    });
  });

  test('that defines no workflow says how to begin one', async () => {
    const project = new Project({ 'empty.ts': '' });
    expect(await project.loadError('empty.ts')).toMatchObject({
      kind: 'no-workflow',
      message:
        "empty.ts defines no workflow. Add one with cronflow.define({ id: '…', name: '…' }), or name the file that has it.",
    });
  });

  test('that throws after its definition has not been loaded', async () => {
    const project = new Project({ 'flow.ts': `${flow}throw new Error('after the definition');` });
    expect(await project.loadError('flow.ts')).toMatchObject({ kind: 'threw', line: 4 });
  });
});

describe.concurrent('a syntax error', () => {
  test('is shown at its place', async () => {
    const project = new Project({ 'flow.ts': `${flow}// é 日本 😀\nconst x: = 1;\n` });
    expect(await project.loadError('flow.ts')).toEqual({
      kind: 'syntax',
      file: project.path('flow.ts'),
      line: 5,
      column: 10,
      message: 'flow.ts:5:10 has a syntax error: Unexpected token. Correct it, then load the file again.',
      codeFrame: [
        '  2 |',
        "  3 | cronflow.define({ id: 'flow', name: 'Flow', run: () => 1 });",
        '  4 | // é 日本 😀',
        '> 5 | const x: = 1;',
        '    |          ^',
        '  6 |',
      ].join('\n'),
    });
  });

  test('is told of the helper that has it, whatever its type', async () => {
    const names = ['a.ts', 'b.mjs', 'c.js', 'd.cjs', 'e.cts'];
    const text = 'const fine = 1;\nconst b = ;';
    const project = new Project({
      ...Object.fromEntries(
        names.map(name => [`flow-${name}.ts`, `import './fine';\nimport './lib/${name}';\n${flow}`]),
      ),
      ...Object.fromEntries(names.map(name => [`lib/${name}`, text])),
      'fine.ts': '',
    });
    const errors = await project.explain(...names.map(name => `flow-${name}.ts`));
    expect(errors).toMatchObject(
      names.map(name => ({
        kind: 'syntax',
        file: project.path(`lib/${name}`),
        line: 2,
        column: 11,
        codeFrame: expect.stringContaining('> 2 | const b = ;'),
      })),
    );
  });

  test('tells what it can in the odd cases', async () => {
    const project = new Project({
      'bracket.ts': `${flow}function open() {\n\n\n`,
      'twice.ts': 'const once = 1;\nconst once = 2;',
      'v8-only.ts': "import './regexp';",
      'regexp.ts': 'const broken = /(/;',
      'json.ts': "import a from './data.json' with { type: 'json' };\na;",
      'data.json': '{ "a": }',
      'required.ts': "import './broken.cjs';\nimport './fine.cjs';",
      'broken.cjs': 'const fine = 1;\nconst b = ;',
      'fine.cjs': '',
      'in-library.ts': "import 'broken';",
      'node_modules/broken/index.js': 'export const a = 1;\nconst b = ;',
      'node_modules/broken/package.json': '{ "type": "module", "exports": "./index.js" }',
    });
    const [bracket, twice, v8Only, json, required, inLibrary] = await project.explain(
      'bracket.ts',
      'twice.ts',
      'v8-only.ts',
      'json.ts',
      'required.ts',
      'in-library.ts',
    );
    expect(bracket?.message).toContain('Expected `}` but found `EOF` (opened on line 4)');
    expect(twice).toMatchObject({
      line: 2,
      message: expect.stringContaining('Identifier `once` has already been declared'),
    });
    expect(v8Only).toMatchObject({
      kind: 'syntax',
      file: project.path('regexp.ts'),
      message: expect.stringContaining(
        'regexp.ts has a syntax error: Invalid regular expression: /(/: Unterminated group.',
      ),
    });
    expect(json).toMatchObject({ kind: 'syntax', file: project.path('data.json') });
    expect(required).toMatchObject({ kind: 'syntax', file: project.path('broken.cjs'), line: 2 });
    expect(inLibrary).toMatchObject({ kind: 'syntax', file: project.path('node_modules/broken/index.js'), line: 2 });
  });
});

describe.concurrent('an import that leads nowhere', () => {
  test('says how to install a package, and where', async () => {
    const project = new Project({
      'package.json': '{}',
      'flows/flow.ts': `// import x from 'left-pad';\n\nimport pad from 'left-pad';\npad;\n${flow}`,
    });
    expect(await project.loadError('flows/flow.ts')).toMatchObject({
      kind: 'import',
      file: project.path('flows/flow.ts'),
      line: 3,
      column: 17,
      message: `flows/flow.ts:3 imports "left-pad", which is not installed. Run \`npm install left-pad\` in ${project.folder}.`,
      codeFrame: expect.stringContaining("> 3 | import pad from 'left-pad';"),
    });
  });

  test('says what to do about each kind of it', async () => {
    const cases: [statement: string, message: string][] = [
      ["import a from '@scope/name/deep/file'; a;", 'which is not installed. Run `npm install @scope/name` in'],
      ["import a from 'declared'; a;", 'which package.json names but which is not installed. Run `npm install` in'],
      ["import a from 'there/missing.js'; a;", 'but the installed package "there" has no such file.'],
      [
        "import a from '@/lib/a'; a;",
        'which is not the name of a package, and there is no tsconfig.json whose "paths" could map it. Write a relative path.',
      ],
      [
        "import a from 'helper'; a;",
        'which is looked for among the installed packages. Write "./helper" for the file beside it.',
      ],
      ["import a from 'node:fss'; a;", "which can't be loaded: No such built-in module: node:fss"],
      [
        "import a from 'https://example.com/a.js'; a;",
        "which can't be loaded: Only URLs with a scheme in: file and data are supported",
      ],
      ["import './style.css';", "but .css files can't be imported. Read it with node:fs instead."],
      [
        "import a from './data.json'; a;",
        "which needs to say that it is JSON. Write `import … from './data.json' with { type: 'json' }`.",
      ],
      ["import a from './without-index'; a;", 'which is a folder without an index.ts. Name the file in it.'],
      ["import a from './helpr'; a;", 'but there is no such file. Did you mean "./helper.ts"?'],
      ["import a from './lib/q.ts'; a;", 'but there is no such file. Correct the path, or create the file.'],
      ["await import('./nothere');", 'but there is no such file. Correct the path, or create the file.'],
    ];
    const project = new Project({
      ...Object.fromEntries(cases.map(([statement], index) => [`flow-${index}.ts`, `${statement}\n${flow}`])),
      'package.json': '{ "dependencies": { "declared": "1" } }',
      'helper.ts': '',
      'style.css': '',
      'data.json': '{}',
      'without-index/readme.md': '',
      'lib/zebra.ts': '',
      'node_modules/there/package.json': '{}',
    });
    const errors = await project.explain(...cases.map((_, index) => `flow-${index}.ts`));
    for (const [index, [statement, message]] of cases.entries()) {
      expect(errors[index], statement).toMatchObject({
        kind: 'import',
        file: project.path(`flow-${index}.ts`),
        line: 1,
      });
      expect(errors[index]?.message).toContain(message);
    }
  });

  test('names the importing file and line when that is a helper', async () => {
    const helpers = { 'a.ts': "\nimport a from './nothere';\na;", 'b.cts': "\nconst a = require('./nothere');" };
    const names = Object.keys(helpers);
    const project = new Project({
      ...helpers,
      ...Object.fromEntries(names.map(name => [`flow-${name}.ts`, `import './${name}';\n${flow}`])),
    });
    expect(await project.explain(...names.map(name => `flow-${name}.ts`))).toMatchObject(
      names.map(name => ({
        kind: 'import',
        file: project.path(name),
        line: 2,
        message: `${name}:2 imports "./nothere", but there is no such file. Correct the path, or create the file.`,
      })),
    );
  });

  test('names what the imported file does not export', async () => {
    const project = new Project({
      'flow.ts': `type Gone = 1;\n\nimport { nope } from './helper';\nnope;\n${flow}`,
      'default.ts': `import helper from './helper';\nhelper;\n${flow}`,
      'old.ts': `import { nope } from './old.cjs';\nnope;\n${flow}`,
      'helper.ts': 'export const yes = 1;',
      'old.cjs': 'exports.yes = 1;',
    });
    const [named, byDefault, old] = await project.explain('flow.ts', 'default.ts', 'old.ts');
    expect(named).toMatchObject({
      kind: 'import',
      file: project.path('flow.ts'),
      line: 3,
      message:
        'flow.ts:3 imports "nope" from "./helper", which does not export it. Export it there; if it is a type, write `type nope` where it is imported or re-exported.',
    });
    expect(byDefault?.message).toContain("It has no default export: write `import { … } from './helper'`.");
    expect(old).toMatchObject({
      kind: 'import',
      line: 1,
      message: expect.stringContaining('old.ts:1 imports "nope" from "./old.cjs"'),
    });
  });

  test("in a library blames the library's file and points at the user's folder", async () => {
    const project = new Project({
      'package.json': '{}',
      'flow.ts': `import 'lib';\n${flow}`,
      'node_modules/lib/index.js': "require('its-dependency');",
      'node_modules/lib/package.json': '{}',
    });
    expect((await project.loadError('flow.ts')).message).toBe(
      `node_modules/lib/index.js imports "its-dependency", which is not installed. Run \`npm install its-dependency\` in ${project.folder}.`,
    );
  });
});

describe.concurrent('code that throws while it is loaded', () => {
  test("is shown in the user's line", async () => {
    const project = new Project({
      'flow.ts': `interface Gone {}\n\nimport './helper';\n${flow}`,
      'helper.ts': 'type Gone = 1;\n\nnull!.x;',
    });
    expect(await project.loadError('flow.ts')).toMatchObject({
      kind: 'threw',
      file: project.path('helper.ts'),
      line: 3,
      column: 7,
      message:
        "helper.ts:3:7 threw while it was loaded: TypeError: Cannot read properties of null (reading 'x'). " +
        'Code outside of steps runs each time the file is loaded: correct it, or move it into a step.',
      codeFrame: expect.stringContaining('> 3 | null!.x;'),
    });
  });

  test('may throw whatever it likes', async () => {
    const cases: [statement: string, message: string][] = [
      ['await Promise.reject(new Error("late"));', 'threw while it was loaded: Error: late.'],
      ['JSON.parse("{");', ':1:6 threw while it was loaded: SyntaxError: Expected property name'],
      ['new RegExp("(");', ':1:1 threw while it was loaded: SyntaxError: Invalid regular expression'],
      ['new Function("(");', ':1:1 threw while it was loaded: SyntaxError: Unexpected token'],
      [
        'import vm from "node:vm"; new vm.Script("(");',
        ':1:27 threw while it was loaded: SyntaxError: Unexpected end of input',
      ],
      ['await new Response("{").json();', 'flow-5.ts threw while it was loaded: SyntaxError: Expected property name'],
      ['throw new Proxy({}, { getPrototypeOf() { throw 1 } });', 'threw while it was loaded: {}.'],
      ['console.log(__dirname);', 'write `import.meta.dirname`.'],
      ['const fs = require("fs"); export {};', "A workflow file is an ES module: write `import … from '…'`."],
      ['throw "just text";', 'threw while it was loaded: just text.'],
      ['throw undefined;', 'threw while it was loaded: undefined.'],
      ['throw Object.freeze({ code: 7 });', 'threw while it was loaded: { code: 7 }.'],
      ['throw new Error("long ".repeat(100_000));', 'long long'],
    ];
    const project = new Project(
      Object.fromEntries(cases.map(([statement], index) => [`flow-${index}.ts`, `${statement}\n`])),
    );
    const errors = await project.explain(...cases.map((_, index) => `flow-${index}.ts`));
    for (const [index, [statement, message]] of cases.entries()) {
      expect(errors[index], statement).toMatchObject({ kind: 'threw', file: project.path(`flow-${index}.ts`) });
      expect(errors[index]?.message).toContain(message);
      expect(errors[index]?.message.length).toBeLessThan(1500);
    }
  });

  test('may be the builder, whose complaint says all', async () => {
    const engine = JSON.stringify(new URL('../../engine/index.ts', import.meta.url).href);
    const project = new Project({
      'builder.ts': `import { cronflow } from ${engine};\n\ncronflow.define({});`,
    });
    const [builder] = await project.explain('builder.ts');
    expect(builder).toMatchObject({
      kind: 'threw',
      file: project.path('builder.ts'),
      line: 3,
      codeFrame: expect.stringContaining('> 3 | cronflow.define({})'),
    });
    expect(builder?.message).toMatch(/^builder\.ts:3:10: /);
    expect(builder?.message).not.toContain('Code outside of steps');
  });

  test('may be a library, and is then not for the author to correct', () => {
    const error = new Error('boom');
    error.stack =
      'Error: boom\n    at file:///flows/node_modules/broken/index.mjs:2:6\n    at ModuleJob.run (node:internal/modules/esm/module_job:561:25)';
    const { message, ...place } = explain(error, '/flows/flow.ts', []);
    expect(place).toMatchObject({ kind: 'threw', file: '/flows/node_modules/broken/index.mjs', line: 2 });
    expect(message).toBe(
      '/flows/node_modules/broken/index.mjs:2:6 threw while it was loaded: Error: boom. That is an installed library: see what it needs, or try another version of it.',
    );
  });
});

describe.concurrent('a top-level await that never ends', () => {
  test('is told at once when nothing else is running, with its line', async () => {
    const project = new Project({ 'flow.ts': `${flow}const never = await new Promise(() => {});` });
    expect(await project.loadError('flow.ts')).toMatchObject({
      kind: 'unsettled',
      file: project.path('flow.ts'),
      line: 4,
      message:
        'flow.ts:4 did not finish loading: a top-level await waits for something that never comes. Await it in a step instead, or see that it ends.',
    });
  });

  test('is told after the time limit when something else is running', async () => {
    const project = new Project({ 'flow.ts': `setInterval(() => {}, 1000);\n${flow}await new Promise(() => {});` });
    expect(await project.loadError('flow.ts', { timeoutMs: 50 })).toMatchObject({
      kind: 'unsettled',
      line: 5,
      message: expect.stringContaining('a top-level await is still waiting after 0.05 s.'),
    });
  });

  test('is not suspected where it ends', async () => {
    const project = new Project({ 'flow.ts': `await new Promise(done => setTimeout(done, 20));\n${flow}` });
    expect((await project.load('flow.ts')).workflows).toEqual(['flow']);
  });
});
