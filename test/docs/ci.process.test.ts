import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BIN, cleanEnvironment } from '../support/call.ts';
import { Project } from '../support/project.ts';

/* The steps of docs/ci.md, typed by the shell of a job as they stand on the page. */

const page = readFileSync(new URL('../../docs/ci.md', import.meta.url), 'utf8');
const whyNot =
  process.platform === 'win32' || spawnSync('jq', ['--version']).status !== 0 ? 'there is no jq' : undefined;
if (whyNot !== undefined) console.warn(`Skipped, the steps of docs/ci.md: ${whyNot}.`);

/** The script of a step: `run: …` in its line, or below it. */
function scriptOf(step: string): string {
  const text = page.split(`- name: ${step}\n`)[1]?.split(/\n\n|\n {6}- /)[0] ?? '';
  const [, inLine] = /^ {8}run: ([^|\n].*)$/m.exec(text) ?? [];
  const script = inLine ?? text.split('run: |\n')[1]?.replaceAll(/^ {10}/gm, '');
  if (script === undefined) throw new Error(`docs/ci.md has no step “${step}” with a script.`);
  return script;
}

const FLOW = (fails: string) =>
  `import { cronflow } from 'cronflow';
cronflow.define({ id: 'orders' }).batch('bill', { items: [1, 2, 3, 4], size: 1 }, (orders, flow) => {
  flow.step('bill', () => {
    if (${fails}) throw new Error('Order 2 has no address');
  });
});
`;

test.skipIf(whyNot !== undefined)(
  'a job runs the workflow, shows each cause at its line, and continues the same run when it is tried again',
  () => {
    const project = new Project({ 'flows/orders.ts': FLOW('orders[0] === 2') });
    chmodSync(project.write('bin/npx', `#!/bin/sh\nshift\nexec "${process.execPath}" "${BIN}" "$@"\n`), 0o755);
    const summary = project.write('summary.md', '');
    const step = (name: string) => {
      // As GitHub calls it.
      const { status, stdout, stderr } = spawnSync('bash', ['-eo', 'pipefail', '-c', scriptOf(name)], {
        cwd: project.folder,
        encoding: 'utf8',
        env: {
          ...cleanEnvironment(),
          PATH: `${project.path('bin')}:${process.env.PATH}`,
          GITHUB_RUN_ID: '77',
          GITHUB_STEP_SUMMARY: summary,
        },
      });
      return { status, stdout, stderr };
    };

    expect(step('Run the workflow')).toMatchObject({ status: 1 });
    expect(step('Show each cause at its line')).toEqual({
      status: 0,
      stdout: `::error file=${project.path('flows/orders.ts')},line=4::Order 2 has no address (1 batches)\n`,
      stderr: '',
    });
    expect(step('Write a summary')).toMatchObject({ status: 0 });
    expect(readFileSync(summary, 'utf8')).toContain('| 1 | failed | 4 | 3 | 1 |');

    project.write('flows/orders.ts', FLOW('orders[0] === 5'));
    expect(step('Run the workflow'), 'the run that there is').toMatchObject({ status: 1 });
    expect(step('Run what failed again')).toMatchObject({ status: 0 });
    expect(project.rowsOf(project.path('runs.db'), 'select id, status from runs')).toEqual([
      { id: 1, status: 'completed' },
    ]);
  },
);
