import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';

/*
 * Processes that are killed (SIGKILL) while items are set aside and taken back in. Whatever the moment: no item is lost, none counts
 * twice, and what the batches add to the state is there once.
 */

/** Sixty items; every seventh is broken. The ledger has what was tried. */
const FLOW = Project.workflow(`
const parcels = Array.from({ length: 60 }, (_, id) => id);
cronflow.define({ id: 'parcels', name: 'Weigh the parcels' })
  .batch('weigh', { items: parcels, size: 6, concurrency: 3, conserve: (id: number) => id, conserveUnit: 'kg' }, (batch: any, flow: any) => {
    flow
      .step('count', async (ctx: any) => { await ctx.state.incr('n', batch.length); })
      .step('try', async (ctx: any) => {
        await sleep(1);
        return await ctx.each(batch, (id: number) => {
          if (id % 7 === 6) throw new Error('broken');
          return id;
        });
      });
  })
  .step('after', (ctx: any) => ctx.steps.weigh.output.items);
`);

const BROKEN = Array.from({ length: 60 }, (_, id) => id).filter(id => id % 7 === 6);
const SET_ASIDE = ['rerun', '1', '--set-aside', 'found', '--json'];

/** Kills: before the re-run has begun, as it begins, and at each of the first commits after that. */
const DEATHS = [
  'before-rerun:1',
  'after-rerun:1',
  'taking-up:1',
  'taken-up:1',
  ...[1, 2, 3, 5].map(commit => `before-commit:${commit}`),
  'before-end:1',
  'in-end:1',
];

test('items are set aside once, whatever process was killed', { timeout: 300_000 }, async () => {
  for (const death of DEATHS) {
    const project = new Project({ 'flow.ts': FLOW });
    await project.cli(['run', 'flow.ts', '--json']);
    const killed = await project.cli(SET_ASIDE, { env: { CRONFLOW_CRASH_AT: death } });
    expect(`${killed.stdout}${killed.stderr}`, death).toContain('its process was killed (SIGKILL)');
    const begun = project.rows('select max(session) as session from sessions')[0]?.session === 2;
    const ended = await project.cli(begun ? ['resume', '1', '--json'] : SET_ASIDE);
    expect(ended.summary, `${death}: ${ended.stderr}`).toMatchObject({
      status: 'completed',
      items: { total: 60, succeeded: 60 - BROKEN.length, failed: 0, setAside: BROKEN.length },
      state: { n: 60 - BROKEN.length },
      output: { setAside: BROKEN.length },
    });
    expect(project.rows('select position from set_aside where until_attempt is null order by position')).toEqual(
      BROKEN.map(position => ({ position })),
    );
    // Both books of items, and both of amounts, say the same.
    expect(
      project.rows('select items - set_aside as held, (select sum(items) from batches) as batches from splits'),
    ).toEqual([{ held: 60 - BROKEN.length, batches: 60 - BROKEN.length }]);
    expect(
      project.rows(
        `select (select sum(amount) from amount_totals) - (select sum(amount) from batch_amounts)
           - (select sum(amount) from set_aside where until_attempt is null) as left`,
      ),
    ).toEqual([{ left: 0 }]);
  }
});

test(
  'items come back once, and a kill between two rounds of `onItemError` leaves a run that a resume finishes',
  { timeout: 300_000 },
  async () => {
    const project = new Project({ 'flow.ts': FLOW });
    await project.cli(['run', 'flow.ts', '--json']);
    await project.cli(SET_ASIDE);
    await project.cli(['rerun', '1', '--take-back', '1:0,3:2', '--json'], {
      env: { CRONFLOW_CRASH_AT: 'before-commit:2' },
    });
    const back = await project.cli(['resume', '1', '--json']);
    expect(back.summary).toMatchObject({ status: 'failed', items: { total: 60, setAside: BROKEN.length - 2 } });
    expect((await project.cli(SET_ASIDE)).summary).toMatchObject({
      status: 'completed',
      items: { setAside: BROKEN.length },
    });

    const alone = new Project({ 'flow.ts': FLOW.replace('size: 6,', "size: 6, onItemError: 'set-aside',") });
    for (const death of ['after-end:1', 'before-rerun:1', 'after-rerun:1', 'before-commit:30']) {
      const run = await alone.cli(['run', 'flow.ts', '--json'], { env: { CRONFLOW_CRASH_AT: death } });
      const id = String((run.events[0] as { run?: string } | undefined)?.run);
      const [{ status }] = alone.rows(`select status from runs where id = ${id}`) as [{ status: string }];
      const ended =
        status === 'completed' ? await alone.cli(['show', id, '--json']) : await alone.cli(['resume', id, '--json']);
      expect(ended.summary, `${death}: ${ended.stderr}`).toMatchObject({
        status: 'completed',
        items: { total: 60, succeeded: 60 - BROKEN.length, failed: 0, setAside: BROKEN.length },
        state: { n: 60 - BROKEN.length },
      });
    }
  },
);
