import { describe, expect, test } from 'vitest';
import { Interruption } from '../support/interruption.ts';
import { Ledger } from '../support/outside.ts';
import { statusesOf } from '../support/recorded.ts';
import { workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';

describe('sleep', () => {
  test('waits, and leaves ctx.last alone', async () => {
    const bench = new TimedBench();
    const began = bench.clock.now();
    const { output } = await bench.run(
      workflow(flow =>
        flow
          .step('load', () => 'films')
          .sleep('2s')
          .sleep('nap', '1 minute')
          .step('end', ctx => [ctx.last, bench.clock.now() - began]),
      ),
    );
    expect(output).toEqual(['films', 62_000]);
  });

  test('waits for as long as a function of ctx says, which a resume does not ask again', async () => {
    const bench = new TimedBench();
    const { clock } = bench;
    const asked = new Ledger();
    const build = () =>
      workflow(flow =>
        flow
          .step('load', () => ({ delay: '2s' as const }))
          .sleep('nap', ctx => {
            asked.note('asked');
            return ctx.last.delay;
          })
          .step('end', ctx => [ctx.last, clock.now()]),
      );
    const inProgress = await bench.start(build());
    await clock.advance(500);
    inProgress.run.stopping.request({ as: 'interrupted', reason: 'test' });
    await clock.settle(inProgress.done);
    const resumedAt = clock.now();
    expect((await bench.resume(build(), inProgress.id)).output).toEqual([{ delay: '2s' }, resumedAt + 1_500]);
    expect(asked.times('asked')).toBe(1);
  });

  test('whose function gives no duration fails its run, and says so', async () => {
    const { status, error } = await new TimedBench().run(workflow(flow => flow.sleep('nap', () => 'soon' as never)));
    expect([status, error?.message]).toEqual([
      'failed',
      expect.stringContaining('sleep "nap": what its function gives is "soon", not a duration.'),
    ]);
  });

  test.each([
    ['less than is left', 30, 30],
    ['more than is left', 500, 0],
  ])('that is interrupted goes on until the time it was to end at: %s', async (_of, away, left) => {
    const bench = new TimedBench();
    const { clock } = bench;
    const build = () =>
      workflow(flow =>
        flow
          .step('load', () => 'films')
          .sleep('nap', 100)
          .step('end', () => clock.now()),
      );
    const inProgress = await bench.start(build());
    await clock.advance(40);
    inProgress.run.stopping.request({ as: 'interrupted', reason: 'test' });
    expect((await clock.settle(inProgress.done)).status).toBe('interrupted');
    await clock.advance(away);
    const resumedAt = clock.now();
    expect((await bench.resume(build(), inProgress.id)).output).toBe(resumedAt + left);
    expect(statusesOf(bench, inProgress.id, 'nap')).toEqual(['succeeded']);
  });

  test('that is over is over: a later resume does not sleep again', async () => {
    const bench = new TimedBench();
    const interruption = new Interruption();
    const build = () =>
      workflow(flow =>
        flow.sleep(100).step('stop', () => {
          interruption.here();
        }),
      );
    const { run } = await bench.clock.settle(interruption.run(bench, build()));
    expect(await bench.resume(build(), run)).toMatchObject({ status: 'completed', durationMs: 0 });
  });

  test.each(['cancelled', 'interrupted'] as const)(
    'ends at once when the run is %s, and is recorded as that',
    async as => {
      const bench = new TimedBench();
      const inProgress = await bench.start(workflow(flow => flow.sleep('nap', '1 hour')));
      await bench.clock.advance(40);
      inProgress.run.stopping.request({ as, reason: 'test' });
      const stoppedAt = bench.clock.now();
      expect((await bench.clock.settle(inProgress.done)).status).toBe(as);
      expect(bench.clock.now()).toBe(stoppedAt);
      expect(statusesOf(bench, inProgress.id, 'nap')).toEqual([as]);
      expect(bench.clock.pending, 'no timer is left behind').toBe(0);
    },
  );

  test('holds up its own batch only', async () => {
    const bench = new TimedBench();
    const done = new Ledger();
    const summary = await bench.run(
      workflow(flow =>
        flow.forEach(
          'each',
          ['slow', 'quick', 'slower'],
          (item, inner) => {
            inner
              .if('slow', () => item.startsWith('slow'))
              .sleep(20)
              .endIf()
              .if('slower', () => item === 'slower')
              .sleep(10)
              .endIf()
              .step('work', () => done.note(item));
          },
          { concurrency: 3 },
        ),
      ),
    );
    expect(done.entries).toEqual(['quick', 'slow', 'slower']);
    expect(summary.durationMs).toBe(30);
  });
});
