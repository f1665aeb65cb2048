import { describe, expect, test } from 'vitest';
import { statusesOf } from '../support/recorded.ts';
import { workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';
import { failing } from '../support/failing-steps.ts';

describe('a stop ends at once', () => {
  const bodies: [string, Parameters<typeof workflow>[0]][] = [
    [
      'the back-off of a step',
      flow => flow.step('work', failing(9)).retry({ attempts: 9, backoff: { delay: '1 hour' } }),
    ],
    [
      'the back-off of a batch',
      flow =>
        flow.forEach(
          'each',
          [1],
          (_item, inner) => {
            inner.step('work', failing(9));
          },
          { retry: { attempts: 9, backoff: { delay: '1 hour' } } },
        ),
    ],
    [
      'the back-off of a member',
      flow => flow.race([failing(9), failing(9)]).retry({ attempts: 9, backoff: { delay: '1 hour' } }),
    ],
    ['a delay', flow => flow.step('work', () => 1).delay('1 hour')],
    [
      'the wait of a rate limit',
      flow =>
        flow.forEach(
          'each',
          [1, 2],
          (_item, inner) => {
            inner.step('work', () => 1);
          },
          { rateLimit: { items: 1, per: '1 hour' } },
        ),
    ],
  ];

  test.each(
    bodies.flatMap(([of, build]) => (['cancelled', 'paused', 'interrupted'] as const).map(as => ({ of, build, as }))),
  )('$of, when the run is $as', async ({ build, as }) => {
    const bench = new TimedBench();
    const inProgress = await bench.start(workflow(build));
    await bench.clock.advance(60_000);
    const stoppedAt = bench.clock.now();
    inProgress.run.stopping.request({ as, reason: 'test' });
    const summary = await bench.clock.settle(inProgress.done);
    expect(summary).toMatchObject({ status: as, reason: 'test' });
    expect(bench.clock.now()).toBe(stoppedAt);
    expect(bench.clock.pending, 'no timer is left behind').toBe(0);
    const { total, succeeded, failed, running, waiting, cancelled } = summary.batches;
    expect(succeeded + failed + running + waiting + cancelled).toBe(total);
    expect([running, as === 'cancelled' ? waiting : cancelled]).toEqual([0, 0]);
  });
});

describe('a stop gives the steps in flight their time', () => {
  test('what finishes within it is kept', async () => {
    const bench = new TimedBench();
    const build = () =>
      workflow(flow =>
        flow
          .step('slow', async ctx => {
            await bench.clock.sleep(4000);
            return `aborted: ${String(ctx.signal.aborted)}`;
          })
          .step('end', ctx => ctx.last),
      );
    const inProgress = await bench.start(build());
    await bench.clock.advance(1000);
    inProgress.run.stopping.request({ as: 'interrupted', reason: 'test' });
    expect(await bench.clock.settle(inProgress.done)).toMatchObject({ status: 'interrupted', durationMs: 4000 });
    expect(statusesOf(bench, inProgress.id, 'slow')).toEqual(['succeeded']);
    expect(await bench.resume(build(), inProgress.id)).toMatchObject({ status: 'completed', output: 'aborted: true' });
  });

  test.each<[string, Parameters<typeof workflow>[0]]>([
    ['a step', flow => flow.step('deaf', () => new Promise(() => undefined))],
    ['a member', flow => flow.parallel([() => new Promise(() => undefined), () => 1])],
    [
      'a body',
      flow =>
        flow.forEach('each', [1], async () => {
          await new Promise(() => undefined);
        }),
    ],
    ['a condition', flow => flow.if('ever', () => new Promise(() => undefined)).endIf()],
    [
      'items',
      flow => flow.batch('each', { items: () => new Promise<number[]>(() => undefined), size: 1 }, () => undefined),
    ],
  ])('what does not heed it is not waited for any longer: %s', async (_of, build) => {
    const bench = new TimedBench({ graceMs: 2000 });
    const inProgress = await bench.start(workflow(build));
    await bench.clock.advance(1000);
    inProgress.run.stopping.request({ as: 'cancelled', reason: 'test' });
    const summary = await bench.clock.settle(inProgress.done);
    expect(summary.status).toBe('cancelled');
    expect(summary.durationMs).toBeLessThanOrEqual(3000);
    expect(bench.clock.pending).toBe(0);
  });
});
