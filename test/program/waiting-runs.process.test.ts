import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';

/* What Cronflow's documentation shows of approvals and events, in a program. */

const ENGINE = new URL('../../engine/index.ts', import.meta.url).href;
const INSTALLED = {
  'node_modules/cronflow/package.json': '{ "name": "cronflow", "type": "module", "exports": "./index.js" }',
  'node_modules/cronflow/index.js': `export * from ${JSON.stringify(ENGINE)};\n`,
  'package.json': '{ "type": "module" }',
};

const PROGRAM = `
import { cronflow } from 'cronflow';
import { note, sleep } from './supplied.ts';

cronflow.define({ id: 'expense' })
  .step('read', () => ({ amount: 1290 }))
  .humanInTheLoop({ timeout: '3d', description: 'Approve the expense', onPause: (ctx, token) => note({ asked: token }) })
  .step('pay', ctx => { note({ approved: ctx.last.approved, reason: ctx.last.reason }); })
  .waitForEvent('bank.confirmed')
  .step('end', ctx => { note({ bank: ctx.last }); });

const until = async (is: () => Promise<boolean>) => { while (!(await is())) await sleep(50); };
if (process.argv[1].endsWith('program.ts')) {
  const run = await cronflow.trigger('expense', {});
  await until(async () => (await cronflow.listPausedWorkflows()).length > 0);
  const [paused] = await cronflow.listPausedWorkflows();
  note({ listed: [paused.runId === run, paused.workflowId, paused.description, paused.lastStepOutput] });
  note({ found: (await cronflow.getPausedWorkflow(paused.token))?.token === paused.token });
  await cronflow.resume(paused.token, { approved: true, reason: 'agreed' });
  note({ again: await cronflow.resume(paused.token, {}).catch(error => error.message.includes('answered before')) });
  await until(async () => (await cronflow.inspect(run)).steps.some(({ name }) => name === 'pay'));
  await sleep(1500);
  await cronflow.publishEvent('bank.confirmed', { ref: 7 });
  await until(async () => (await cronflow.inspect(run)).status === 'completed');
  await cronflow.stop();
}
`;

test('a program lists what waits, answers it once, and publishes an event', { timeout: 60_000 }, async () => {
  const project = new Project({ 'program.ts': PROGRAM, ...INSTALLED });
  await promisify(execFile)(process.execPath, [project.path('program.ts')], { cwd: project.folder, timeout: 50_000 });
  // The run goes on beside the program.
  const isRuns = (entry: object) => 'approved' in entry || 'bank' in entry;
  const ledger = project.ledger() as object[];
  expect([...ledger.filter(entry => !isRuns(entry)), ...ledger.filter(isRuns)]).toEqual([
    { asked: expect.any(String) },
    { listed: [true, 'expense', 'Approve the expense', { amount: 1290 }] },
    { found: true },
    { again: true },
    { approved: true, reason: 'agreed' },
    { bank: { ref: 7 } },
  ]);
});

test(
  'what a step publishes is stored, and the run that waits for it goes on when it is resumed',
  { timeout: 60_000 },
  async () => {
    const project = new Project({
      'flows.ts': Project.workflow(`
cronflow.define({ id: 'waits' }).waitForEvent('ready').step('end', ctx => { note(ctx.last); });
cronflow.define({ id: 'tells' }).step('tell', async () => { await cronflow.publishEvent('ready', { at: 'last' }); });
`),
    });
    await project.cli(['run', 'flows.ts', '--workflow', 'waits']);
    expect((await project.cli(['run', 'flows.ts', '--workflow', 'tells'])).code).toBe(0);
    expect((await project.cli(['resume', '1'])).code).toBe(0);
    expect(project.ledger()).toEqual([{ at: 'last' }]);
  },
);
