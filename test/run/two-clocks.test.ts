import { describe, expect, onTestFinished, test } from 'vitest';
import { Stopwatch, systemClock } from '../../engine/run/clock.ts';
import { Lease } from '../../engine/store/leases.ts';
import { createRun, recordLoss, requireRun, type NewRun } from '../../engine/store/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';
import { workflow } from '../support/runs.ts';
import type { SimulatedClock } from '../support/clock.ts';

/*
 * Stamps are those of the wall clock, also after it was set or the computer has slept. Durations, waits and limits go by a
 * clock that nobody sets.
 */

const HOUR = 3_600_000;

const RUN: NewRun = {
  workflow: 'w',
  name: 'w',
  file: 'w.ts',
  payload: 'null',
  givenPayload: null,
  graph: '{"nodes":[]}',
  startedAt: 1_000,
  durability: 'normal',
  demo: false,
};

/** Everything in it that takes time, with a wall clock that jumps in the middle of each. */
const takesTime = (clock: SimulatedClock, by: number) =>
  workflow(flow =>
    flow
      .step('step', async () => {
        await clock.sleep(100);
        clock.setWall(by);
        await clock.sleep(200);
      })
      .step('delayed', () => clock.sleep(50))
      .delay(150)
      .sleep(400)
      .batch('work', { items: [1, 2], size: 1, concurrency: 2 }, ([n], inner) => {
        inner.step('do', async () => {
          await clock.sleep(10);
          if (n === 1) clock.setWall(by);
          await clock.sleep(20);
        });
      })
      .while(
        'rounds',
        ctx => ctx.steps.round === undefined,
        inner => {
          inner.step('round', async () => {
            clock.setWall(by);
            await clock.sleep(70);
          });
        },
      ),
  );

describe.each([
  ['set back by an hour', -HOUR],
  ['set forward by an hour, or one of a computer that has slept for an hour', HOUR],
] as const)('with a wall clock that is %s', (_, by) => {
  test('steps, batches, rounds, waits and the run take as long as they take', async () => {
    const bench = new TimedBench();
    const begun = bench.clock.elapsed();
    const summary = await bench.run(takesTime(bench.clock, by));
    expect(summary.status).toBe('completed');
    const took = bench.clock.elapsed() - begun;
    expect(summary.durationMs).toBe(took);
    const durations = bench.db
      .prepare<[], { path: string; ms: number }>(
        'select n.path, s.ended_at - s.started_at as ms from steps s join nodes n using (run, node) order by s.seq',
      )
      .all();
    expect(Object.fromEntries(durations.map(({ path, ms }) => [path, ms]))).toMatchObject({
      step: 300,
      delayed: 50,
      'work/do': 30,
      'rounds/round': 70,
    });
    expect(durations.find(({ path }) => path.startsWith('sleep'))?.ms).toBe(400);
    expect(bench.db.prepare('select ended_at - started_at from batches order by scope').pluck().all()).toEqual([
      30, 30, 70,
    ]);
    expect(requireRun(bench.db, 1).active_ms).toBe(took);
    for (const table of ['runs', 'sessions'])
      expect(bench.db.prepare(`select ended_at - started_at from ${table}`).pluck().get()).toBe(
        took + Math.max(0, 3 * by),
      );
  });

  test('what begins afterwards is stamped by it', async () => {
    const bench = new TimedBench();
    const begun = bench.clock.now();
    await bench.run(
      workflow(flow => flow.step('before', () => bench.clock.setWall(by)).step('after', ctx => ctx.last)),
    );
    expect(bench.db.prepare('select started_at from steps order by seq').pluck().all()).toEqual([begun, begun + by]);
  });

  test('a rate limit starts no more, and makes nobody wait longer', async () => {
    const bench = new TimedBench();
    const starts: number[] = [];
    await bench.run(
      workflow(flow =>
        flow.batch(
          'work',
          { items: [1, 2, 3, 4], size: 1, concurrency: 4, rateLimit: { batches: 2, per: '10s' } },
          ([n], inner) => {
            inner.step('api', () => {
              starts.push(bench.clock.elapsed());
              if (n === 2) bench.clock.setWall(by);
            });
          },
        ),
      ),
    );
    expect(starts).toEqual([0, 0, 10_000, 10_000]);
  });

  test('a run whose process was killed has worked for as long as it said with its last sign of life', async () => {
    const bench = new TimedBench();
    const { clock, db } = bench;
    const { run, id, owner, done } = await bench.start(
      workflow(flow => flow.step('never', () => new Promise(() => undefined))),
    );
    await clock.advance(5_000);
    clock.setWall(by);
    run.writer.counts('{}', run.moment().activeMs);
    db.prepare('update leases set heartbeat = ?').run(clock.now());
    recordLoss(db, id, owner, 'its process was killed', clock.now() + 700);
    expect(requireRun(db, id).active_ms).toBe(5_700);
    await expect(clock.settle(done)).rejects.toMatchObject({ name: 'LeaseLostError' });
  });
});

test('each sign of life is another one, also of a wall clock that stands still or goes back', () => {
  const { db } = new TimedBench();
  const lease = Lease.take(db, createRun(db, RUN), 1_000);
  const heartbeat = () => db.prepare<[], number>('select heartbeat from leases').pluck().get() ?? 0;
  for (const now of [1_000, 1_000, 1_000 - HOUR, 1_000, 1_000 + HOUR, 1_000 + HOUR]) {
    const before = heartbeat();
    lease.renew(now);
    expect(heartbeat()).toBeGreaterThan(before);
  }
});

test('the clock of the system follows the wall clock, and a stopwatch does not', () => {
  const { now } = Date;
  onTestFinished(() => {
    Date.now = now;
  });
  const stopwatch = new Stopwatch(systemClock);
  for (const by of [-HOUR, HOUR, 0]) {
    Date.now = () => now() + by;
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(100);
    expect(stopwatch.endedAt() - stopwatch.startedAt).toBeLessThan(60_000);
    expect(stopwatch.elapsed()).toBeGreaterThanOrEqual(0);
  }
});
