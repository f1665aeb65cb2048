import { mkdirSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { flowReturning, Project } from './project.ts';

const flow = flowReturning('1');

describe.concurrent('a file that is none', () => {
  test('is missing: near names are suggested', async () => {
    const project = new Project({ 'flows/import.ts': flow, 'flows/imports.test.js': flow, 'flows/notes.md': '' });
    expect(await project.loadError('flows/improt.ts')).toMatchObject({
      kind: 'missing-file',
      file: project.path('flows/improt.ts'),
      message: 'There is no file flows/improt.ts. Did you mean flows/import.ts?',
    });
    expect((await project.loadError('flows/import')).message).toContain('Did you mean flows/import.ts?');
    expect((await project.loadError('flows/other.ts')).message).toBe('There is no file flows/other.ts. Check the name: nothing in flows is called like it.');
    expect((await project.loadError('flow/import.ts')).message).toBe('There is no file flow/import.ts. There is no folder flow either: check the path.');
  });

  test('is a folder', async () => {
    const project = new Project({ 'flows/import.ts': flow });
    mkdirSync(project.path('flows.ts'));
    expect(await project.loadError('flows')).toMatchObject({ kind: 'not-a-file', message: expect.stringMatching(/^flows is a folder\. Name the workflow file in it, such as flows\/import\.ts\.$/) });
    expect(await project.loadError('flows.ts')).toMatchObject({ kind: 'not-a-file' });
  });

  test.each([
    ['flow.py', 'flow.py can\'t be loaded as a workflow: .py is not a type of file that Cronflow runs. Name a file that ends in .ts, .mts, .cts, .tsx, .js, .mjs or .cjs.'],
    ['flow', 'flow can\'t be loaded as a workflow: its name has no extension. Name a file that ends in .ts, .mts, .cts, .tsx, .js, .mjs or .cjs.'],
    ['flow.d.ts', 'flow.d.ts can\'t be loaded as a workflow: it holds only types. Name a file that ends in .ts, .mts, .cts, .tsx, .js, .mjs or .cjs.'],
  ])('is of a type that is not run: %s', async (name, message) => {
    expect(await new Project({ [name]: flow }).loadError(name)).toMatchObject({ kind: 'unsupported-type', message });
  });

  test('defines no workflow', async () => {
    const project = new Project({ 'empty.ts': '', 'helper.ts': 'export const a = 1;' });
    for (const name of ['empty.ts', 'helper.ts']) {
      expect(await project.loadError(name)).toMatchObject({ kind: 'no-workflow', message: expect.stringMatching(`^${name} defines no workflow\\. Add one with cronflow\\.define`) });
    }
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

  test('that is a missing bracket tells where it was opened', async () => {
    const project = new Project({ 'flow.ts': `${flow}function open() {\n\n\n` });
    expect((await project.loadError('flow.ts')).message).toContain('Expected `}` but found `EOF` (opened on line 4)');
  });

  test.each([
    ['lib/helper.ts', 'export const a = 1;\nconst b = ;'],
    ['lib/helper.mjs', 'export const a = 1;\nconst b = ;'],
    ['lib/helper.js', 'export const a = 1;\nconst b = ;'],
    ['lib/helper.cjs', 'exports.a = 1;\nconst b = ;'],
    ['lib/helper.cts', 'exports.a = 1;\nconst b = ;'],
  ])('is in the helper that has it: %s', async (name, text) => {
    const project = new Project({ 'flow.ts': `import './fine';\nimport './${name}';\n${flow}`, [name]: text, 'fine.ts': '' });
    expect(await project.loadError('flow.ts')).toMatchObject({ kind: 'syntax', file: project.path(name), line: 2, column: 11, codeFrame: expect.stringContaining('> 2 | const b = ;') });
  });

  test('that only V8 finds is still told of the right file', async () => {
    const project = new Project({ 'flow.ts': `import './helper';\n${flow}`, 'helper.ts': 'const broken = /(/;' });
    expect(await project.loadError('flow.ts')).toMatchObject({
      kind: 'syntax',
      file: project.path('helper.ts'),
      message: expect.stringContaining('helper.ts has a syntax error: Invalid regular expression: /(/: Unterminated group.'),
    });
  });

  test('in JSON names the JSON file', async () => {
    const project = new Project({ 'flow.ts': `import a from './a.json' with { type: 'json' };\na;\n${flow}`, 'a.json': '{ "a": }' });
    expect(await project.loadError('flow.ts')).toMatchObject({ kind: 'syntax', file: project.path('a.json') });
  });
});

describe.concurrent('an import that leads nowhere', () => {
  const left = "// import x from 'left-pad';\n\nimport pad from 'left-pad';\npad;\n";

  test('says how to install a package, and where', async () => {
    const project = new Project({ 'package.json': '{}', 'flows/flow.ts': left + flow });
    expect(await project.loadError('flows/flow.ts')).toMatchObject({
      kind: 'import',
      file: project.path('flows/flow.ts'),
      line: 3,
      column: 17,
      message: `flows/flow.ts:3 imports "left-pad", which is not installed. Run \`npm install left-pad\` in ${project.folder}.`,
      codeFrame: expect.stringContaining("> 3 | import pad from 'left-pad';"),
    });
  });

  test.each([
    ["import a from '@scope/name/deep/file'; a;", '{}', 'which is not installed. Run `npm install @scope/name` in'],
    ["import a from 'left-pad'; a;", '{ "dependencies": { "left-pad": "1" } }', 'which package.json names but which is not installed. Run `npm install` in'],
    ["import a from 'there/missing.js'; a;", '{}', 'but the installed package "there" has no such file.'],
    ["import a from '@/lib/a'; a;", '{}', 'which is not the name of a package, and aliases in tsconfig.json are not followed. Write a relative path.'],
    ["import a from 'helper'; a;", '{}', 'which is looked for among the installed packages. Write "./helper" for the file beside it.'],
    ["import a from 'node:fss'; a;", '{}', "which can't be loaded: No such built-in module: node:fss"],
    ["import a from 'https://example.com/a.js'; a;", '{}', "which can't be loaded: Only URLs with a scheme in: file, data, and node are supported"],
    ["import './style.css';", '{}', "but .css files can't be imported. Read it with node:fs instead."],
    ["import a from './data.json'; a;", '{}', "which needs to say that it is JSON. Write `import … from './data.json' with { type: 'json' }`."],
    ["import a from './empty-folder'; a;", '{}', 'which is a folder without an index.ts. Name the file in it.'],
    ["import a from './helpr'; a;", '{}', 'but there is no such file. Did you mean "./helper.ts"?'],
    ["import a from './lib/q.ts'; a;", '{}', 'but there is no such file. Correct the path, or create the file.'],
  ])('says what to do about %s', async (statement, manifest, message) => {
    const project = new Project({
      'package.json': manifest,
      'flow.ts': `${statement}\n${flow}`,
      'helper.ts': '',
      'style.css': '',
      'data.json': '{}',
      'empty-folder/readme.md': '',
      'lib/zebra.ts': '',
      'node_modules/there/package.json': '{}',
    });
    const error = await project.loadError('flow.ts');
    expect(error).toMatchObject({ kind: 'import', file: project.path('flow.ts'), line: 1 });
    expect(error.message).toContain(message);
  });

  test.each([
    ['lib/helper.ts', "\nimport a from './nothere';\na;"],
    ['lib/helper.ts', "\nexport const a = await import('./nothere');"],
    ['lib/helper.cts', "\nconst a = require('./nothere');"],
  ])('names the importing file and line when it is a helper: %s', async (name, text) => {
    const project = new Project({ 'flow.ts': `import './${name}';\n${flow}`, [name]: text });
    expect(await project.loadError('flow.ts')).toMatchObject({
      kind: 'import',
      file: project.path(name),
      line: 2,
      message: `${name}:2 imports "./nothere", but there is no such file. Correct the path, or create the file.`,
    });
  });

  test('names what the imported file does not export', async () => {
    const project = new Project({
      'flow.ts': `type Gone = 1;\n\nimport { nope } from './helper';\nnope;\n${flow}`,
      'default.ts': `import helper from './helper';\nhelper;\n${flow}`,
      'old.ts': `import { nope } from './old.cjs';\nnope;\n${flow}`,
      'helper.ts': 'export const yes = 1;',
      'old.cjs': 'exports.yes = 1;',
    });
    expect(await project.loadError('flow.ts')).toMatchObject({
      kind: 'import',
      file: project.path('flow.ts'),
      line: 3,
      message: 'flow.ts:3 imports "nope" from "./helper", which does not export it. Export it there; if it is a type, write `type nope` where it is imported or re-exported.',
    });
    expect((await project.loadError('default.ts')).message).toContain("It has no default export: write `import { … } from './helper'`.");
    expect(await project.loadError('old.ts')).toMatchObject({ kind: 'import', line: 1, message: expect.stringContaining('old.ts:1 imports "nope" from "./old.cjs"') });
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
    const project = new Project({ 'flow.ts': `interface Gone {}\n\nimport './helper';\n${flow}`, 'helper.ts': 'type Gone = 1;\n\nnull!.x;' });
    expect(await project.loadError('flow.ts')).toMatchObject({
      kind: 'threw',
      file: project.path('helper.ts'),
      line: 3,
      column: 7,
      message: "helper.ts:3:7 threw while it was loaded: TypeError: Cannot read properties of null (reading 'x'). "
        + 'Code outside of steps runs each time the file is loaded: correct it, or move it into a step.',
      codeFrame: expect.stringContaining('> 3 | null!.x;'),
    });
  });

  test.each([
    ["throw 'just text';", 'threw while it was loaded: just text.'],
    ['throw undefined;', 'threw while it was loaded: undefined.'],
    ['throw Object.freeze({ code: 7 });', 'threw while it was loaded: { code: 7 }.'],
    ['await Promise.reject(new Error("late"));', 'threw while it was loaded: Error: late.'],
    ['JSON.parse("{");', 'flow.ts:1:6 threw while it was loaded: SyntaxError: Expected property name'],
    ['new RegExp("(");', 'flow.ts:1:1 threw while it was loaded: SyntaxError: Invalid regular expression'],
    ['console.log(__dirname);', 'Write `import.meta.dirname`.'],
    ['const fs = require("fs");', "A workflow file is an ES module: write `import … from '…'`."],
  ])('whatever it throws: %s', async (statement, message) => {
    const project = new Project({ 'flow.ts': `${statement}\n${flow}` });
    const error = await project.loadError('flow.ts');
    expect(error).toMatchObject({ kind: 'threw', file: project.path('flow.ts') });
    expect(error.message).toContain(message.replace('Write', 'write'));
  });

  test('does not leave its workflows behind as if it had been loaded', async () => {
    const project = new Project({ 'flow.ts': `${flow}throw new Error('after the definition');` });
    expect(await project.loadError('flow.ts')).toMatchObject({ kind: 'threw', line: 4 });
  });
});

describe.concurrent('a top-level await that never ends', () => {
  test('is told at once when nothing else goes on, with its line', async () => {
    const project = new Project({ 'flow.ts': `${flow}const never = await new Promise(() => {});` });
    expect(await project.loadError('flow.ts')).toMatchObject({
      kind: 'unsettled',
      file: project.path('flow.ts'),
      line: 4,
      message: 'flow.ts:4 did not finish loading: a top-level await waits for something that never comes. Await it in a step instead, or see that it ends.',
    });
  });

  test('is told after the time limit when something else goes on', async () => {
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
