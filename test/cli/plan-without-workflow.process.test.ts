import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';

test('a plan of a file that no longer has the workflow is refused as the re-run is', async () => {
  const flow = (id: string) =>
    Project.workflow(`cronflow.define({ id: '${id}' }).step('fails', () => { throw new Error('no'); });`);
  const project = new Project({ 'flow.ts': flow('letters') });
  await project.cli(['run', 'flow.ts']);
  project.write('flow.ts', flow('letter'));
  const [plan, rerun] = await project.many(['rerun', '1', '--dry-run'], ['rerun', '1']);
  expect(plan).toMatchObject({
    code: 2,
    stdout: '',
    stderr: `${project.path('flow.ts')} has no workflow "letters". Did you mean "letter"?\n`,
  });
  expect([plan?.code, plan?.stderr]).toEqual([rerun?.code, rerun?.stderr]);
});
