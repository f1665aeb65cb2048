import { expect, test } from 'vitest';
import { cronflow } from '../../engine/index.ts';
import { Project } from '../support/project.ts';

/* The state that runs share, when their processes work at the same time, and when one is killed. */

const FLOW = Project.workflow(`
import { existsSync } from 'node:fs';
const dies = new URL('./dies', import.meta.url);
cronflow.define({ id: 'count', name: 'Count' })
  .forEach('each', Array.from({ length: 25 }, (_, index) => index), (index: number, flow: any) => {
    flow.step('add', async (ctx: any) => {
      await cronflow.incrGlobalState('n');
      await cronflow.incrWorkflowState(ctx.workflow_id, 'n', 2);
      if (index === 12 && existsSync(dies)) process.kill(process.pid, 'SIGKILL');
    });
  }, { concurrency: 4 })
  .step('total', () => cronflow.getGlobalState('n'));
`);

test('runs in four processes at the same time lose nothing of each other', async () => {
  const project = new Project({ 'flow.ts': FLOW });
  const ended = await Promise.all(Array.from({ length: 4 }, () => project.cli(['run', 'flow.ts', '--json'])));
  expect(ended.map(({ summary }) => summary?.status)).toEqual(Array.from({ length: 4 }, () => 'completed'));
  expect(await countsOf(project)).toEqual([100, 200]);
});

test('a step whose process is killed counts once when it is executed again', async () => {
  const project = new Project({ 'flow.ts': FLOW, dies: '' });
  const killed = await project.cli(['run', 'flow.ts', '--json']);
  expect(killed.summary).toMatchObject({ status: 'interrupted' });
  project.write('flow.ts', FLOW.replace('./dies', './lives'));
  const { summary } = await project.cli(['resume', '1', '--json']);
  expect(summary).toMatchObject({ status: 'completed' });
  expect(await countsOf(project)).toEqual([25, 50]);
});

async function countsOf(project: Project): Promise<unknown[]> {
  await cronflow.start({ store: project.path('.cronflow', 'runs.db') });
  try {
    return [await cronflow.getGlobalState('n'), await cronflow.getWorkflowState('count', 'n')];
  } finally {
    await cronflow.stop();
  }
}
