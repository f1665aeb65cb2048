import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';
import { Studio } from './studio.ts';

test('a folder of a project is opened, run, re-run and shown, with the store of the project', async () => {
  const flow = Project.workflow(`cronflow.define({ id: 'one' }).step('look', () => {
    throw new Error('The cause');
  });`);
  const project = new Project({
    'package.json': '{}',
    'flows/one.ts': flow.replace('./supplied.ts', '../supplied.ts'),
  });
  const studio = await Studio.open(project, { folder: project.path('flows') });
  const run = await studio.start('one.ts');
  expect(await studio.ended(run)).toMatchObject({ run, status: 'failed', file: 'one.ts' });
  expect([existsSync(project.storeFile), existsSync(project.path('flows', '.cronflow'))]).toEqual([true, false]);

  project.write('flows/one.ts', flow.replace('./supplied.ts', '../supplied.ts').replace(/throw.*/, 'return 1;'));
  expect(await studio.api.rerun({ run, request: { select: 'failed' } })).toMatchObject({ ok: true });
  expect(await studio.until('it is done', async () => (await studio.ended(run)).status === 'completed')).toBe(true);
});
