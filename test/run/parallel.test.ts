import { describe, expect, test } from 'vitest';
import { Interruption } from '../support/interruption.ts';
import { Gate, Ledger } from '../support/outside.ts';
import { attemptsOf, statusesOf } from '../support/recorded.ts';
import { Bench, workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';

describe('parallel', () => {
  test('gives the outputs in the shape of the members: a list or a record', async () => {
    const { output } = await new Bench().run(
      workflow(flow =>
        flow
          .step('load', () => 2)
          .parallel('list', [ctx => ctx.last * 1, async ctx => ctx.last * 2])
          .parallel('record', { left: ctx => ctx.last[0], right: ctx => ctx.last[1] })
          .parallel([() => 'unnamed'])
          .step('end', ctx => [ctx.steps.list.output, ctx.steps.record.output, ctx.last]),
      ),
    );
    expect(output).toEqual([[2, 4], { left: 2, right: 4 }, ['unnamed']]);
  });

  test('runs its members at the same time', async () => {
    const gate = new Gate();
    const bench = new Bench();
    const member = async () => {
      await gate.pass();
    };
    const run = bench.run(workflow(flow => flow.parallel('both', [member, member, member])));
    await gate.reached(3);
    gate.open();
    expect((await run).status).toBe('completed');
  });

  test('with a failing member lets the others finish, and a re-run repeats only that one', async () => {
    let broken = true;
    const done = new Ledger();
    const gate = new Gate();
    const bench = new Bench();
    const build = () =>
      workflow(flow =>
        flow
          .parallel('both', {
            bad: () => {
              done.note('bad');
              gate.open();
              if (broken) throw new Error('no left');
              return 'left';
            },
            slow: async () => {
              await gate.pass();
              done.note('slow');
              return 'right';
            },
          })
          .step('end', ctx => ctx.last),
      );
    const first = await bench.run(build());
    expect(first).toMatchObject({ status: 'failed', error: { message: 'no left', step: 'both/bad' } });
    expect(done.take()).toEqual(['bad', 'slow']);
    broken = false;
    expect(await bench.rerun(build(), first.run)).toMatchObject({
      status: 'completed',
      output: { bad: 'left', slow: 'right' },
    });
    expect(done.entries).toEqual(['bad']);
  });

  test('in a batch, too', async () => {
    let broken = true;
    const done = new Ledger();
    const bench = new Bench();
    const build = () =>
      workflow(flow =>
        flow.forEach('each', ['a', 'b'], (item, inner) => {
          inner.parallel('both', [
            () => {
              done.note(`left ${item}`);
            },
            () => {
              done.note(`right ${item}`);
              if (broken && item === 'b') throw new Error('no');
            },
          ]);
        }),
      );
    const first = await bench.run(build());
    expect(first.batches).toMatchObject({ succeeded: 1, failed: 1 });
    done.take();
    broken = false;
    expect((await bench.rerun(build(), first.run)).status).toBe('completed');
    expect(done.entries).toEqual(['right b']);
  });

  test('in a batch that is tried again repeats only the member that failed', async () => {
    const bench = new TimedBench();
    const done = new Ledger();
    const { status } = await bench.run(
      workflow(flow =>
        flow.forEach(
          'each',
          ['a'],
          (_item, inner) => {
            inner.parallel('both', [
              () => {
                done.note('good');
              },
              () => {
                done.note('bad');
                if (done.times('bad') === 1) throw new Error('once');
              },
            ]);
          },
          { retry: { attempts: 2 } },
        ),
      ),
    );
    expect(status).toBe('completed');
    expect(done.counts).toEqual({ good: 1, bad: 2 });
  });

  test('has its explain for whichever member fails', async () => {
    const bench = new Bench();
    const explain = (error: Error) => `Plainly: ${error.message}`;
    const { error, run } = await bench.run(
      workflow(flow =>
        flow.parallel({ id: 'both', explain }, [
          () => {
            throw new Error('no left');
          },
          () => 'right',
        ]),
      ),
    );
    expect(error).toMatchObject({ message: 'no left', explain: 'Plainly: no left' });
    expect(attemptsOf(bench, run, 'both/1')[0]?.error?.explain).toBe('Plainly: no left');
  });

  test('goes on after an interruption with the members that had not finished', async () => {
    const done = new Ledger();
    const finished = new Gate();
    const interruption = new Interruption();
    const bench = new Bench();
    const build = () =>
      workflow(flow =>
        flow.parallel('both', {
          quick: () => {
            done.note('quick');
            finished.open();
            return 1;
          },
          slow: async () => {
            done.note('slow');
            await finished.pass();
            interruption.here();
            return 2;
          },
        }),
      );
    const { run } = await interruption.run(bench, build());
    expect(await bench.resume(build(), run)).toMatchObject({ status: 'completed', output: { quick: 1, slow: 2 } });
    expect(done.counts).toEqual({ quick: 1, slow: 2 });
  });

  test('has its retry and timeout for each member, and its onError for the whole', async () => {
    const bench = new TimedBench();
    const { output, run } = await bench.run(
      workflow(flow =>
        flow
          .parallel('both', {
            good: () => 'good',
            bad: () => {
              throw new Error('no');
            },
            slow: () => new Promise(() => undefined),
          })
          .retry({ attempts: 2, backoff: { delay: 10 } })
          .timeout(50)
          .onError(ctx => `instead: ${ctx.error.message}`)
          .step('end', ctx => ctx.last),
      ),
    );
    expect(output).toBe('instead: no');
    expect(statusesOf(bench, run, 'both/good')).toEqual(['succeeded']);
    expect(statusesOf(bench, run, 'both/bad')).toEqual(['failed', 'failed']);
    expect(statusesOf(bench, run, 'both/slow')).toEqual(['failed', 'failed']);
  });
});
