import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';

/* A process that is killed while it prepares a re-run of very many batches has done none of it, or whoever resumes does all. */

const BATCHES = 4_500;

const FLOW = Project.workflow(`
cronflow.define({ id: 'many', name: 'Many' })
  .forEach('count', Array.from({ length: ${BATCHES} }, (_, id) => id), (item: number, flow: any) => {
    flow.step('add', async (ctx: any) => { await ctx.state.incr('n'); return item; });
  });
`);

test('a re-run that is killed between its pages has not begun, or is done as a whole by a resume', async () => {
  const project = new Project({ 'flow.ts': FLOW });
  await project.cli(['run', 'flow.ts', '--json']);
  const attempts = () => project.rows('select attempt, count(*) as n from batches group by attempt');
  const rerun = ['rerun', '1', '--batches', 'all', '--json'];

  const early = await project.cli(rerun, { env: { CRONFLOW_CRASH_AT: 'rerun-page-kept:2' } });
  expect(early.stderr).toContain('its process was killed (SIGKILL)');
  expect(project.rows('select status from runs')).toEqual([{ status: 'completed' }]);
  expect(attempts()).toEqual([{ attempt: 1, n: BATCHES }]);

  await project.cli(rerun, { env: { CRONFLOW_CRASH_AT: 'rerun-page-written:2' } });
  const [listed] = (await project.cli(['runs', '--json'])).events;
  expect(listed).toMatchObject({ status: 'interrupted' });
  const dry = await project.cli(['rerun', '1', '--dry-run', '--json']);
  expect(dry).toMatchObject({
    code: 2,
    events: [{ event: 'error', message: expect.stringContaining(' resume 1') }],
  });

  const resumed = await project.cli(['resume', '1', '--json']);
  expect(resumed).toMatchObject({ code: 0, summary: { status: 'completed', state: { n: BATCHES } } });
  expect(attempts()).toEqual([{ attempt: 2, n: BATCHES }]);

  // What the killed process did until its last page was work on the run, as its session says.
  const [time] = project.rows(
    'select active_ms as run, (select sum(ended_at - started_at) from sessions where run = runs.id) as sessions from runs',
  );
  expect(Math.abs((time?.run ?? 0) - (time?.sessions ?? 0))).toBeLessThanOrEqual(5);
});
