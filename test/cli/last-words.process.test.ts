import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';

test('all that the last step writes past console is shown, in whole lines', async () => {
  const project = new Project({
    'flow.ts': Project.workflow(
      `cronflow.define({ id: 'flow' }).step('report', () => {
        for (let n = 0; n < 3_000; n++) process.stdout.write('row ' + n + ' of the report ' + '.'.repeat(80) + '\\n');
        process.stdout.write('the end, without a line of its own: é'); });`,
    ),
  });
  const { stderr } = await project.cli(['run', 'flow.ts']);
  expect(stderr.match(/^row \d+ of the report \.{80}$/gm)).toHaveLength(3_000);
  expect(stderr).toContain('the end, without a line of its own: é\n');
});
