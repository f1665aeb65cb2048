import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../engine/run/clock.ts';
import { storedSummary } from '../../engine/store/stored-summary.ts';
import { requireRun } from '../../engine/store/runs.ts';
import { recordLoss } from '../../engine/store/runs.ts';
import { cancelAtRest } from '../../engine/store/cancel.ts';
import { Outbox } from '../../host/api/outbox.ts';
import { Studio } from '../host/studio.ts';
import { eventually } from '../support/cli.ts';
import { SimulatedClock } from '../support/clock.ts';
import { Project } from '../support/project.ts';
import { Bench, workflow } from '../support/runs.ts';
import { isThorough, seen } from './fault.ts';

/*
 * Somebody sets the clock, or it sets itself: while a run goes on, and between the processes that work on one. Durations and
 * waits go by a clock that nobody sets; stamps, and what a process of another time has written, are another matter.
 */

const HOUR = 3_600_000;

/** Sets this process's clock as the system's would be: `Date` says another time from now on. */
function setClock(by: number): void {
  const { now } = Date;
  Date.now = () => now() + by;
  onTestFinished(() => {
    Date.now = now;
  });
}

/** A preload that sets a process's clock as if it had started in another hour. */
const startedAt = (by: number) => `
const { now } = Date; Date.now = () => now() + ${by};
`;

describe.each([
  ['back', -HOUR],
  ['forward', HOUR],
] as const)('a clock that is set %s by an hour', (_, by) => {
  test('does not move the one a run goes by: its waits, timeouts and durations are what they are', async () => {
    const bench = new Bench();
    const started = performance.now();
    const run = bench.run(
      workflow(flow =>
        flow
          .step('set', () => setClock(by))
          .sleep('100ms')
          .step('delayed', () => 1)
          .delay('50ms')
          .step('tries', ctx => {
            if (ctx.attempt < 3) throw new Error('again');
            return ctx.attempt;
          })
          .retry({ attempts: 3, backoff: { strategy: 'fixed', delay: '20ms' } })
          .step('slow', () => sleep(30).then(() => 'in time'))
          .timeout('20s')
          .batch('work', { items: [1, 2, 3], size: 1, rateLimit: { batches: 100, per: '1s' } }, ([n], inner) => {
            inner.step('do', () => n);
          }),
      ),
    );
    const summary = await run;
    expect(summary).toMatchObject({ status: 'completed', items: { succeeded: 3 } });
    const took = performance.now() - started;
    expect(summary.durationMs).toBeGreaterThan(180);
    expect(summary.durationMs).toBeLessThanOrEqual(took);
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000);
    const rows = bench.db
      .prepare<[], { took: number }>('select ended_at - started_at as took from steps where scope = 0')
      .all();
    for (const row of rows) {
      expect(row.took).toBeGreaterThanOrEqual(0);
      expect(row.took).toBeLessThanOrEqual(took);
    }
  });

  test('between two processes of a run lets nothing end before it began, nor last longer than it is to', async () => {
    const clock = new SimulatedClock(Date.UTC(2026, 0, 1, 12));
    const bench = new Bench({ clock });
    const definition = workflow(flow =>
      flow
        .step('before', () => 1)
        .sleep('30m')
        .step('after', () => 2),
    );
    const first = await bench.start(definition);
    // Ten minutes of the sleep go by; then its process is gone.
    await clock.advance(600_000);
    first.run.stopping.request({ as: 'interrupted', reason: 'test' });
    expect(await clock.settle(first.done)).toMatchObject({ status: 'interrupted', durationMs: 600_000 });

    const later = new SimulatedClock(clock.now() + by);
    const resumedBench = Object.assign(Object.create(bench) as Bench, { options: { clock: later } });
    const summary = await later.settle(resumedBench.resume(definition, 1));
    expect(summary.status).toBe('completed');
    // Forward, the sleep is over; back, it starts anew at most.
    expect(summary.durationMs).toBe(by > 0 ? 0 : 1_800_000);
    expect(storedSummary(bench.db, requireRun(bench.db, 1), later.now()).durationMs).toBe(600_000 + summary.durationMs);
    expectOrder(bench);
  });

  test('before others note its loss, or cancel it, makes no time negative', async () => {
    const clock = new SimulatedClock(Date.UTC(2026, 0, 1, 12));
    for (const note of ['loss', 'cancel'] as const) {
      const bench = new Bench({ clock });
      const run = await bench.start(
        workflow(flow =>
          flow.forEach(
            'each',
            [1, 2],
            (_, inner) => {
              inner.step('never', () => new Promise(() => undefined));
            },
            { concurrency: 2 },
          ),
        ),
      );
      await clock.advance(2_000);
      // What is in flight is shown to others with the ticks of the real clock.
      await eventually(
        'it is on record',
        () => bench.db.prepare('select count(*) from steps where status = 1').pluck().get() === 3,
      );
      const other = clock.now() + by;
      if (note === 'loss') recordLoss(bench.db, run.id, run.owner, 'test', other);
      else {
        bench.db.prepare('delete from leases').run();
        cancelAtRest(bench.db, run.id, 'test', other);
      }
      expect(storedSummary(bench.db, requireRun(bench.db, run.id), other)).toMatchObject({
        status: note === 'loss' ? 'interrupted' : 'cancelled',
        durationMs: expect.toSatisfy((ms: number) => ms >= 0),
      });
      expectOrder(bench);
      // Another process has ended its run: it is told so, and writes nothing more.
      await expect(clock.settle(run.done)).rejects.toMatchObject({ name: 'LeaseLostError' });
    }
  });

  test('does not silence the screens that watch', async ({ task, skip }) => {
    skip(!isThorough && by > 0, 'what waits for a time is woken by it');
    const project = new Project({
      'flow.ts': Project.workflow(
        "cronflow.define({ id: 'set' }).forEach('each', Array.from({ length: 40 }, (_, n) => n), (n: any, flow: any) => { flow.step('do', async () => { await sleep(30); return n; }); });",
      ),
    });
    const studio = await Studio.open(project);
    const run = await studio.start('flow.ts');
    const model = await studio.watch(run);
    await studio.until('some are done', () => model.progress.items.succeeded > 3);
    const heard = studio.events('onDelta').length;
    setClock(by);
    await studio.until(
      'more is told',
      () => studio.events('onDelta').length > heard + 5 && model.progress.items.succeeded > 15,
      20_000,
    );
    expect(model.progress.activeMs).toBeGreaterThanOrEqual(0);
    expect(model.progress.activeMs).toBeLessThan(60_000);
    await studio.until('it has ended', () => model.progress.status === 'completed');
    expect(model.progress.activeMs).toBeLessThan(60_000);
    seen(task, {
      fault: `clock set ${by < 0 ? 'back' : 'forward'} by an hour under a run of the Studio`,
      became: 'completed; progress went on being told',
      said: 'nothing',
      afterwards: 'nothing to do',
    });
  });

  test('is no reason for a command to wait for ever, nor for a run to be taken from its owner', async ({
    task,
    skip,
  }) => {
    skip(!isThorough, 'takes four processes');
    const project = new Project({
      'flow.ts': Project.workflow(
        "cronflow.define({ id: 'held' }).step('wait', async (ctx: any) => { note(1); for (;;) { ctx.signal.throwIfAborted(); await sleep(10); } });",
      ),
      'clock.mjs': startedAt(by),
    });
    const call = project.start(['run', 'flow.ts', '--json']);
    await eventually('it waits', () => project.ledger().length > 0);
    const env = { NODE_OPTIONS: `--import ${project.path('clock.mjs')}` };
    const show = await project.cli(['show', '1', '--json'], { env });
    expect(show.summary).toMatchObject({ status: 'running', durationMs: expect.toSatisfy((ms: number) => ms >= 0) });
    const cancel = await project.cli(['cancel', '1', '--json'], { env });
    expect(cancel).toMatchObject({ code: 0, summary: { status: 'cancelled' } });
    expect(await call.done).toMatchObject({ code: 130, summary: { status: 'cancelled' } });
    seen(task, {
      fault: `clock set ${by < 0 ? 'back' : 'forward'} by an hour between a run and a \`cancel\``,
      became: 'cancelled (exit 130)',
      said: cancel.summary.reason,
      afterwards: 're-run goes on',
    });
  });
});

test('what a page is to be told does not wait for the hour to come again', async () => {
  const told: unknown[] = [];
  const outbox = new Outbox((_, payload) => {
    told.push(payload);
  });
  onTestFinished(() => outbox.close());
  const item = { run: 1 } as never;
  outbox.noteRun(item);
  await eventually('it is told', () => told.length === 1);
  setClock(-HOUR);
  outbox.noteRun(item);
  await eventually('it is told again', () => told.length === 2);
});

/** Of nothing in the store does the end come before the beginning. */
function expectOrder({ db }: Bench): void {
  for (const table of ['steps', 'batches', 'sessions', 'runs']) {
    expect(db.prepare(`select count(*) from ${table} where ended_at < started_at`).pluck().get(), table).toBe(0);
  }
  expect(db.prepare('select count(*) from runs where active_ms < 0').pluck().get()).toBe(0);
}
