import { describe, expect, onTestFinished, test } from 'vitest';
import { attachToPoints } from '../../engine/failpoints.ts';
import { Interruption } from '../support/interruption.ts';
import { Gate, Ledger } from '../support/outside.ts';
import { statusesOf } from '../support/recorded.ts';
import { Bench, workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';

describe('race', () => {
  test('is won by the first that succeeds; the others are aborted, recorded as cancelled, and heard no more', async () => {
    const bench = new TimedBench();
    const { clock } = bench;
    const done = new Ledger();
    const late = new Gate();
    const summary = await bench.run(
      workflow(flow =>
        flow
          .race('fastest', {
            slow: async ctx => {
              await clock.sleep(50);
              done.note(`slow aborted: ${String(ctx.signal.aborted)}`);
              await expect(ctx.state.set('n', 'slow')).rejects.toThrow('came too late');
              late.open();
              return 'slow';
            },
            heedful: async ctx => {
              await ctx.state.set('n', 'heedful');
              await clock.sleep(1000, ctx.signal).catch((error: Error) => done.note(error.message));
            },
            quick: async ctx => {
              await clock.sleep(20);
              await ctx.state.set('n', 'quick');
              return 'quick';
            },
          })
          .step('end', async ctx => {
            await late.pass();
            return ctx.last;
          }),
      ),
    );
    expect(summary).toMatchObject({ status: 'completed', output: 'quick', state: { n: 'quick' }, durationMs: 50 });
    expect(done.entries).toEqual(['another member of the race succeeded first', 'slow aborted: true']);
    expect(statusesOf(bench, summary.run, 'fastest/quick')).toEqual(['succeeded']);
    expect(statusesOf(bench, summary.run, 'fastest/slow')).toEqual(['cancelled']);
    expect(statusesOf(bench, summary.run, 'fastest/heedful')).toEqual(['cancelled']);
  });

  test('is not won by failing first', async () => {
    const bench = new TimedBench();
    const summary = await bench.run(
      workflow(flow =>
        flow.race([
          () => {
            throw new Error('quick, but no');
          },
          async () => {
            await bench.clock.sleep(20);
            return 'slow';
          },
        ]),
      ),
    );
    expect(summary).toMatchObject({ status: 'completed', output: 'slow' });
  });

  test('fails when all members fail, or is made good by its onError', async () => {
    const bench = new TimedBench();
    const members = [
      async () => {
        await bench.clock.sleep(20);
        throw new Error('first in the list');
      },
      () => {
        throw new Error('first in time');
      },
    ];
    const summary = await bench.run(workflow(flow => flow.race('fastest', members)));
    expect(summary).toMatchObject({ status: 'failed', error: { message: 'first in the list', step: 'fastest/1' } });
    expect(
      (await bench.run(workflow(flow => flow.race('fastest', members).onError(ctx => ctx.error.message)))).output,
    ).toBe('first in the list');
  });

  test('ends the back-off of its losers: they do not go on, and leave no timer behind', async () => {
    const bench = new TimedBench();
    const done = new Ledger();
    const summary = await bench.run(
      workflow(flow =>
        flow
          .race('fastest', {
            stubborn: () => {
              done.note('stubborn');
              throw new Error('no');
            },
            quick: async () => {
              await bench.clock.sleep(20);
              return 'quick';
            },
          })
          .retry({ attempts: 10, backoff: { delay: 1000 } })
          .step('look', () => bench.clock.pending)
          .sleep(5000),
      ),
    );
    expect(summary).toMatchObject({ status: 'completed', output: 0 });
    expect(done.entries).toEqual(['stubborn']);
    expect(statusesOf(bench, summary.run, 'fastest/stubborn')).toEqual(['failed']);
  });

  test('does not run again once it has been won', async () => {
    const done = new Ledger();
    const interruption = new Interruption();
    const bench = new Bench();
    const build = () =>
      workflow(flow =>
        flow
          .race('fastest', [
            () => {
              done.note('one');
              return done.entries.length;
            },
          ])
          .step('stop', ctx => {
            interruption.here();
            return ctx.last;
          }),
      );
    const { run } = await interruption.run(bench, build());
    expect((await bench.resume(build(), run)).output).toBe(1);
    expect(done.entries).toEqual(['one']);
  });

  test('that has been won when the run is interrupted stays won', async () => {
    const bench = new TimedBench();
    const done = new Ledger();
    const build = () =>
      workflow(flow =>
        flow.race('fastest', {
          slow: async ctx => {
            done.note('slow');
            await bench.clock.sleep(100, ctx.signal);
            return 'slow';
          },
          quick: () => {
            done.note('quick');
            return 'quick';
          },
        }),
      );
    const inProgress = await bench.start(build());
    attachToPoints(name => {
      if (name === 'after-commit' && statusesOf(bench, inProgress.id, 'fastest/quick').length > 0)
        inProgress.run.stopping.request({ as: 'interrupted', reason: 'test' });
    });
    onTestFinished(() => attachToPoints(() => undefined));
    expect((await bench.clock.settle(inProgress.done)).status).toBe('interrupted');
    expect(statusesOf(bench, inProgress.id, 'fastest')).toEqual([]);
    expect(await bench.resume(build(), inProgress.id)).toMatchObject({ status: 'completed', output: 'quick' });
    expect(done.entries).toEqual(['slow', 'quick']);
  });

  test('that is interrupted is run again by all who had not failed it', async () => {
    const done = new Ledger();
    const interruption = new Interruption();
    const bench = new TimedBench();
    const build = () =>
      workflow(flow =>
        flow.race('fastest', {
          slow: async ctx => {
            done.note('slow');
            await bench.clock.sleep(100, ctx.signal);
            return 'slow';
          },
          stops: () => {
            done.note('stops');
            interruption.here();
            throw new Error('no');
          },
        }),
      );
    const { run, status } = await bench.clock.settle(interruption.run(bench, build()));
    expect(status).toBe('interrupted');
    expect(await bench.resume(build(), run)).toMatchObject({ status: 'completed', output: 'slow' });
    expect(done.counts).toEqual({ slow: 2, stops: 2 });
    expect(statusesOf(bench, run, 'fastest/slow')).toEqual(['interrupted', 'succeeded']);
  });
});
