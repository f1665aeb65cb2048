import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { lookAtSource, lookAtText } from '../../engine/load/look-at-source.ts';
import { temporaryFolder } from '../support/runs.ts';

/* Which files may be executed by looking at the folder they lie in: those that import the value `cronflow`, by their parsed code. */

const kindOf = (file: string, text: string) => lookAtText(path.join('/project', file), text).kind;

describe('a file that imports the value `cronflow`', () => {
  test.each([
    ['a.ts', "import { cronflow } from 'cronflow'; cronflow.define({ id: 'a' });"],
    ['a.ts', "import { cronflow, type Flow } from 'cronflow'; cronflow.define({ id: 'a' });"],
    ['a.ts', 'import cf from "cronflow"; cf.define({ id: "a" });'],
    ['a.ts', "import * as all from 'cronflow'; all.cronflow.define({ id: 'a' });"],
    ['a.ts', "import 'cronflow';"],
    ['a.ts', "export { cronflow } from 'cronflow';"],
    ['a.ts', "export * from 'cronflow';"],
    ['a.ts', "const { cronflow } = await import('cronflow');"],
    ['a.ts', "\ufeffimport { cronflow } from 'cronflow'; @Service class A {} cronflow.define({ id: 'a' });"],
    ['a.ts', "const { cronflow } = require('cronflow'); module.exports = 1;"],
    ['a.cts', "import engine = require('cronflow'); engine.cronflow.define({ id: 'a' });"],
    ['a.cts', "const { cronflow } = require('cronflow'); export = cronflow;"],
    ['a.cjs', "const { cronflow } = require('cronflow'); return;"],
    ['a.js', "const { cronflow } = require('cronflow'); return;"],
    ['a.js', "import { cronflow } from 'cronflow';"],
    ['a.mjs', "import { cronflow as c } from 'cronflow'; await c;"],
    ['a.cjs', "(async () => { await import('cronflow'); })(); return;"],
  ])('%s: %s', (file, text) => {
    expect(kindOf(file, text.replace(/^\ufeff/, ''))).toBe('workflow');
  });
});

describe('a file that only mentions it', () => {
  test.each([
    ['a.ts', "import type { Flow } from 'cronflow'; const flow: Flow = run();"],
    ['a.ts', "import { type Flow } from 'cronflow'; const flow: Flow = run();"],
    ['a.ts', "import { Flow } from 'cronflow'; const flow: Flow = run();"],
    ['a.ts', "import { cronflow } from 'cronflow'; dropTables();"],
    ['a.ts', "export type { Flow } from 'cronflow';"],
    ['a.ts', "let engine: typeof import('cronflow'); dropTables();"],
    ['a.ts', "import types = require('cronflow'); let flow: types.Flow;"],
    ['a.ts', "// import { cronflow } from 'cronflow'\ndropTables();"],
    ['a.ts', "/* require('cronflow') */ dropTables();"],
    ['a.ts', `const text = "import { cronflow } from 'cronflow'"; dropTables();`],
    ['a.ts', "const text = `\nimport { cronflow } from 'cronflow';\nrequire('cronflow')`; dropTables();"],
    ['a.js', "/require('cronflow')/.test(x); dropTables();"],
    ['a.cjs', "function require() {} require('cronflow'); dropTables();"],
    ['a.cjs', "other.require('cronflow'); dropTables();"],
    ['a.ts', "import { cronflow } from './cronflow'; cronflow.define({ id: 'a' });"],
    ['a.ts', "import { cronflow } from 'cronflow/other'; cronflow.define({ id: 'a' });"],
    ['a.ts', "declare module 'cronflow' { export const cronflow: unknown; } dropTables();"],
    ['a.ts', 'dropTables();'],
  ])('%s: %s', (file, text) => {
    expect(kindOf(file, text)).toBe('other');
  });
});

test('a file that does not parse is told of where it is meant as a workflow, with its place', () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'films.ts');
  const text = "import { cronflow } from 'cronflow';\nconst = 1;\n";
  writeFileSync(file, text);
  expect(lookAtText(file, text)).toMatchObject({
    kind: 'broken',
    error: { name: 'LoadError', kind: 'syntax', file, line: 2, codeFrame: expect.stringContaining('const = 1') },
  });
  expect(kindOf('other.ts', '// cronflow\nconst = 1;')).toBe('other');
});

test('a file is not read when it is larger than anybody writes by hand, and one that cannot be read is told of', async () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'bundle.js');
  writeFileSync(file, `import 'cronflow';\n//${' '.repeat(2_000_000)}`);
  expect(await lookAtSource(file)).toEqual({ kind: 'other' });
  writeFileSync(file, "\ufeffimport 'cronflow';\n");
  expect(await lookAtSource(file)).toEqual({ kind: 'workflow' });
  expect(await lookAtSource(path.join(folder, 'gone.ts'))).toMatchObject({ kind: 'unreadable' });
});
