import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { blocksOf } from '../examples/guide.ts';
import { Project } from '../support/project.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

test('the tests of the page about testing pass, in a project in which Cronflow is installed', async () => {
  const blocks = blocksOf(readFileSync(path.join(ROOT, 'docs/testing.md'), 'utf8'));
  const files = blocks.flatMap(({ text }) => {
    const name = /^\/\/ (\S+\.ts)\n/.exec(text)?.[1];
    return name === undefined ? [] : [[name, text] as const];
  });
  const project = new Project({ 'package.json': '{ "type": "module" }', ...Object.fromEntries(files) });
  mkdirSync(project.path('node_modules'));
  symlinkSync(ROOT, project.path('node_modules', 'cronflow'), 'junction');
  symlinkSync(path.join(ROOT, 'node_modules', 'vitest'), project.path('node_modules', 'vitest'), 'junction');
  const own = Object.entries(process.env).filter(([name]) => !/^(?:VITEST|NODE_ENV|FORCE_COLOR)/.test(name));
  const env = { ...Object.fromEntries(own), NO_COLOR: '1' };
  const args = [path.join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run'];
  const output = await new Promise<string>(resolve =>
    execFile(process.execPath, args, { cwd: project.folder, env }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    ),
  );
  expect(output).toMatch(/Tests +7 passed \(7\)/);
}, 60_000);
