import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { PROTOCOL } from '../../host/api/protocol.ts';
import { isRunning } from '../support/cli.ts';
import { Project } from '../support/project.ts';
import { problem, Studio, value } from './studio.ts';

/** A hundred films in batches of two, five of which are broken until the file is mended. */
const FILMS = Project.workflow(`
cronflow.define({ id: 'films', name: 'Films' })
  .step('read', () => Array.from({ length: 100 }, (_, n) => n % 20 === 3 ? { n } : { n, title: 'Film ' + n }))
  .batch({ id: 'clean', unit: ['film', 'films'] }, { items: ctx => ctx.steps.read.output as any[], size: 2, concurrency: 4 }, (films, flow) => {
    flow.step('tidy', async ctx => { await sleep(5); note(films[0].n); return films.map(film => film.title.trim()); });
    flow.action('count', ctx => ctx.state.incr('films', 2));
  })
  .step('report', ctx => ({ films: ctx.state.get('films') }));
`);
const MENDED = FILMS.replace('film.title.trim()', 'String(film.title).trim()');

/** Items one by one, each of which takes its time and says when it is there. */
function slow(items: number, ms: number): string {
  return Project.workflow(`
cronflow.define({ id: 'slow', name: 'Slow' })
  .forEach('each', Array.from({ length: ${items} }, (_, n) => n), (n, flow) => {
    flow.step('wait', async ctx => { await new Promise<void>((done, stop) => { const timer = setTimeout(done, ${ms}); ctx.signal.addEventListener('abort', () => { clearTimeout(timer); stop(ctx.signal.reason); }); }); note(n); console.log('did', n); return n; });
  }, { concurrency: 2 });
`);
}

describe('a run', () => {
  test('goes from its start to its failure, and with the file fixed on to its end', async () => {
    const project = new Project({ 'films.ts': FILMS });
    const studio = await Studio.open(project);
    const run = await studio.start('films.ts');
    const model = await studio.watch(run);
    const failed = await studio.ended(run);
    expect(failed).toMatchObject({
      status: 'failed',
      workflow: 'films',
      file: 'films.ts',
      batches: { total: 50, succeeded: 45, failed: 5, running: 0, waiting: 0 },
      items: { total: 100, succeeded: 90, failed: 10 },
    });
    await studio.until('the page knows it', () => model.progress.status === 'failed');
    expect(model.counts(2)).toEqual({ succeeded: 45, failed: 5 });
    // A page that came late is told of the steps when they have been counted.
    await studio.until('the steps are counted', () =>
      model.progress.steps.some(
        ({ path, running, succeeded, failed }) =>
          path === 'clean/tidy' && running === 0 && succeeded === 45 && failed === 5,
      ),
    );
    expect(await studio.api.getProblems({ run })).toMatchObject({
      causes: [{ path: 'clean', batches: 5, first: { index: 1, parent: 0 }, step: 'clean/tidy' }],
      lost: [],
    });

    project.write('films.ts', MENDED);
    const plan = value(await studio.api.planRerun({ run, request: { select: 'failed' } }));
    expect(plan).toMatchObject({
      nodes: [{ path: 'clean', batches: 5, indices: [1, 11, 21, 31, 41] }],
      reused: { batches: 45 },
      codeChanged: true,
    });
    expect(await studio.api.getRun({ run })).toMatchObject({
      codeChanged: true,
      live: false,
      item: { status: 'failed' },
    });
    expect(value(await studio.api.rerun({ run, request: { select: 'failed' } }))).toEqual({ queued: false });
    expect(await studio.ended(run)).toMatchObject({ status: 'completed', batches: { total: 50, succeeded: 50 } });
    await studio.until('the page knows it', () => model.progress.status === 'completed');
    expect(model.counts(2)).toEqual({ succeeded: 50 });
    expect(await studio.api.getResult({ run })).toMatchObject({ json: '{\n  "films": 100\n}' });
    expect(await studio.api.getRun({ run })).toMatchObject({
      codeChanged: false,
      sessions: [
        { kind: 'start', outcome: 'failed' },
        { kind: 'rerun', outcome: 'completed' },
      ],
    });
    // 45 once, and the five that failed (before they noted anything) a second time.
    expect(project.ledger()).toHaveLength(55);
    await studio.until('the list of runs knows it', () => studio.events('onRun').at(-1)?.status === 'completed');
  });

  test('is watched as it goes: each page has the same in the end, whenever it came', async () => {
    const studio = await Studio.open(
      new Project({
        'slow.ts': slow(30, 30)
          .replace('.forEach', ".step('first', () => sleep(500)).forEach")
          .replace("console.log('did', n);", "$& process.stdout.write('past console ' + n + '\\n');"),
      }),
    );
    const run = await studio.start('slow.ts');
    const early = await studio.watch(run);
    await studio.until('some are done', () => early.progress.items.succeeded > 5);
    // A second time on the same page: from a new snapshot on.
    const late = await studio.watch(run);
    expect(late.progress.items.succeeded).toBeGreaterThan(5);
    await studio.until('it has ended', () => late.progress.status === 'completed');
    expect(late.counts(2)).toEqual({ succeeded: 30 });
    expect(late.progress).toMatchObject({
      items: { total: 30, succeeded: 30 },
      nodes: [{ node: 2, path: 'each', concurrency: 2, complete: true }],
    });
    // Its last lines may come after its end.
    const texts = () => studio.events('onLogs').flatMap(({ lines }) => lines.map(({ text }) => text));
    await studio.until('its log has come', () => ['did 29', 'past console 29'].every(text => texts().includes(text)));
    expect(studio.events('onDelta').some(({ progress }) => (progress?.rate ?? 0) > 0)).toBe(true);
    // How many go on at a time is known from the first moment.
    expect(
      new Set(
        studio.events('onDelta').flatMap(({ progress }) => progress?.nodes.map(({ concurrency }) => concurrency) ?? []),
      ),
    ).toEqual(new Set([2]));
  });

  test('is heard to its last word, though that comes by another way than its end does', async () => {
    const studio = await Studio.open(
      new Project({
        'loud.ts': Project.workflow(
          `cronflow.define({ id: 'loud' }).step('wait', () => sleep(300)).step('shout', () => { process.stdout.write(('a'.repeat(99) + '\\n').repeat(600) + 'the last word\\n'); });`,
        ),
      }),
    );
    for (let round = 0; round < 2; round++) {
      const run = await studio.start('loud.ts');
      await studio.watch(run);
      // Held up until the runner has gone, the host finds both waiting: what was written, and that the run has ended.
      const until = Date.now() + 1_500;
      while (Date.now() < until);
      await studio.ended(run);
      await studio.until('the last word is heard', () =>
        studio.events('onLogs').some(event => event.run === run && event.lines.at(-1)?.text === 'the last word'),
      );
    }
  });

  test('can be paused and resumed, and does nothing twice', async () => {
    const project = new Project({ 'slow.ts': slow(300, 50) });
    const studio = await Studio.open(project);
    const run = await studio.start('slow.ts');
    const model = await studio.watch(run);
    await studio.until('some are done', () => model.progress.items.succeeded > 3);
    value(await studio.api.stopRun({ run, as: 'paused' }));
    expect(await studio.ended(run)).toMatchObject({
      status: 'paused',
      reason: 'paused in Cronflow Studio',
      items: { total: 300, running: 0 },
    });
    await studio.until('the page knows it', () => model.progress.status === 'paused');
    expect(model.counts(1)).toEqual({
      succeeded: model.progress.items.succeeded,
      waiting: model.progress.items.waiting,
    });
    project.write('slow.ts', slow(300, 1));
    value(await studio.api.resumeRun({ run }));
    expect(problem(await studio.api.resumeRun({ run })).message).toMatch(/is running|being started|completed/);
    expect(await studio.ended(run)).toMatchObject({ status: 'completed', items: { succeeded: 300 } });
    expect(project.ledger().toSorted((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, n) => n));
    expect(problem(await studio.api.resumeRun({ run })).message).toContain('nothing to resume');
  });

  test('can be cancelled, while it runs and when it does not', async () => {
    const studio = await Studio.open(new Project({ 'slow.ts': slow(200, 30) }));
    const run = await studio.start('slow.ts');
    const model = await studio.watch(run);
    await studio.until('some are done', () => model.progress.items.succeeded > 3);
    value(await studio.api.stopRun({ run, as: 'cancelled' }));
    const ended = await studio.ended(run);
    expect(ended.status).toBe('cancelled');
    await studio.until('the page knows it', () => model.progress.status === 'cancelled');
    expect(model.counts(1)).toEqual({ succeeded: ended.batches.succeeded, cancelled: ended.batches.cancelled });
    expect(problem(await studio.api.stopRun({ run, as: 'cancelled' })).message).toContain('cancelled already');
    expect(problem(await studio.api.stopRun({ run, as: 'paused' })).message).toContain('nothing to pause');

    const other = await studio.start('slow.ts');
    value(await studio.api.stopRun({ run: other, as: 'paused' }));
    await studio.ended(other);
    value(await studio.api.stopRun({ run: other, as: 'cancelled' }));
    expect(await studio.ended(other)).toMatchObject({ status: 'cancelled', batches: { running: 0, waiting: 0 } });
  });

  test('runs more at a time when it is told to', async () => {
    const studio = await Studio.open(new Project({ 'slow.ts': slow(60, 60) }));
    const run = await studio.start('slow.ts');
    const model = await studio.watch(run);
    await studio.until('some are done', () => model.progress.items.succeeded > 1);
    value(await studio.api.setConcurrency({ run, node: 'each', concurrency: 20 }));
    await studio.until(
      'many run at a time',
      () => model.progress.items.running > 10 && model.progress.nodes[0]?.concurrency === 20,
    );
    await studio.ended(run);
    await studio.until(
      'the page knows it',
      () => model.progress.status === 'completed' && model.progress.nodes[0]?.concurrency === 2,
    );
    value(await studio.api.rerun({ run, request: { node: 'each', select: 'all', concurrency: 20 } }));
    await studio.until(
      'many run at a time',
      () => model.progress.items.running > 10 && model.progress.nodes[0]?.concurrency === 20,
    );
    await studio.ended(run);
    expect(problem(await studio.api.setConcurrency({ run, node: 'each', concurrency: 2 })).message).toContain(
      'cannot be changed',
    );
  });

  test('that is running is run again when it has ended', async () => {
    const project = new Project({ 'films.ts': FILMS });
    const studio = await Studio.open(project);
    const run = await studio.start('films.ts');
    project.write('films.ts', MENDED);
    expect(value(await studio.api.rerun({ run, request: { select: 'failed' } }))).toEqual({ queued: true });
    expect(problem(await studio.api.rerun({ run, request: { select: 'failed', items: '{}' } })).message).toContain(
      'a list',
    );
    await studio.until('it is told', () =>
      studio.events('onRun').some(item => item.run === run && item.queued?.length === 1),
    );
    await studio.until('it was run again', async () => (await studio.api.getRun({ run })).sessions.length === 2);
    expect(await studio.ended(run)).toMatchObject({ status: 'completed', batches: { succeeded: 50 } });
    // What waits and then cannot begin is told, too.
    value(await studio.api.rerun({ run, request: { node: 'clean', select: 'all' } }));
    expect(value(await studio.api.rerun({ run, request: { node: 'clean', select: 'failed' } }))).toEqual({
      queued: true,
    });
    await studio.until('its problem is told', () =>
      studio
        .events('onRun')
        .some(({ queued }) => queued?.some(({ refused }) => refused?.message.includes('no failed batches'))),
    );
  });

  test('is shown with its file relative to the folder from its first moment', async () => {
    const studio = await Studio.open(new Project({ 'slow.ts': slow(3, 10) }));
    const run = await studio.start('slow.ts');
    // The store has not been read yet: the page selects the workflow by this very item.
    expect(studio.host.hasLiveRuns()).toMatchObject([{ run, file: 'slow.ts', workflow: 'slow' }]);
    await studio.ended(run);
  });

  test('that waits for its turn keeps its concurrency, also for batches that have not begun', async () => {
    const two = (isBroken: boolean) =>
      Project.workflow(`
cronflow.define({ id: 'two' })
  .forEach('first', [0, 1, 2], (n, flow) => { flow.step('go', async () => { await sleep(300); if (${isBroken} && n === 2) throw new Error('broken'); return n; }); })
  .forEach('then', Array.from({ length: 12 }, (_, n) => n), (n, flow) => { flow.step('go', async () => { await sleep(500); return n; }); });
`);
    const project = new Project({ 'two.ts': two(true) });
    const studio = await Studio.open(project);
    const run = await studio.start('two.ts');
    await studio.watch(run);
    project.write('two.ts', two(false));
    expect(value(await studio.api.rerun({ run, request: { select: 'failed', concurrency: 6 } }))).toEqual({
      queued: true,
    });
    await studio.until('six run at a time', () =>
      studio
        .events('onDelta')
        .some(({ progress }) =>
          progress?.nodes.some(
            ({ path, concurrency, batches }) => path === 'then' && concurrency === 6 && batches.running === 6,
          ),
        ),
    );
    expect(await studio.ended(run)).toMatchObject({ status: 'completed' });
  });

  test('is tried with one batch first, and with other items', async () => {
    const project = new Project({ 'films.ts': FILMS });
    const studio = await Studio.open(project);
    const run = await studio.start('films.ts');
    const { batches } = await studio.ended(run);
    expect(batches.failed).toBe(5);
    const fingerprint = (await studio.api.getProblems({ run })).causes[0]?.fingerprint ?? '';
    const items = {
      node: 'clean',
      select: { ranges: [[11, 11]] as [number, number][] },
      items: '[{ "n": 1, "title": "Mended by hand" }]',
    };
    expect(value(await studio.api.planRerun({ run, request: items }))).toMatchObject({
      nodes: [{ batches: 1, indices: [11] }],
      codeChanged: false,
    });
    value(await studio.api.rerun({ run, request: items }));
    expect(await studio.ended(run)).toMatchObject({ status: 'failed', batches: { failed: 4 } });
    const { scope } = (await studio.api.findBatch({ run, node: 2, index: 11 })) ?? { scope: 0 };
    expect(await studio.api.getBatch({ run, scope })).toMatchObject({
      batch: { status: 'succeeded', attempts: 2 },
      attempt: 2,
      earlierAttempts: [{ attempt: 1, status: 'failed' }],
      attempts: [
        { status: 'failed', batchAttempt: 1 },
        { status: 'succeeded', batchAttempt: 2 },
        { path: 'clean/count' },
      ],
    });
    expect((await studio.api.getItems({ run, scope })).json).toContain('Mended by hand');
    expect((await studio.api.getItems({ run, scope, attempt: 1 })).json).not.toContain('Mended by hand');

    project.write('films.ts', MENDED);
    value(await studio.api.rerun({ run, request: { node: 'clean', select: { fingerprint }, tryOne: true } }));
    expect(await studio.ended(run)).toMatchObject({ status: 'failed', batches: { failed: 3 } });
  });

  test('that cannot begin says why', async () => {
    const project = new Project({
      'films.ts': FILMS,
      'typed.ts': Project.workflow(
        `import { z } from 'zod';\ncronflow.define({ id: 'typed', payload: z.object({ since: z.string() }) }).step('a', ctx => ctx.payload.since);`,
      ),
    });
    const studio = await Studio.open(project);
    const ref = await studio.workflow('typed.ts');
    expect(problem(await studio.api.startRun({ ...ref, payload: '{' })).message).toContain('not JSON');
    expect(problem(await studio.api.startRun({ ...ref, payload: '{}' }))).toMatchObject({
      name: 'PayloadError',
      message: expect.stringContaining('since'),
    });
    expect(problem(await studio.api.startRun({ ...ref, workflow: 'tpyed', payload: '' })).message).toContain(
      'Did you mean "typed"?',
    );
    for (const file of ['nothing.ts', 'supplied.ts', '../films.ts', '/etc/passwd', '']) {
      const refused = await studio.api
        .startRun({ file, workflow: 'films', payload: '{}' })
        .then(problem, (error: Error) => error);
      expect(refused.message).toMatch(/There is no workflow file|file: Too small/);
    }
    project.write('films.ts', `${FILMS}\nconst = 5;`);
    const broken = problem(await studio.api.startRun({ file: 'films.ts', workflow: 'films', payload: '{}' }));
    expect(broken).toMatchObject({
      file: project.path('films.ts'),
      line: expect.any(Number),
      codeFrame: expect.stringContaining('const = 5'),
    });
    expect(await studio.api.listRuns({ limit: 10 })).toEqual([]);
  });
});

describe('a runner that goes down', () => {
  const going = (what: string) =>
    Project.workflow(`
cronflow.define({ id: 'down' }).forEach('each', [0, 1, 2, 3, 4, 5], (n, flow) => {
  flow.step('go', async () => { note(n); await sleep(100); if (n === 2) { ${what} } return n; });
});`);

  test('because its step never lets go is ended when it is to stop', async () => {
    const studio = await Studio.open(new Project({ 'down.ts': going('for (;;);') }), { killAfterMs: 500 });
    const run = await studio.start('down.ts');
    const model = await studio.watch(run);
    await studio.until('it spins', () => model.progress.items.succeeded === 2);
    await sleep(300);
    value(await studio.api.stopRun({ run, as: 'paused' }));
    expect(await studio.ended(run)).toMatchObject({
      status: 'interrupted',
      // A step that blocks its process from its first moment is not on record as running yet.
      reason: expect.stringMatching(
        /^its process was ended because a step did not stop in time(?:; step "each\/go" \(batch #2\) was running)?$/,
      ),
      items: { total: 6, succeeded: 2, running: 0, waiting: 4 },
    });
    await studio.until('the page knows it', () => model.progress.status === 'interrupted');
    expect(model.counts(1)).toEqual({ succeeded: 2, waiting: 4 });
    // Whoever cancels gets what they asked for.
    value(await studio.api.resumeRun({ run }));
    await sleep(500);
    value(await studio.api.stopRun({ run, as: 'cancelled' }));
    expect(await studio.ended(run)).toMatchObject({ status: 'cancelled', items: { succeeded: 2, cancelled: 4 } });
    expect(await studio.api.hello({})).toMatchObject({ protocol: PROTOCOL });
  });

  test('by itself leaves its run interrupted, with the reason, to be resumed', async () => {
    const project = new Project({
      'down.ts': going('process.reallyExit(7);'),
      'killed.ts': going(`process.kill(process.pid, 'SIGKILL'); await sleep(1000);`).replace(
        "id: 'down'",
        "id: 'killed'",
      ),
    });
    const studio = await Studio.open(project);
    const [exits, killed] = [await studio.start('down.ts'), await studio.start('killed.ts')];
    expect(await studio.ended(exits)).toMatchObject({
      status: 'interrupted',
      reason: expect.stringMatching(/^its process ended with code 7(?:; step "each\/go" \(batch #2\) was running)?$/),
      items: { succeeded: 2, waiting: 4 },
    });
    expect(await studio.ended(killed)).toMatchObject({
      status: 'interrupted',
      reason: expect.stringContaining('SIGKILL'),
    });
    project.write('down.ts', going(''));
    value(await studio.api.resumeRun({ run: exits }));
    expect(await studio.ended(exits)).toMatchObject({ status: 'completed', items: { succeeded: 6 } });
  });

  test('for want of memory says so', async () => {
    vi.stubEnv('NODE_OPTIONS', '--max-old-space-size=48');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const studio = await Studio.open(
      new Project({ 'down.ts': going('const all: unknown[] = []; for (;;) all.push(new Array(1_000_000).fill(n));') }),
    );
    const run = await studio.start('down.ts');
    expect(await studio.ended(run)).toMatchObject({ status: 'interrupted', reason: expect.stringContaining('memory') });
  });
});

describe('runs of other processes', () => {
  test("appear as they begin, go on before a page's eyes, and can be stopped", async () => {
    const project = new Project({ 'slow.ts': slow(400, 50) });
    const studio = await Studio.open(project);
    const call = project.start(['run', 'slow.ts', '--json']);
    const { run } = await studio.until('it is told', () =>
      studio.events('onRun').find(item => item.status === 'running'),
    );
    expect(studio.host.hasLiveRuns()).toEqual([]);
    const model = await studio.watch(run);
    await studio.until(
      'it goes on',
      () => model.progress.items.succeeded > 5 && model.counts(1).succeeded !== undefined,
    );
    await studio.until('its log goes on', () =>
      studio.events('onLogs').some(({ lines }) => lines.some(({ text, id }) => text.startsWith('did') && id > 0)),
    );
    expect((await studio.api.getRun({ run })).live).toBe(true);
    expect(problem(await studio.api.setConcurrency({ run, node: 'each', concurrency: 5 })).message).toContain(
      'cannot be changed',
    );
    value(await studio.api.stopRun({ run, as: 'paused' }));
    const { summary } = await call.done;
    await studio.until('the page knows it', () => model.progress.status === 'paused');
    expect(model.progress.items).toEqual(summary.items);
    expect(model.counts(1)).toEqual({ succeeded: summary.batches.succeeded, waiting: summary.batches.waiting });
    project.write('slow.ts', slow(400, 1));
    value(await studio.api.resumeRun({ run }));
    await studio.until('it has ended', () => model.progress.status === 'completed');
    expect(model.counts(1)).toEqual({ succeeded: 400 });
    expect(project.ledger()).toHaveLength(400);
  });

  test('that have died are interrupted: found so at the start, and noticed as it happens', async () => {
    const project = new Project({ 'slow.ts': slow(100, 50) });
    const runner = async () => {
      const call = project.start(['run', 'slow.ts', '--json']);
      await call.says('did');
      await sleep(400);
      const [{ pid }] = project.rows('select pid from leases');
      return pid as number;
    };
    const first = await runner();
    process.kill(first, 'SIGKILL');
    await vi.waitUntil(() => !isRunning(first));
    const studio = await Studio.open(project);
    const [listed] = await studio.api.listRuns({ limit: 10 });
    const found = listed?.status === 'damaged' ? undefined : listed;
    expect(found).toMatchObject({ status: 'interrupted', items: { total: 100, running: 0 } });
    const model = await studio.watch(found?.run ?? 0);
    expect(model.counts(1)).toEqual({ succeeded: found?.batches.succeeded, waiting: found?.batches.waiting });
    expect(
      await studio.api.listBatches({
        run: found?.run ?? 0,
        node: 1,
        where: { statuses: ['running'] },
        sort: 'index',
        offset: 0,
        limit: 10,
      }),
    ).toEqual({ rows: [], total: 0 });

    const second = await runner();
    const seen = await studio.until('it is told', () => studio.events('onRun').find(item => item.status === 'running'));
    process.kill(second, 'SIGKILL');
    await studio.until('its end is told', () =>
      studio.events('onRun').some(item => item.run === seen.run && item.status === 'interrupted'),
    );
  });
});

describe('closing', () => {
  test('stops the runs of this host, to be resumed by the next', async () => {
    const project = new Project({ 'slow.ts': slow(300, 50) });
    const studio = await Studio.open(project);
    const run = await studio.start('slow.ts');
    await studio.until('it goes on', () => studio.host.hasLiveRuns().some(item => item.items.succeeded > 3));
    await studio.host.close();
    expect(studio.host.hasLiveRuns()).toEqual([]);
    await expect(studio.api.listRuns({ limit: 1 })).rejects.toThrow('closed');
    const next = await Studio.open(project);
    const [found] = await next.api.listRuns({ limit: 1 });
    expect(found).toMatchObject({ run, status: 'interrupted', reason: 'Cronflow Studio was closed' });
    project.write('slow.ts', slow(300, 1));
    value(await next.api.resumeRun({ run }));
    expect(await next.ended(run)).toMatchObject({ status: 'completed', items: { succeeded: 300 } });
    expect(project.ledger()).toHaveLength(300);
  });
});
