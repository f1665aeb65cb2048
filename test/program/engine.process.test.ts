import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';

/* A file that is written as a program: it defines workflows, starts the engine and triggers a run. */

const execute = promisify(execFile);
const ENGINE = new URL('../../engine/index.ts', import.meta.url).href;

/** As if it were installed: plain Node finds the engine of this checkout. */
const INSTALLED = {
  'node_modules/cronflow/package.json': '{ "name": "cronflow", "type": "module", "exports": "./index.js" }',
  'node_modules/cronflow/index.js': `export * from ${JSON.stringify(ENGINE)};\n`,
  'package.json': '{ "type": "module" }',
};

const PROGRAM = `
import { cronflow } from 'cronflow';
import { note } from './supplied.ts';

const workflow = cronflow.define({ id: 'data-processor', name: 'Data Processing Workflow' });
workflow.onInterval('15m');
workflow.step('process', async ctx => {
  const processed = ctx.payload.data.map((item: object) => ({ ...item, processed: true }));
  note({ processed: processed.length });
  return { processed };
});

await cronflow.start();
const runId = await cronflow.trigger('data-processor', { data: [{ id: 1 }, { id: 2 }] });
console.log('Workflow started:', JSON.stringify(runId));
`;

test('as a program of Node it runs its workflow, ends by itself, and the run is in the store of its project', async () => {
  const project = new Project({ 'flows/app.ts': PROGRAM.replace('./supplied', '../supplied'), ...INSTALLED });
  const { stdout, stderr } = await execute(process.execPath, [project.path('flows/app.ts')], { cwd: '/' });
  expect(stdout).toBe('Workflow started: "1"\n');
  expect(stderr).toContain('Workflow "data-processor" is not started by its interval "15m" in this program.');
  expect(project.ledger()).toEqual([{ processed: 2 }]);
  expect((await project.cli(['show', '1'])).stdout).toContain('Data Processing Workflow: completed (run 1');
}, 30_000);

test('run by the command line it is loaded for its workflow: that is executed once, and a notice says what was not', async () => {
  const project = new Project({ 'app.ts': PROGRAM, ...INSTALLED });
  const ended = await project.cli(['run', 'app.ts', '--payload', '{"data":[{"id":1}]}']);
  expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('completed (run 1') });
  expect(ended.stderr).toContain(
    'app.ts:14: cronflow.trigger("data-processor") starts nothing where Cronflow loads the file to show or execute its workflows.',
  );
  expect(project.ledger()).toEqual([{ processed: 1 }]);
  expect((await project.cli(['runs'])).stdout.trim().split('\n')).toHaveLength(1);
}, 30_000);

test('a step that triggers another run in a process of ours fails, and says what to do', async () => {
  const project = new Project({
    'steps.ts': Project.workflow(`
cronflow.define({ id: 'outer' }).step('start', async () => await cronflow.trigger('outer'));
`),
  });
  const ended = await project.cli(['run', 'steps.ts']);
  expect(ended.code).toBe(1);
  expect(ended.stdout).toContain(
    'cronflow.trigger("outer") was called in step "start", whose process ends with its run.',
  );
}, 20_000);
