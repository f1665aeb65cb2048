import { describe, expect, test } from 'vitest';

import { flowReturning, Project } from './project.ts';

const tsconfig = (compilerOptions: object, more: object = {}) => JSON.stringify({ ...more, compilerOptions });

describe.concurrent('`paths` of the nearest tsconfig.json', () => {
  test('lead to the files that they name: by pattern, by name, with any or no extension, also for require', async () => {
    const project = new Project({
      'tsconfig.json': `{
        // Comments and trailing commas are fine here.
        "compilerOptions": {
          "paths": { "@/*": ["./nothing/*", "./src/*"], "config": ["./src/config.ts"], "@org/lib": ["../lib"], },
        },
      }`,
      'flow.ts': flowReturning(
        '[a, b, c, d, e, f, config, lib]',
        `
        import a from '@/a';
        import b from '@/b.js';
        import c from '@/c';
        import d from '@/data.json' with { type: 'json' };
        import { e, f } from './sub/inner.ts';
        import config from 'config';
        import { lib } from '@org/lib';`,
      ),
      'sub/inner.ts': "import { e } from '@/e.cts';\nexport { e };\nexport const { f } = await import('@/f');",
      'src/a.ts': "export default 'a'",
      'src/b.ts': "export default 'b'",
      'src/c/index.ts': "export default 'c'",
      'src/data.json': '"d"',
      'src/e.cts': "const { f } = require('@/f');\nexports.e = `e with ${f}`;",
      'src/f.ts': "export const f: string = 'f';",
      'src/config.ts': "export default 'config'",
      '../lib/package.json': '{ "main": "main.js" }',
      '../lib/main.js': "exports.lib = 'lib'",
    });
    expect(await project.valueOf('flow.ts')).toEqual(['a', 'b', 'c', 'd', 'e with f', 'f', 'config', 'lib']);
  });

  test('hold with `extends`, with `baseUrl` and where a reference is for the file', async () => {
    const project = new Project({
      'base.json': tsconfig({ baseUrl: './shared', paths: { '#x/*': ['x/*'] } }),
      'extending/tsconfig.json': tsconfig({}, { extends: '../base.json' }),
      'extending/flow.ts': flowReturning('[x, y]', "import x from '#x/one';\nimport y from 'y';"),
      'shared/x/one.ts': "export default 'x'",
      'shared/y.ts': "export default 'y'",
      'referring/tsconfig.json': JSON.stringify({
        files: [],
        references: [{ path: './other' }, { path: './tsconfig.app.json' }],
      }),
      'referring/other/tsconfig.json': tsconfig({ paths: { '~/*': ['./wrong/*'] } }),
      'referring/tsconfig.app.json': tsconfig({ paths: { '~/*': ['./app/*'] } }, { include: ['*.ts', 'app'] }),
      'referring/flow.ts': flowReturning('z', "import z from '~/z';"),
      'referring/app/z.ts': "export default 'z'",
    });
    expect(await project.run('extending/flow.ts', 'referring/flow.ts')).toEqual([
      { value: ['x', 'y'] },
      { value: 'z' },
    ]);
  });

  test('leave to Node what is built in or installed, and what they only have types for', async () => {
    const project = new Project({
      'tsconfig.json': tsconfig({
        baseUrl: '.',
        paths: { '*': ['./types/*'], typed: ['./types/typed.d.ts'], fs: ['./fs.ts'], cronflow: ['./fs.ts'] },
      }),
      'types/typed.d.ts': 'export const typed: string;',
      'fs.ts': "throw new Error('not the built-in')",
      'node_modules/typed/index.js': "exports.typed = 'installed'",
      'node_modules/inner/index.js': "exports.inner = require('typed').typed",
      'typed/readme.md': '',
      'flow.ts': flowReturning(
        '[typed, inner, typeof readFileSync]',
        "import { typed } from 'typed';\nimport { inner } from 'inner';\nimport { readFileSync } from 'fs';",
      ),
    });
    expect(await project.valueOf('flow.ts')).toEqual(['installed', 'installed', 'function']);
  });

  test('count as code of the workflow where they are used', async () => {
    const project = new Project({
      'tsconfig.json': tsconfig({ paths: { '@/*': ['./*'] } }),
      'flow.ts': flowReturning('a', "import a from '@/a';"),
      'a.ts': 'export default 1',
      'plain.ts': flowReturning('1'),
    });
    const paths = async (name: string) => (await project.load(name)).sources.map(({ path }) => path).toSorted();
    expect(await paths('flow.ts')).toEqual(['a.ts', 'flow.ts', 'tsconfig.json'].map(name => project.path(name)));
    expect(await paths('plain.ts')).toEqual([project.path('plain.ts')]);
  });
});

describe.concurrent('a name that `paths` do not lead to a file', () => {
  test('is told with the mapping', async () => {
    const project = new Project({
      'tsconfig.json': tsconfig({ paths: { '@/*': ['./src/*'], '*': ['./types/*'] } }),
      'flow.ts': "import './one.ts';",
      'gone.ts': "import x from '@/helpr';\nx;",
      'far.ts': "import x from '@/nothing/like/it';\nx;",
      'package.ts': "import x from 'left-pad';\nx;",
      'src/helper.ts': '',
    });
    const [gone, far, missing] = await project.explain('gone.ts', 'far.ts', 'package.ts');
    expect(gone).toMatchObject({
      kind: 'import',
      line: 1,
      message:
        'gone.ts:1 imports "@/helpr", which tsconfig.json maps to src/helpr ("@/*": ["./src/*"]), but there is no such file. ' +
        'Did you mean src/helper.ts?',
    });
    expect(far?.message).toMatch(
      /but there is no such file\. Correct the import or the mapping, or create the file\.$/,
    );
    expect(missing?.message).toContain('Run `npm install left-pad`');
  });

  test('is told with the tsconfig.json that could map it, also where that cannot be read', async () => {
    const project = new Project({
      'mapped/tsconfig.json': tsconfig({ paths: { '@/*': ['./src/*'] } }),
      'mapped/flow.ts': "import x from '~/a';\nx;",
      'broken/tsconfig.json': '{ "extends": "./gone.json" }',
      'broken/flow.ts': "import x from '~/a';\nx;",
      'broken/fine.ts': flowReturning('1'),
    });
    const [mapped, broken] = await project.explain('mapped/flow.ts', 'broken/flow.ts');
    expect(mapped?.message).toContain(
      'which is not the name of a package, and "paths" in mapped/tsconfig.json do not map it. Map it there, or write a relative path.',
    );
    expect(broken?.message).toMatch(/broken\/tsconfig\.json, whose "paths" could map it, cannot be read: .*gone\.json/);
    expect(await project.valueOf('broken/fine.ts')).toBe(1);
  });
});
