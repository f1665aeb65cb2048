import { describe, expect, test } from 'vitest';
import { resumeRun } from '../../engine/run/execute.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';
import { failing } from '../support/failing-steps.ts';
import { attemptsOf, earlierAttemptsOf, statusesOf } from '../support/recorded.ts';
import { workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';

/** Starts a run, and interrupts it after so many milliseconds. Returns its number. */
async function interruptedAfter(bench: TimedBench, definition: Definition, ms: number): Promise<number> {
  const inProgress = await bench.start(definition);
  await bench.clock.advance(ms);
  inProgress.run.stopping.request({ as: 'interrupted', reason: 'test' });
  expect((await bench.clock.settle(inProgress.done)).status).toBe('interrupted');
  return inProgress.id;
}

describe('a resume waits only for what is left', () => {
  test.each([
    ['in the middle', 20, 40],
    ['after its time', 200, 0],
  ])('of the delay of a step: %s', async (_of, away, left) => {
    const bench = new TimedBench();
    const build = () => workflow(flow => flow.step('work', ctx => [ctx.attempt, bench.clock.now()]).delay(100));
    const run = await interruptedAfter(bench, build(), 40);
    await bench.clock.advance(away);
    const resumedAt = bench.clock.now();
    // The step has not begun before: this is its first attempt.
    expect((await bench.resume(build(), run)).output).toEqual([1, resumedAt + left]);
    expect(attemptsOf(bench, run, 'work')).toMatchObject([
      { attempt: 1, status: 'succeeded', startedAt: resumedAt + left },
    ]);
  });

  test('of the delay that was interrupted twice', async () => {
    const bench = new TimedBench();
    const build = () => workflow(flow => flow.step('work', () => bench.clock.now()).delay(100));
    const began = bench.clock.now();
    const run = await interruptedAfter(bench, build(), 40);
    const again = await resumeRun(bench.worker(build()), run);
    await bench.clock.advance(30);
    again.run.stopping.request({ as: 'interrupted', reason: 'test' });
    await bench.clock.settle(again.done);
    expect((await bench.resume(build(), run)).output).toBe(began + 100);
  });

  test('of the wait between two attempts of a step', async () => {
    const bench = new TimedBench();
    const build = () =>
      workflow(flow =>
        flow
          .step('work', failing(1))
          .retry({ attempts: 2, backoff: { delay: 1000 } })
          .delay(500),
      );
    const began = bench.clock.now();
    const run = await interruptedAfter(bench, build(), 700);
    await bench.clock.advance(100);
    await bench.resume(build(), run);
    // Not the delay either: it is for the first attempt.
    expect(attemptsOf(bench, run, 'work').map(({ startedAt }) => startedAt - began)).toEqual([500, 1500]);
  });

  test('of the wait between two attempts of a batch, whose retries continue, too', async () => {
    const bench = new TimedBench();
    const build = () =>
      workflow(flow =>
        flow.batch('b', { items: [1], size: 1, retry: { attempts: 3, backoff: { delay: 1000 } } }, (_batch, inner) => {
          inner.step('work', failing(9));
        }),
      );
    const began = bench.clock.now();
    const run = await interruptedAfter(bench, build(), 1600);
    await bench.clock.advance(100);
    expect((await bench.resume(build(), run)).status).toBe('failed');
    expect(attemptsOf(bench, run, 'b/work').map(({ startedAt }) => startedAt - began)).toEqual([0, 1000, 2000]);
    expect(earlierAttemptsOf(bench, run, 'b')).toHaveLength(2);
  });

  test('and a re-run begins all of it anew', async () => {
    const bench = new TimedBench();
    const build = () =>
      workflow(flow =>
        flow
          .step('work', failing(9))
          .retry({ attempts: 2, backoff: { delay: 1000 } })
          .delay(500),
      );
    const { run } = await bench.run(build());
    const again = bench.clock.now();
    await bench.rerun(build(), run);
    expect(
      attemptsOf(bench, run, 'work')
        .slice(2)
        .map(({ startedAt }) => startedAt - again),
    ).toEqual([500, 1500]);
  });
});

describe('retries count each attempt that has begun', () => {
  /** Its second attempt never ends by itself. */
  const build = (attempts: number) =>
    workflow(flow =>
      flow
        .step('work', ctx => {
          if (ctx.attempt === 2) return new Promise(() => undefined);
          throw new Error(`failure ${ctx.attempt}`);
        })
        .retry({ attempts, backoff: { delay: 0 } }),
    );

  test('also one that ended with its process', async () => {
    const bench = new TimedBench();
    const run = await interruptedAfter(bench, build(3), 1000);
    expect(await bench.resume(build(3), run)).toMatchObject({ status: 'failed', error: { message: 'failure 3' } });
    expect(statusesOf(bench, run, 'work')).toEqual(['failed', 'interrupted', 'failed']);
  });

  test('and where that was the last one, there is one more: it may not have done its work', async () => {
    const bench = new TimedBench();
    const run = await interruptedAfter(bench, build(2), 1000);
    await bench.resume(build(2), run);
    expect(statusesOf(bench, run, 'work')).toEqual(['failed', 'interrupted', 'failed']);
  });
});
