import { describe, expect, test } from 'vitest';
import { rerunRun } from '../../engine/run/execute.ts';
import { SimulatedClock } from '../support/clock.ts';
import { Gate, Meter, range, turns, World } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';
import { checkAndSave, afterRun } from '../support/rerun-flows.ts';

describe('a re-run obeys the limits of its node', () => {
  test('concurrency', async () => {
    const meter = new Meter();
    let broken = true;
    const build = () =>
      workflow(flow =>
        flow.forEach(
          'each',
          range(30),
          (item, flow) => {
            flow.step('one', () =>
              meter.during(async () => {
                await turns();
                if (broken && item % 2 === 0) throw new Error('no');
              }),
            );
          },
          { concurrency: 3 },
        ),
      );
    const bench = new Bench();
    const { run } = await bench.run(build());
    broken = false;
    meter.most = 0;
    expect(await bench.rerun(build(), run)).toMatchObject({ status: 'completed', steps: { executed: 15 } });
    expect(meter.most).toBe(3);
  });

  test('rate limit', async () => {
    const clock = new SimulatedClock();
    const begun: number[] = [];
    let broken = true;
    const build = () =>
      workflow(flow =>
        flow.batch(
          'work',
          { items: range(24), size: 2, concurrency: 12, rateLimit: { items: 6, per: '1s' } },
          (_batch, flow) => {
            flow.step('one', async () => {
              begun.push(clock.now());
              if (broken) throw new Error('no');
            });
          },
        ),
      );
    const bench = new Bench({ clock });
    const { run } = await clock.settle(bench.run(build()));
    broken = false;
    begun.length = 0;
    const from = clock.now();
    expect(await clock.settle(bench.rerun(build(), run))).toMatchObject({ status: 'completed' });
    // The last of the first run count, too.
    expect(begun.map(at => at - from)).toEqual([1000, 2000, 3000, 4000].flatMap(at => [at, at, at]));
  });
});

describe('an interrupted re-run', () => {
  test('is resumed as any run is', async () => {
    const world = new World('save 0,1', 'save 2,3', 'save 4,5');
    const { bench, run } = await afterRun(world, () => checkAndSave(world));
    const gate = new Gate();
    const rerun = await rerunRun(
      bench.worker(
        workflow(flow =>
          flow
            .step('load', async () => [])
            .batch('work', { items: [], size: 2 }, (batch: number[], flow) => {
              flow
                .step('check', async () => world.act(`check ${batch}`))
                .step('save', async () => {
                  if (batch.includes(2)) await gate.pass();
                  return world.act(`save ${batch}`);
                });
            }),
        ),
      ),
      run,
      { batches: 'failed' },
    );
    await gate.reached();
    rerun.run.stopping.request({ as: 'interrupted', reason: 'test' });
    gate.open();
    expect(await rerun.done).toMatchObject({ status: 'interrupted', batches: { succeeded: 2, failed: 0, waiting: 1 } });
    expect(await bench.resume(checkAndSave(world), run)).toMatchObject({
      status: 'completed',
      items: { succeeded: 6 },
    });
    expect(world.take()).toEqual(['save 0,1', 'save 2,3', 'save 4,5', 'after']);
  });
});
