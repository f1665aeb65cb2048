import { describe, expect, test } from 'vitest';
import { Project } from '../support/project.ts';
import { problem, Studio, value } from '../host/studio.ts';
import { Shop } from './shop.ts';

/* Two people, two windows, two processes, or one who clicks twice: what both want at the same moment is done once. */

/** Everything of a run is done, each once. */
const ALL = [0, 1, 2, 3, 'end'];

describe('two Studios on one workspace', () => {
  test('show the same run, either can stop it, either can go on with it, and of two that do so at the same moment one does', async () => {
    const shop = await Shop.open();
    const other = await Studio.open(shop.project, { killAfterMs: 8_000 });
    const job = await shop.here(shop.name('hold'));
    const { run } = job;
    const [here, there] = [await shop.studio.watch(run), await other.watch(run)];
    await other.until(
      'it goes on there too',
      () => there.progress.status === 'running' && there.progress.items.succeeded === 2,
    );
    expect(problem(await other.api.resumeRun({ run })).message).toMatch(/is running: there is nothing to resume/);
    expect(problem(await other.api.setConcurrency({ run, node: 'each', concurrency: 2 })).message).toMatch(
      /^Another process is running run \d+/,
    );
    value(await other.api.stopRun({ run, as: 'paused' }));
    await shop.studio.until(
      'both know that it is paused',
      () => here.progress.status === 'paused' && there.progress.status === 'paused',
    );
    expect(there.progress.items).toEqual(here.progress.items);

    // Both press Resume. Whoever is second finds that it goes on, or that nothing is left to do.
    const both = Promise.all([shop.studio.api.resumeRun({ run }), other.api.resumeRun({ run })]);
    shop.unmark(job, 'hold');
    const outcomes = await both;
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    expect(problem(outcomes.find(({ ok }) => !ok) ?? { ok: true }).message).toMatch(
      /has completed|is going on|is being worked on by process \d+/,
    );
    await shop.studio.until(
      'both know that it has completed',
      () => here.progress.status === 'completed' && there.progress.status === 'completed',
    );
    expect([here.counts(1), there.counts(1)]).toEqual([{ succeeded: 4 }, { succeeded: 4 }]);
    expect(shop.done(job)).toEqual(ALL);
    expect((await shop.studio.api.getRun({ run })).sessions.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['start', 'paused'],
      ['resume', 'completed'],
    ]);
  });

  test('each wait with their re-runs for the run that is running, and then have them done one after the other', async () => {
    const shop = await Shop.open();
    const other = await Studio.open(shop.project, { killAfterMs: 8_000 });
    const job = await shop.elsewhere(shop.name('hold'));
    const again = (index: number) => ({
      run: job.run,
      request: { node: 'each', select: { ranges: [[index, index] as [number, number]] } },
    });
    const queued = await Promise.all([shop.studio.api.rerun(again(0)), other.api.rerun(again(3))]);
    expect(queued.map(value)).toEqual([{ queued: true }, { queued: true }]);
    expect(shop.done(job)).toEqual([0, 1]);
    shop.unmark(job, 'hold');
    await shop.studio.until(
      'both are done',
      async () => shop.done(job).length === 9 && (await shop.item(job)).status === 'completed',
      30_000,
    );
    expect(shop.done(job).toSorted()).toEqual([0, 0, 1, 2, 3, 3, 'end', 'end', 'end']);
  });
});

describe('one who is quick', () => {
  test('presses Resume twice, and it continues once', async () => {
    const shop = await Shop.open();
    const job = await shop.ended(shop.name('hold'), 'paused');
    const outcomes = await Promise.all([1, 2, 3].map(() => shop.studio.api.resumeRun({ run: job.run })));
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    for (const outcome of outcomes)
      if (!outcome.ok)
        expect(outcome.problem.message).toMatch(/is already being started\. Wait until it is running|is running/);
    expect(await shop.studio.ended(job.run)).toMatchObject({ status: 'completed' });
    expect(shop.done(job)).toEqual(ALL);
  });

  test('cancels a re-run that is just beginning, and it does not go on', async () => {
    const shop = await Shop.open();
    const job = await shop.ended(shop.name('fails'));
    shop.unmark(job, 'fails');
    shop.mark(job, 'hold');
    // All runs again, and would be held at its third item.
    const rerun = shop.studio.api.rerun({ run: job.run, request: { node: 'each', select: 'all', fromStart: true } });
    // In the same moment: whether its process is there yet or not.
    const cancelled = shop.studio.api.stopRun({ run: job.run, as: 'cancelled' });
    expect(value(await rerun)).toEqual({ queued: false });
    value(await cancelled);
    await shop.studio.until('it is cancelled', async () => (await shop.item(job)).status === 'cancelled');
    shop.unmark(job, 'hold');
    expect((await shop.studio.api.getRun({ run: job.run })).live).toBe(false);
    expect(shop.done(job)).not.toContain('end');
  });

  test('pauses while a failed step waits for its next try, and resumes: the tries go on where they were', async () => {
    const project = new Project({
      'patient.ts': Project.workflow(`
      cronflow.define({ id: 'patient' }).step('try', ctx => { note(ctx.attempt); if (ctx.attempt < 3) throw new Error('not yet'); return ctx.attempt; })
        .retry({ attempts: 3, backoff: { delay: '3s' } });
    `),
    });
    const studio = await Studio.open(project);
    const run = await studio.start('patient.ts');
    await studio.until('it has tried once', () => project.ledger().length === 1);
    value(await studio.api.stopRun({ run, as: 'paused' }));
    expect(await studio.ended(run)).toMatchObject({ status: 'paused' });
    project.write(
      'patient.ts',
      Project.workflow(`
      cronflow.define({ id: 'patient' }).step('try', ctx => { note(ctx.attempt); if (ctx.attempt < 3) throw new Error('not yet'); return ctx.attempt; })
        .retry({ attempts: 3, backoff: { delay: 0 } });
    `),
    );
    value(await studio.api.resumeRun({ run }));
    expect(await studio.ended(run)).toMatchObject({ status: 'completed' });
    expect(project.ledger()).toEqual([1, 2, 3]);
  });

  test('opens another folder while a run is being started: it is refused, or the run is not left behind', async () => {
    const shop = await Shop.open();
    const name = shop.name('hold');
    const started = shop.studio.api.startRun({ file: 'work.ts', workflow: 'work', payload: JSON.stringify({ name }) });
    const opened = await shop.studio.host.openFolder(new Project().folder);
    expect(problem(opened).message).toMatch(/^A run is starting in this workspace\. Wait until/);
    const { run } = value(await started);
    expect(problem(await shop.studio.host.openFolder(new Project().folder)).message).toMatch(
      /^A run is still running in this workspace\. Wait for it, or pause it/,
    );
    value(await shop.studio.api.stopRun({ run, as: 'cancelled' }));
    expect(await shop.studio.ended(run)).toMatchObject({ status: 'cancelled' });
  });

  test('opens two folders at the same moment, and has the second', async () => {
    const shop = await Shop.open();
    const [first, second] = [new Project(), new Project()];
    const outcomes = await Promise.all([
      shop.studio.host.openFolder(first.folder),
      shop.studio.host.openFolder(second.folder, { trustForThisLaunch: true }),
    ]);
    expect(outcomes.map(outcome => value(outcome).folder)).toEqual([first.folder, second.folder]);
    expect(await shop.studio.api.getWorkspace({})).toMatchObject({ folder: second.folder });
    // What is written into the first is nobody's business any more.
    const told = shop.studio.events('onWorkspace').length;
    first.write('late.ts', Project.workflow(`cronflow.define({ id: 'late' });`));
    second.write('new.ts', Project.workflow(`cronflow.define({ id: 'new' });`));
    await shop.studio.workflow('new.ts');
    expect(
      shop.studio
        .events('onWorkspace')
        .slice(told)
        .every(({ folder }) => folder === second.folder),
    ).toBe(true);
  });

  test('closes while a run is being started: nothing of it goes on', async () => {
    const shop = await Shop.open();
    const name = shop.name('hold');
    const started = shop.studio.api.startRun({ file: 'work.ts', workflow: 'work', payload: JSON.stringify({ name }) });
    await shop.studio.host.close();
    const outcome = await started;
    if (outcome.ok) expect(shop.project.rows('select status from runs')).toEqual([{ status: 'interrupted' }]);
    else expect(outcome.problem.message).toBe('The run was stopped before it began. Nothing was done.');
    expect(shop.done({ name })).toEqual([]);
  });
});

test('a run of the command line keeps running while a Studio shows it, and is resumed by the one while the other looks on', async () => {
  const shop = await Shop.open();
  const job = { name: shop.name('hold') };
  const call = shop.project.start(['run', 'work.ts', '--payload', JSON.stringify(job), '--json']);
  await shop.held(job.name);
  const { run } = await shop.studio.until('it is told', () =>
    shop.studio.events('onRun').find(item => item.status === 'running'),
  );
  const model = await shop.studio.watch(run);
  expect(problem(await shop.studio.api.resumeRun({ run })).message).toMatch(/is running: there is nothing to resume/);
  expect(value(await shop.studio.api.rerun({ run, request: { node: 'each', select: { ranges: [[0, 0]] } } }))).toEqual({
    queued: true,
  });
  shop.unmark(job, 'hold');
  expect(await call.done).toMatchObject({ code: 0, summary: { status: 'completed', items: { succeeded: 4 } } });
  // Its turn comes when the command has ended.
  await shop.studio.until(
    'the re-run is done',
    () => shop.done(job).length === 7 && model.progress.status === 'completed',
    20_000,
  );
  expect(shop.done(job).toSorted()).toEqual([0, 0, 1, 2, 3, 'end', 'end']);
});
