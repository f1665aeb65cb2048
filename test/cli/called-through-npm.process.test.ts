import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

test('`npm run cronflow` runs in the checkout, and names files from the folder of its caller', async () => {
  const project = new Project({ 'flow.ts': 'syntax error' });
  const env = { npm_lifecycle_event: 'cronflow', INIT_CWD: project.folder };
  const said = async (...args: string[]) => (await project.cli(args, { cwd: CHECKOUT, env })).stderr.split('\n')[0];
  expect(await said('run', 'flw.ts')).toBe('There is no file flw.ts. Did you mean flow.ts?');
  expect(await said('run', 'flow.ts')).toMatch(/^flow\.ts:1:\d+ has a syntax error/);
});
