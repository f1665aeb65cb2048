import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';

/*
 * A run whose steps run another workflow is killed at every commit, and at the moments at which a run is begun and ended, of
 * which each of its parts has one, too. Each part is begun once, and what has a checkpoint in it is not executed again.
 */

const FLOW = Project.workflow(`
cronflow.define({ id: 'parent' })
  .step('load', () => [1, 2])
  .forEach('each', ctx => ctx.last, (n, flow) => flow.subflow('call', 'child', () => ({ n })))
  .step('end', async ctx => { const all = []; for await (const one of ctx.results('each')) all.push(one.output); return { all }; });
`);

const CHILD = Project.workflow(`
cronflow.define({ id: 'child' })
  .step('first', ctx => { note({ first: ctx.payload.n }); return ctx.payload.n; })
  .step('second', ctx => { note({ second: ctx.payload.n }); return ctx.last * 10; });
`);

const KILLS = [
  ...['before-commit', 'after-commit'].flatMap(point =>
    [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map(count => `${point}:${count}`),
  ),
  ...['taking-up', 'taken-up', 'before-end', 'in-end', 'after-end'].flatMap(point =>
    [1, 2, 3].map(count => `${point}:${count}`),
  ),
];

const runs = (project: Project) => project.rows('select workflow, status from runs order by id');

test.each(KILLS)('killed at %s: each part is begun once', { timeout: 60_000 }, async at => {
  const project = new Project({ 'flow.ts': FLOW, 'child.ts': CHILD });
  await project.cli(['run', 'flow.ts', '--json'], { env: { CRONFLOW_CRASH_AT: at } });
  const [status] = runs(project).map(row => String(row.status));
  // Killed before anything was stored, or after everything was.
  if (status === undefined) await project.cli(['run', 'flow.ts', '--json']);
  else if (status !== 'completed') await project.cli(['resume', '1', '--json']);
  expect(runs(project)).toEqual([
    { workflow: 'parent', status: 'completed' },
    { workflow: 'child', status: 'completed' },
    { workflow: 'child', status: 'completed' },
  ]);
  expect(project.rows('select output from runs where id = 1')).toEqual([{ output: '{"all":[10,20]}' }]);
  expect(project.rows('select scope, ask, taken from subflows order by scope')).toEqual([
    { scope: 1, ask: 1, taken: 1 },
    { scope: 2, ask: 1, taken: 1 },
  ]);
  // Only the step that was cut off is executed again.
  expect(project.ledger().length).toBeLessThanOrEqual(5);
});

test(
  'a part that failed is re-run with the batch: what succeeded in it is not executed again',
  { timeout: 60_000 },
  async () => {
    const project = new Project({
      'flow.ts': FLOW,
      'child.ts': CHILD.replace(
        'return ctx.last * 10',
        "if (ctx.payload.n === 2) throw new Error('bad'); return ctx.last * 10",
      ),
    });
    const failed = await project.cli(['run', 'flow.ts', '--json']);
    expect(failed.summary).toMatchObject({ status: 'failed', batches: { succeeded: 1, failed: 1 } });
    project.write('child.ts', CHILD);
    const { summary } = await project.cli(['rerun', '1', '--json']);
    expect(summary).toMatchObject({ status: 'completed', output: { all: [10, 20] } });
    expect(runs(project).map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
    expect(project.ledger().filter(({ first }) => first === 2)).toHaveLength(1);
  },
);
