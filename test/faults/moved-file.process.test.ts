import { mkdirSync, renameSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { problem, Studio, value } from '../host/studio.ts';
import { Project } from '../support/project.ts';
import { seen } from './fault.ts';

/* The workflow file is not where it was when its run began. The run is not lost for it. */

const FLOW = Project.workflow(`cronflow.define({ id: 'moves' }).forEach('each', [0, 1, 2], (n: any, flow: any) => {
  flow.step('do', () => { note(n); if (n === 1) throw new Error('not yet'); return n; });
});`);
const MENDED = FLOW.replace('n === 1', 'n === 9');

describe('a workflow file that was moved', () => {
  test('with its store is found beside it; by itself it is named; else the message asks for it', async ({ task }) => {
    const project = new Project({
      'old/flow.ts': FLOW,
      'old/supplied.ts': 'export const note = () => {}, sleep = () => {};',
    });
    mkdirSync(project.path('deep'));
    const [failed] = await project.many(['run', 'old/flow.ts', '--json']);
    expect(failed).toMatchObject({ code: 1, summary: { status: 'failed', items: { succeeded: 2, failed: 1 } } });
    renameSync(project.path('old'), project.path('deep/new'));
    const store = ['--store', 'deep/new/.cronflow/runs.db', '--json'];
    const [again] = await project.many(['rerun', '1', ...store]);
    expect(again).toMatchObject({ code: 1, summary: { status: 'failed', items: { succeeded: 2, failed: 1 } } });
    // As it is on record from now on, it was renamed.
    renameSync(project.path('deep/new/flow.ts'), project.path('deep/new/other-name.ts'));
    project.write('deep/new/other-name.ts', MENDED);
    const [lost, found] = await project.many(
      ['rerun', '1', ...store],
      ['rerun', '1', '--file', 'deep/new/other-name.ts', ...store],
    );
    expect(lost).toMatchObject({
      code: 2,
      stderr: `The workflow file of run 1 is gone: ${project.path('deep/new/flow.ts')}. If it was moved, name its new path with --file <path>.\n`,
    });
    expect(found).toMatchObject({ code: 0, summary: { status: 'completed', items: { succeeded: 3 } } });
    seen(
      task,
      {
        fault: 'workflow file moved since its run',
        became: 'as it was (exit 2)',
        said: lost?.stderr ?? '',
        afterwards: 'with its folder: found; with `--file`: completed',
      },
      project,
    );
  });

  test('in the Studio the one that defines the workflow is taken, and without one the run says so', async () => {
    const project = new Project({ 'flow.ts': FLOW });
    const studio = await Studio.open(project);
    const run = await studio.start('flow.ts');
    expect(await studio.ended(run)).toMatchObject({ status: 'failed', file: 'flow.ts' });
    renameSync(project.path('flow.ts'), project.path('flow.txt'));
    await studio.until('it is known to be gone', async () => (await studio.api.getWorkspace({})).files.length === 0);
    expect(problem(await studio.api.rerun({ run, request: { select: 'failed' } }))).toEqual({
      name: 'ChoiceError',
      message: expect.stringContaining('The workflow file of run 1 is gone'),
    });
    project.write('renamed.ts', MENDED);
    await studio.workflow('renamed.ts');
    value(await studio.api.rerun({ run, request: { select: 'failed' } }));
    expect(await studio.ended(run)).toMatchObject({ status: 'completed', file: 'renamed.ts', items: { succeeded: 3 } });
    expect(project.ledger()).toEqual([0, 1, 2, 1]);
  });
});
