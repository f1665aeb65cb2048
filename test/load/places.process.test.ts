import { execFileSync } from 'node:child_process';

import { describe, expect, test } from 'vitest';

import { callSite } from '../../engine/workflow/callsite.ts';
import { Project } from './project.ts';

/** Types that vanish above the code, so that its lines differ from those that Node runs. */
const flow = [
  'interface Gone {',
  '  a: number;',
  '}',
  "import { cronflow } from 'cronflow';",
  'type Also = Gone;',
  "import { fail } from './helper';",
  'declare const callSite: () => unknown;',
  'enum Level { Low, High }',
  'const site = callSite();',
  '  const indented: unknown = [1].map(() => callSite())[0];',
  "cronflow.define({ id: 'flow', name: 'Flow', run: async () => {",
  '  const input: Also = { a: Level.High };',
  '  await null;',
  '  fail(input.a, [site, indented]);',
  '} });',
];
const helper = [
  '',
  'export function fail(',
  '  a: number,',
  '  sites: unknown,',
  '): never {',
  '  throw new Error(JSON.stringify(sites));',
  '}',
];

describe.concurrent("the user's lines", () => {
  test('are right in a stack and at a call, whatever the ends of lines, the head of the file and its path', async () => {
    const variants = [
      { what: 'a plain file', folder: 'plain', lineEnd: '\n', head: '' },
      { what: 'CRLF', folder: 'crlf', lineEnd: '\r\n', head: '' },
      { what: 'a byte order mark', folder: 'bom', lineEnd: '\n', head: '\ufeff' },
      { what: 'a #! line', folder: 'hash', lineEnd: '\n', head: '#!/usr/bin/env node\n' },
      { what: 'all three', folder: 'all', lineEnd: '\r\n', head: '\ufeff#!/usr/bin/env node\r\n' },
      { what: 'spaces, brackets and unicode', folder: 'my flöws (1) 日本 😀', lineEnd: '\n', head: '' },
      { what: 'URL characters', folder: "a#b?c%20d%e+f&g'h", lineEnd: '\n', head: '' },
    ];
    const project = new Project(
      Object.fromEntries(
        variants.flatMap(({ folder, lineEnd, head }) => [
          [`${folder}/flow.ts`, head + flow.join(lineEnd)],
          [`${folder}/helper.ts`, helper.join(lineEnd)],
        ]),
      ),
    );
    const ran = await project.run(...variants.map(({ folder }) => `${folder}/flow.ts`));
    for (const [index, { what, folder, head }] of variants.entries()) {
      const file = project.path(`${folder}/flow.ts`);
      const shift = head.includes('#!') ? 1 : 0;
      const { top, frames, stack } = ran[index] ?? {};
      expect(top, what).toEqual({
        file: project.path(`${folder}/helper.ts`),
        line: 6,
        column: 9,
        fn: 'fail',
        library: false,
      });
      expect(frames?.[1], what).toMatchObject({ file, line: 14 + shift, column: 3 });
      const sites: unknown = JSON.parse(stack?.split('\n')[0]?.replace('Error: ', '') ?? '');
      expect(sites, what).toEqual([
        { file, line: 9 + shift, column: 14 },
        { file, line: 10 + shift, column: 43 },
      ]);
    }
  });

  test('are right in .cts, .tsx and required files', async () => {
    const project = new Project({
      'flow.tsx':
        "import { cronflow } from 'cronflow';\ntype Gone = 1;\n\nimport { fail } from './old.cts';\ncronflow.define({ id: 'flow', run: () =>\n  fail() });",
      'old.cts': "interface Gone {}\n\nconst inner = require('./inner');\nexports.fail = () => { inner.fail() };",
      'inner.cts': 'interface Gone {}\n\n\nexports.fail = () => { throw new Error() };',
    });
    const [ran] = await project.run('flow.tsx');
    expect(ran?.frames?.slice(0, 3)).toMatchObject([
      { file: project.path('inner.cts'), line: 4, column: 30 },
      { file: project.path('old.cts'), line: 4, column: 30 },
      { file: project.path('flow.tsx'), line: 6, column: 3 },
    ]);
  });

  test("are still there below a library's many frames, which are where the library has them", async () => {
    const project = new Project({
      'flow.ts':
        "import { cronflow } from 'cronflow';\nimport { deep } from 'deep';\ncronflow.define({ id: 'flow', run: () => deep(20) });",
      'node_modules/deep/index.mjs': `export const deep = (n) => { if (n === 0) throw new Error('deep'); deep(n - 1); };\n${mapTo('src/deep.ts')}`,
      'node_modules/deep/package.json': '{ "main": "index.mjs" }',
    });
    const [ran] = await project.run('flow.ts');
    expect(ran?.frames?.[0]).toMatchObject({ file: project.path('node_modules/deep/index.mjs'), library: true });
    expect(ran?.top).toMatchObject({ file: project.path('flow.ts'), line: 3 });
  });

  test('are right for a syntax error in a file that a step imports', async () => {
    const project = new Project({
      'flow.ts':
        "import { cronflow } from 'cronflow';\ncronflow.define({ id: 'flow', run: () => import('./broken') });",
      'broken.ts': 'const fine = 1;\nconst é = "日😀", x: = 2;',
    });
    const [ran] = await project.run('flow.ts');
    expect(ran?.top).toMatchObject({ file: project.path('broken.ts'), line: 2, column: 21 });
    expect(ran?.stack).toMatch(/^SyntaxError: Unexpected token/);
  });
});

describe('callSite', () => {
  test('is the line that called', () => {
    expect(callSite()).toMatchObject({ file: import.meta.filename, line: expect.any(Number) });
  });

  test('needs none of the heavy libraries that load a file', () => {
    const probe = `
      import { registerHooks } from 'node:module';
      const seen = [];
      registerHooks({ resolve: (specifier, context, next) => { seen.push(specifier); return next(specifier, context); } });
      await import(${JSON.stringify(new URL('../../engine/workflow/callsite.ts', import.meta.url).href)});
      console.log(seen.join(' '));
    `;
    const seen = execFileSync(process.execPath, ['--input-type=module', '--eval', probe], { encoding: 'utf8' })
      .trim()
      .split(' ');
    expect(seen.filter(one => !/^(?:node:|file:|\.)/.test(one))).toEqual([]);
  });
});

function mapTo(source: string): string {
  const map = { version: 3, sources: [source], names: [], mappings: 'AAKA' };
  return `//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;
}
