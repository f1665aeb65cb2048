import { createHash } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { flowReturning, Project } from './project.ts';

describe.concurrent('a workflow file', () => {
  test('is loaded with its workflows, in the order of their definition and whether exported or not', async () => {
    const project = new Project({
      'flow.ts': `
        import { cronflow } from 'cronflow';
        const first = cronflow.define({ id: 'first', name: 'First' });
        export default cronflow.define({ id: 'second', name: 'Second' });
        import './more.ts';
      `,
      'more.ts': "import { cronflow } from 'cronflow';\ncronflow.define({ id: 'imported', name: 'Imported' });",
    });
    const loaded = await project.load('flow.ts');
    expect(loaded.file).toBe(project.path('flow.ts'));
    expect(loaded.workflows).toEqual(['imported', 'first', 'second']);
  });

  test("gets the one instance of the engine, by import and by require, also from the user's libraries", async () => {
    const project = new Project({
      'flow.ts': flowReturning(
        '[cronflow, lib, old].map(one => one === (globalThis as any).theEngine)',
        "import lib from 'uses-cronflow';\nimport old from './old.cts';",
      ),
      'old.cts': "export = require('cronflow').cronflow;",
      'node_modules/uses-cronflow/index.mjs': "import { cronflow } from 'cronflow';\nexport default cronflow;",
      'node_modules/uses-cronflow/package.json': '{ "main": "index.mjs" }',
      'node_modules/cronflow/index.js': 'throw new Error("the user\'s own copy")',
    });
    expect(await project.valueOf('flow.ts')).toEqual([true, true, true]);
  });

  test('may use all of TypeScript: enums, parameter properties, namespaces, the decorators of before', async () => {
    const project = new Project({
      'tsconfig.json': '{ "compilerOptions": { "experimentalDecorators": true } }',
      'flow.ts': flowReturning(
        '[Level.High, Fixed.Two, new Box(7).value, units.km, calls]',
        `
        enum Level { Low = 'low', High = 'high' }
        const enum Fixed { One = 1, Two }
        const calls: unknown[] = [];
        const noted = (what: string) => (target: object, key?: string, third?: unknown) => void calls.push([what, key ?? null, typeof third]);
        @noted('class') class Box {
          @noted('field') extra?: string;
          constructor(@noted('parameter') public readonly value: number) {}
          @noted('method') open() {}
        }
        namespace units { export const km = 1000 }
      `,
      ),
    });
    expect(await project.valueOf('flow.ts')).toEqual([
      'high',
      2,
      7,
      1000,
      [
        ['field', 'extra', 'undefined'],
        ['method', 'open', 'object'],
        ['parameter', null, 'number'],
        ['class', null, 'undefined'],
      ],
    ]);
  });

  test('may be TypeScript or JavaScript, a module or CommonJS', async () => {
    const names = ['a.ts', 'b.mts', 'c.tsx', 'd.js', 'e.mjs', 'f.cts', 'g.cjs', 'h.ts'];
    const project = new Project({
      'flow.ts': names.map(name => `import './${name}';\n`).join(''),
      ...Object.fromEntries(
        names.map(name => [name, `import { cronflow } from 'cronflow';\ncronflow.define({ id: '${name}' });`]),
      ),
      'f.cts': "import engine = require('cronflow');\nengine.cronflow.define({ id: __filename.slice(-5) as string });",
      'g.cjs': "require('cronflow').cronflow.define({ id: __filename.slice(-5) });",
      'h.ts': "const { cronflow } = require('cronflow');\ncronflow.define({ id: __filename.slice(-4) as string });",
    });
    expect((await project.load('flow.ts')).workflows).toEqual(names);
  });

  test('is a module even where npm init has written "type": "commonjs"', async () => {
    const project = new Project({
      'package.json': '{ "type": "commonjs" }',
      'flow.ts': flowReturning(
        '[typeof require, mentioned, old]',
        "import { mentioned } from './mentions';\nimport old from './old.cts';",
      ),
      'mentions.ts': "const a = 1; export const mentioned = typeof require === 'undefined' ? 'no require(...)' : a;",
      'old.cts': "import { mentioned } from './mentions';\nexport default mentioned;",
    });
    expect(await project.valueOf('flow.ts')).toEqual(['undefined', 'no require(...)', 'no require(...)']);
  });

  test('may be reached through a symbolic link, and is then known by its real path', async () => {
    const project = new Project({ 'real/flow.ts': flowReturning('1') });
    project.link('real', 'link');
    const loaded = await project.load('link/flow.ts');
    expect(loaded.file).toBe(project.path('real/flow.ts'));
    expect(loaded.sources.map(({ path }) => path)).toEqual([loaded.file]);
  });
});

describe.concurrent('imports', () => {
  test('of TypeScript files need no extension, may say .js, and may name a folder with an index.ts', async () => {
    const project = new Project({
      'src/flow.ts': flowReturning(
        '[a, b, c, d, e, f, g]',
        `
        import a from './a';
        import b from './b.js';
        import c from './folder';
        import d from './folder/';
        import e from '..';
        import f from './f.mjs';
        import g from './dotted.name';
      `,
      ),
      'src/a.ts': "export default 'a';",
      'src/b.ts': "export default 'b';",
      'src/folder/index.ts': "export default 'folder';",
      'index.ts': "export default 'parent';",
      'src/f.mts': "export default 'f';",
      'src/dotted.name.ts': "export default 'dotted';",
    });
    expect(await project.valueOf('src/flow.ts')).toEqual(['a', 'b', 'folder', 'folder', 'parent', 'f', 'dotted']);
  });

  test('take the .ts file and not the .js that an earlier build left beside it', async () => {
    const project = new Project({
      'flow.ts': flowReturning('[a, b]', "import a from './a.js';\nimport b from './a';"),
      'a.ts': "export default 'today';",
      'a.js': "export default 'stale';",
    });
    expect(await project.valueOf('flow.ts')).toEqual(['today', 'today']);
  });

  test('work without extension in required files and in plain JavaScript', async () => {
    const project = new Project({
      'flow.ts': flowReturning('[old.a, plain]', "import old from './old.cts';\nimport plain from './plain';"),
      'old.cts': "exports.a = require('./dep');",
      'dep.cts': "module.exports = 'dep' as string;",
      'plain.mjs': "export { default } from './typed';",
      'typed.ts': "const typed: string = 'typed';\nexport default typed;",
    });
    expect(await project.valueOf('flow.ts')).toEqual(['dep', 'typed']);
  });

  test('of JSON work as Node has them', async () => {
    const project = new Project({
      'flow.ts': flowReturning(
        '[a.n, b.n]',
        `
        import a from './a.json' with { type: 'json' };
        import { createRequire } from 'node:module';
        const b = createRequire(import.meta.url)('./b.json');
      `,
      ),
      'a.json': '{ "n": 1 }',
      'b.json': '{ "n": 2 }',
    });
    const { ran, sources } = await project.load('flow.ts');
    expect(ran.value).toEqual([1, 2]);
    expect(sources.map(({ path }) => path)).toContain(project.path('a.json'));
  });

  test("of zod get the user's own, and the engine's when the user has none", async () => {
    const flow = flowReturning('[typeof z.object, old]', "import { z } from 'zod';\nimport old from './old.cts';");
    const old = "module.exports = typeof require('zod').z.object;";
    const without = new Project({ 'flow.ts': flow, 'old.cts': old });
    const withOwn = new Project({
      'flow.ts': flow,
      'old.cts': old,
      'node_modules/zod/index.js': "exports.z = { object: 'their own' };",
      'node_modules/zod/package.json': '{ "main": "index.js" }',
    });
    expect(await without.valueOf('flow.ts')).toEqual(['function', 'function']);
    expect(await withOwn.valueOf('flow.ts')).toEqual(['string', 'string']);
  });

  test('that fail can be caught by a file that can do without', async () => {
    const project = new Project({
      'flow.ts': flowReturning(
        '[fallback, code]',
        `
        let fallback = false, code = '';
        try { await import('not-there') } catch (error) { fallback = true; code = (error as { code: string }).code }
      `,
      ),
    });
    expect(await project.valueOf('flow.ts')).toEqual([true, 'ERR_MODULE_NOT_FOUND']);
  });

  test('of TypeScript in a library work; its JavaScript is left as it is', async () => {
    const project = new Project({
      'flow.ts': flowReturning('[typed, plain]', "import typed from 'typed';\nimport { plain } from 'plain';"),
      'node_modules/typed/index.ts': "import value from './value';\nexport default value as string;",
      'node_modules/typed/value.ts': "export default 'typed';",
      'node_modules/typed/package.json': '{ "type": "module", "exports": "./index.ts" }',
      'node_modules/plain/index.js': 'exports.plain = function plain() {   }.toString();',
      'node_modules/plain/package.json': '{}',
    });
    const { ran, sources } = await project.load('flow.ts');
    expect(ran.value).toEqual(['typed', 'function plain() {   }']);
    expect(sources.map(({ path }) => path)).toEqual([project.path('flow.ts')]);
  });
});

describe.concurrent('the sources', () => {
  const files = {
    'flow.ts': flowReturning(
      'later()',
      "import { a } from './lib/a';\nconst later = async () => (await import('./later')).default + a;",
    ),
    'lib/a.ts': "import '../plain.js';\nexport const a: number = 1;",
    'plain.js': 'export {};',
    'later.ts': 'export default 1;',
    'unused.ts': 'export {};',
    'types.ts': 'export type T = string;',
  };

  test("are the user's own files, with their text and its sha256, and grow when a step imports", async () => {
    const project = new Project(files);
    const { sources, loadedFiles } = await project.load('flow.ts');
    expect(sources.map(({ path }) => path).toSorted()).toEqual(
      ['flow.ts', 'lib/a.ts', 'plain.js'].map(name => project.path(name)),
    );
    for (const { path, text, hash } of sources) {
      expect(text).toBe(files[path.slice(project.folder.length + 1) as keyof typeof files]);
      expect(hash).toBe(createHash('sha256').update(text).digest('hex'));
    }
    expect(loadedFiles).toBe(4);
  });

  test('have one hash, which stays in another folder and changes with any file', async () => {
    const [project, moved] = [new Project(files), new Project(files, 'elsewhere')];
    const [before, there] = await Promise.all([project.load('flow.ts'), moved.load('flow.ts')]);
    project.write('lib/a.ts', `${files['lib/a.ts']} `);
    const after = await project.load('flow.ts');
    expect(there.codeHash).toBe(before.codeHash);
    expect(after.codeHash).not.toBe(before.codeHash);
  });
});
