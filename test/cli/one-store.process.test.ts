import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';

const FLOW = Project.workflow(`cronflow.define({ id: 'one' }).step('env', () => process.env.OF_THE_FILE ?? 'unset');`);

test('a run of a file in a folder is stored with the project, and --env-file reaches its steps', async () => {
  const project = new Project({
    'package.json': '{}',
    '.env': 'OF_THE_FILE=set',
    'flows/one.ts': FLOW.replace('./supplied.ts', '../supplied.ts'),
  });
  const ran = await project.cli(['run', 'flows/one.ts', '--json', '--env-file', '.env']);
  expect([ran.code, ran.summary.output]).toEqual([0, 'set']);
  expect([existsSync(project.storeFile), existsSync(project.path('flows', '.cronflow'))]).toEqual([true, false]);
  const missing = await project.cli(['run', 'flows/one.ts', '--env-file', 'none']);
  // Node takes the option too, wherever it stands: some versions refuse a missing file before we can.
  expect(missing.code).not.toBe(0);
  expect(missing.stderr).toMatch(/\bnone\b.*(not found|cannot be read)/);
});

test('--version prints the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const { code, stdout } = await new Project().cli(['--version']);
  expect([code, stdout]).toEqual([0, `${version}\n`]);
});
