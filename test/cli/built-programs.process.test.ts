import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';

/*
 * What a program loads before it does anything. In a bundle a careless grouping is enough to load compiled modules too early, or
 * to start one program from another.
 */

const DIST = path.resolve(import.meta.dirname, '../../dist');

/** All that a built file imports, and what that imports, as addresses from dist/ or names of packages. */
function loadedBy(file: string, found = new Set<string>()): Set<string> {
  const text = readFileSync(path.join(DIST, file), 'utf8');
  for (const [, imported = ''] of text.matchAll(/^(?:import|export)\b(?:[^'";]*\bfrom)?\s*"([^"]+)";/gm)) {
    const name = imported.startsWith('.') ? path.posix.join(path.posix.dirname(file), imported) : imported;
    if (found.has(name)) continue;
    found.add(name);
    if (imported.startsWith('.')) loadedBy(name, found);
  }
  return found;
}

test.each(['cli/main.js', 'engine/runner/main.js', 'engine/index.js'])(
  'the built %s loads nothing compiled, few files, and no other program',
  program => {
    const loaded = [...loadedBy(program)].filter(name => !name.startsWith('node:'));
    expect(loaded.length).toBeGreaterThan(0);
    expect(loaded.length).toBeLessThan(5);
    expect(loaded.filter(name => !name.startsWith('bundled/'))).toEqual([]);
  },
);

test('a run that goes well loads no more of Node than it needs, and the command that has it executed opens no store', async () => {
  const project = new Project({
    'flow.ts': Project.workflow(`cronflow.define({ id: 'flow' }).step('one', () => 1);`),
    'at-exit.cjs': `process.on('exit', () => require('node:fs').appendFileSync(require('node:path').join(__dirname, 'loaded.jsonl'),
      JSON.stringify({ builtins: process.moduleLoadList, compiled: process.report.getReport().sharedObjects }) + '\\n'));`,
  });
  const { code } = await project.cli(['run', 'flow.ts'], {
    env: { NODE_OPTIONS: `--require=${JSON.stringify(project.path('at-exit.cjs'))}` },
  });
  expect(code).toBe(0);
  const processes = readFileSync(project.path('loaded.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { readonly builtins: string[]; readonly compiled: string[] })
    .map(({ builtins, compiled }) => ({
      // What an import of node:fs, and one of node:util, would load.
      more: ['internal/fs/promises', 'internal/util/diff'].filter(name => builtins.includes(`NativeModule ${name}`)),
      compiled: ['better-sqlite3', 'oxc-transform'].filter(name => compiled.some(file => file.includes(name))),
    }));
  // The runner ends first.
  expect(processes).toEqual([
    { more: [], compiled: ['better-sqlite3', 'oxc-transform'] },
    { more: [], compiled: [] },
  ]);
});
