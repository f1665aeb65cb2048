import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { inProcess } from '../support/in-process.ts';
import { Bench, temporaryFolder, workflow } from '../support/runs.ts';

/* Commands look for runs where those of this folder are stored: numbers of another project's runs mean other runs. */

let outer: string;
let inner: string;
beforeEach(async () => {
  outer = temporaryFolder();
  inner = path.join(outer, 'inner');
  mkdirSync(path.join(outer, '.cronflow'));
  mkdirSync(inner);
  const bench = new Bench();
  await bench.run(workflow(flow => flow.step('only', () => 1)));
  bench.db.close();
  cpSync(bench.file, path.join(outer, '.cronflow', 'runs.db'));
  vi.stubEnv('npm_lifecycle_event', 'cronflow');
  vi.stubEnv('INIT_CWD', inner);
  vi.stubEnv('NO_COLOR', '1');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

test.each([
  ['runs', []],
  ['show', ['1']],
  ['cancel', ['1']],
])(
  '`%s` in a folder with a `.cronflow` and no run takes no run of a folder above, and names its store',
  async (name, more) => {
    mkdirSync(path.join(inner, '.cronflow'));
    const { code, stdout, stderr } = await inProcess(name, ...more);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`There is no run store (${path.join('.cronflow', 'runs.db')}) in ${inner} yet`);
    expect(stderr).toContain(`Did you mean --store ${path.join('..', '.cronflow', 'runs.db')}?`);
  },
);

test('a folder without a `.cronflow` of its own belongs to the project above', async () => {
  const { code, stdout } = await inProcess('runs');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ +1 +completed/);
});
