import { readdirSync } from 'node:fs';
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

test('a run that went well is told as it is shown later, and leaves its store in one file', async () => {
  const project = new Project({
    'flow.ts': Project.workflow(
      `cronflow.define({ id: 'flow' }).forEach('each', [1, 2, 3], (n, inner) => inner.step('add', ctx => ctx.state.incr('sum', n)));`,
    ),
  });
  const { code, stdout } = await project.cli(['run', 'flow.ts', '--key', 'once']);
  expect(code).toBe(0);
  expect(readdirSync(project.path('.cronflow')).filter(name => name.startsWith('runs.db'))).toEqual(['runs.db']);
  expect(stdout).toContain('each: 3 items = 3 done');
  const withoutDuration = (text: string) => text.replace(/, [^,)]+\)/, ')');
  expect(withoutDuration(stdout)).toBe(withoutDuration((await project.cli(['show', '1'])).stdout));
});
