import { describe, expect, test } from 'vitest';
import { Project } from '../support/project.ts';
import { problem, Studio, value } from './studio.ts';

/** Films in batches of two, five of them broken until the file is mended. */
const FILMS = Project.workflow(`
cronflow.define({ id: 'films', name: 'Films' })
  .step('read', () => Array.from({ length: 100 }, (_, n) => n % 20 === 3 ? { n } : { n, title: 'Film ' + n }))
  .batch({ id: 'clean', unit: ['film', 'films'] }, { items: ctx => ctx.steps.read.output as any[], size: 2, concurrency: 4 }, (films, flow) => {
    flow.step('tidy', async ctx => { await sleep(5); note(films[0].n); return films.map(film => film.title.trim()); });
    flow.action('count', ctx => ctx.state.incr('films', 2));
  })
  .step('report', ctx => ({ films: ctx.state.get('films') }));
`);

describe('a run', () => {
  test('goes from start to failure, and after its file was mended to its end', async () => {
    const project = new Project({ 'films.ts': FILMS });
    const studio = await Studio.open(project);
    const run = await studio.start('films.ts');
    const model = await studio.watch(run);
    const failed = await studio.ended(run);
    expect(failed).toMatchObject({ status: 'failed', workflow: 'films', file: 'films.ts', batches: { total: 50, succeeded: 45, failed: 5, running: 0, waiting: 0 }, items: { total: 100, failed: 10 } });
    await studio.until('the page knows it', () => model.progress.status === 'failed');
    expect(model.counts(2)).toEqual({ succeeded: 45, failed: 5 });
    expect(model.progress.steps).toContainEqual({ path: 'clean/tidy', running: 0, succeeded: 45, failed: 5 });

    project.write('films.ts', FILMS.replace('film.title.trim()', 'String(film.title).trim()'));
    const plan = value(await studio.api.planRerun({ run, request: { select: 'failed' } }));
    expect(plan).toMatchObject({ nodes: [{ path: 'clean', batches: 5, indices: [1, 11, 21, 31, 41] }], reused: { batches: 45 }, codeChanged: true });
    expect(value(await studio.api.rerun({ run, request: { select: 'failed' } }))).toEqual({ queued: false });
    const completed = await studio.ended(run);
    expect(completed).toMatchObject({ status: 'completed', batches: { total: 50, succeeded: 50 } });
    await studio.until('the page knows it', () => model.progress.status === 'completed');
    expect(model.counts(2)).toEqual({ succeeded: 50 });
    expect(await studio.api.getResult({ run })).toMatchObject({ json: '{\n  "films": 100\n}' });
  });
});
