import { describe, expect, test } from 'vitest';
import { Interruption } from '../support/interruption.ts';
import { Ledger, Meter, range } from '../support/outside.ts';
import { attemptsOf, statusesOf } from '../support/recorded.ts';
import { Bench, workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';

const OVER = '"ask" took longer than its timeout of 50 ms';

describe('a parallel with maxConcurrency', () => {
  test('runs so many members at a time, in their order, and the next when one has ended', async () => {
    const bench = new TimedBench();
    const meter = new Meter();
    const begun: string[] = [];
    const member = (ms: number) => () =>
      meter.during(async () => {
        begun.push(`${ms} at ${bench.clock.now() - startedAt}`);
        await bench.clock.sleep(ms);
        return ms;
      });
    const startedAt = bench.clock.now();
    const summary = await bench.run(
      workflow(flow =>
        flow
          .parallel('ask', [member(30), member(10), member(15), member(1)], { maxConcurrency: 2 })
          .step('end', ctx => ctx.last),
      ),
    );
    expect(summary).toMatchObject({ status: 'completed', output: [30, 10, 15, 1] });
    expect(meter.most).toBe(2);
    expect(begun).toEqual(['30 at 0', '10 at 0', '15 at 10', '1 at 25']);
  });

  test('lets members begin after one has failed, and a re-run repeats only that one', async () => {
    const bench = new Bench();
    const done = new Ledger();
    let broken = true;
    const build = () =>
      workflow(flow =>
        flow
          .parallel(
            {
              bad: () => {
                done.note('bad');
                if (broken) throw new Error('no');
                return 1;
              },
              good: () => {
                done.note('good');
                return 2;
              },
            },
            { maxConcurrency: 1 },
          )
          .step('end', ctx => ctx.last),
      );
    const first = await bench.run(build());
    expect(first).toMatchObject({ status: 'failed', error: { message: 'no', step: 'parallel-1/bad' } });
    expect(done.take()).toEqual(['bad', 'good']);
    broken = false;
    expect(await bench.rerun(build(), first.run)).toMatchObject({ status: 'completed', output: { bad: 1, good: 2 } });
    expect(done.entries).toEqual(['bad']);
  });

  test('goes on after an interruption with the members that had not finished, as many at a time', async () => {
    const bench = new Bench();
    const done = new Ledger();
    const interruption = new Interruption();
    const meter = new Meter();
    const build = () =>
      workflow(flow =>
        flow.parallel(
          'ask',
          range(6).map(
            index => () =>
              meter.during(async () => {
                if (index === 3) interruption.here();
                done.note(String(index));
                await new Promise(resolve => setImmediate(resolve));
                return index;
              }),
          ),
          { maxConcurrency: 2 },
        ),
      );
    const { run, status } = await interruption.run(bench, build());
    expect(status).toBe('interrupted');
    expect(done.entries.length).toBeLessThan(5);
    expect(await bench.resume(build(), run)).toMatchObject({ status: 'completed', output: range(6) });
    expect(done.entries.toSorted()).toEqual(range(6).map(String));
    expect(meter.most).toBe(2);
  });

  test('counts a member as one that runs while it waits for another attempt', async () => {
    const bench = new TimedBench();
    const done = new Ledger();
    await bench.run(
      workflow(flow =>
        flow
          .parallel(
            'ask',
            {
              twice: ctx => {
                done.note(`twice ${ctx.attempt}`);
                if (ctx.attempt === 1) throw new Error('once');
              },
              other: () => done.note('other'),
            },
            { maxConcurrency: 1 },
          )
          .retry({ attempts: 2, backoff: { delay: 20 } }),
      ),
    );
    expect(done.entries).toEqual(['twice 1', 'twice 2', 'other']);
  });
});

describe('a parallel with a timeout', () => {
  test('ends the members that run, begins no other, and keeps what has succeeded: a re-run executes only the rest', async () => {
    const bench = new TimedBench();
    const done = new Ledger();
    let slow = true;
    const build = () =>
      workflow(flow =>
        flow
          .parallel(
            'ask',
            {
              quick: () => {
                done.note('quick');
                return 'q';
              },
              slow: async ctx => {
                done.note('slow');
                if (slow) await bench.clock.sleep(80, ctx.signal).catch((error: Error) => done.note(error.message));
                return 's';
              },
              late: () => {
                done.note('late');
                return 'l';
              },
            },
            { maxConcurrency: 1, timeout: 50 },
          )
          .step('end', ctx => ctx.last),
      );
    const first = await bench.run(build());
    expect(first).toMatchObject({
      status: 'failed',
      durationMs: 50,
      error: { name: 'TimeoutError', message: OVER, step: 'ask/slow' },
    });
    expect(done.take()).toEqual(['quick', 'slow', OVER]);
    expect(statusesOf(bench, first.run, 'ask/quick')).toEqual(['succeeded']);
    expect(attemptsOf(bench, first.run, 'ask/slow')).toMatchObject([{ status: 'failed', error: { message: OVER } }]);
    expect(attemptsOf(bench, first.run, 'ask/late')).toEqual([]);
    slow = false;
    const again = await bench.rerun(build(), first.run);
    expect(again).toMatchObject({ status: 'completed', output: { quick: 'q', slow: 's', late: 'l' } });
    expect(done.entries).toEqual(['slow', 'late']);
  });

  test('is over also for members that wait, for their delay or for another attempt', async () => {
    const bench = new TimedBench();
    const done = new Ledger();
    const summary = await bench.run(
      workflow(flow =>
        flow
          .parallel(
            'ask',
            {
              failing: () => {
                done.note('failing');
                throw new Error('no');
              },
            },
            { timeout: 50 },
          )
          .delay(10)
          .retry({ attempts: 5, backoff: { delay: 30 } }),
      ),
    );
    expect(summary).toMatchObject({ status: 'failed', durationMs: 50, error: { message: OVER, step: 'ask' } });
    expect(done.entries).toEqual(['failing', 'failing']);
  });

  test('is no failure that a member is tried again for, and its onError answers it', async () => {
    const bench = new TimedBench();
    const done = new Ledger();
    const summary = await bench.run(
      workflow(flow =>
        flow
          .parallel(
            'ask',
            [
              async () => {
                done.note('asked');
                await bench.clock.sleep(500);
              },
            ],
            { timeout: 50 },
          )
          .retry({ attempts: 3 })
          .onError(ctx => `${ctx.error.name}: ${ctx.error.message}`)
          .step('end', ctx => ctx.last),
      ),
    );
    expect(summary).toMatchObject({ status: 'completed', output: `TimeoutError: ${OVER}` });
    expect(done.entries).toEqual(['asked']);
  });

  test('has its time anew in a resume, and in another attempt of its batch', async () => {
    const bench = new TimedBench();
    const done = new Ledger();
    const summary = await bench.run(
      workflow(flow =>
        flow.forEach(
          'each',
          [1],
          (_item, flow) => {
            flow.parallel(
              'ask',
              [0, 1, 2].map(index => async () => {
                done.note(String(index));
                await bench.clock.sleep(30);
              }),
              { maxConcurrency: 1, timeout: 50 },
            );
          },
          { retry: { attempts: 3, backoff: { delay: 1 } } },
        ),
      ),
    );
    expect(summary.status).toBe('completed');
    expect(done.entries).toEqual(['0', '1', '1', '2', '2']);
  });

  test('does nothing where all are done in time, and is not the timeout of each member', async () => {
    const bench = new TimedBench();
    const member = (ms: number) => async () => {
      await bench.clock.sleep(ms);
      return ms;
    };
    const build = (each: number) =>
      workflow(flow => flow.parallel('ask', [member(20), member(40)], { timeout: 50 }).timeout(each));
    expect(await bench.run(build(45))).toMatchObject({ status: 'completed', output: [20, 40], durationMs: 40 });
    expect(await bench.run(build(30))).toMatchObject({
      status: 'failed',
      error: { message: '"ask/2" took longer than its timeout of 30 ms' },
    });
  });

  test('leaves it to a stop what the run becomes', async () => {
    const bench = new TimedBench();
    const inProgress = await bench.start(
      workflow(flow =>
        flow.parallel('ask', [async ctx => bench.clock.sleep(80, ctx.signal), () => 1], { timeout: 50 }),
      ),
    );
    const pausing = bench.clock.sleep(20).then(() => inProgress.run.stopping.request({ as: 'paused', reason: 'test' }));
    expect((await bench.clock.settle(inProgress.done)).status).toBe('paused');
    await pausing;
    expect(statusesOf(bench, inProgress.id, 'ask/1')).toEqual(['interrupted']);
  });
});
