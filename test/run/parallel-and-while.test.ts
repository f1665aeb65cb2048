import { describe, expect, onTestFinished, test } from 'vitest';
import { attachToPoints } from '../../engine/failpoints.ts';
import type { BodyFlow } from '../../engine/workflow/types.ts';
import { Interruption } from '../support/interruption.ts';
import { Gate, Ledger } from '../support/outside.ts';
import { attemptsOf, batchesOf, statusesOf } from '../support/recorded.ts';
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

describe('while', () => {
  test('runs its body as long as the condition holds; each round begins where the one before ended', async () => {
    const seen: unknown[] = [];
    const bench = new Bench();
    const summary = await bench.run(
      workflow(flow =>
        flow
          .step('start', () => 1)
          .while(
            'double',
            async ctx => {
              seen.push(`ask ${ctx.last}`);
              return ctx.last < 10;
            },
            inner => {
              inner
                .step('twice', () => inner.last * 2)
                .action('note', ctx => {
                  seen.push(`did ${ctx.last} of ${ctx.steps.start.output}`);
                });
            },
          )
          .step('end', ctx => [ctx.last, ctx.steps.double.output]),
      ),
    );
    expect(seen).toEqual([
      'ask 1',
      'did 2 of 1',
      'ask 2',
      'did 4 of 1',
      'ask 4',
      'did 8 of 1',
      'ask 8',
      'did 16 of 1',
      'ask 16',
    ]);
    expect(summary.output).toEqual([{ rounds: 4 }, { rounds: 4 }]);
    expect(batchesOf(bench, summary.run, 'double').map(({ index, status }) => [index, status])).toEqual([
      [0, 'succeeded'],
      [1, 'succeeded'],
      [2, 'succeeded'],
      [3, 'succeeded'],
    ]);
  });

  test('may run no round at all', async () => {
    const { output } = await new Bench().run(
      workflow(flow =>
        flow.while(
          'never',
          () => 0,
          inner => {
            inner.step('work', () => {
              throw new Error('ran');
            });
          },
        ),
      ),
    );
    expect(output).toEqual({ rounds: 0 });
  });

  test('lets its condition read the steps of the round before, which before the first round have no result', async () => {
    const seen: unknown[] = [];
    await new Bench().run(
      workflow(flow =>
        flow
          .step('poll', () => 'outer')
          .while(
            'wait',
            ctx => {
              seen.push([ctx.steps.poll?.output, ctx.steps.count?.output]);
              return ctx.steps.count?.output !== 2;
            },
            inner => {
              inner.step('poll', ctx => `inner ${ctx.state.get('n', 0)}`).step('count', ctx => ctx.state.incr('n'));
            },
          ),
      ),
    );
    expect(seen).toEqual([
      [undefined, undefined],
      ['inner 0', 1],
      ['inner 1', 2],
    ]);
  });

  test('says of a name that no step has what was meant, in the condition too', async () => {
    const { error } = await new Bench().run(
      workflow(flow =>
        flow.while(
          'wait',
          ctx => ctx.steps.cuont?.output !== 2,
          inner => {
            inner.step('count', () => 2);
          },
        ),
      ),
    );
    expect(error?.message).toBe('There is no step named "cuont" here. Did you mean "count"?');
  });

  test('lets its condition read state', async () => {
    const { output, state } = await new Bench().run(
      workflow(flow =>
        flow
          .step('queue', ctx => ctx.state.set('queue', ['a', 'b', 'c']))
          .while(
            'work',
            ctx => ctx.state.get('queue', []).length > 0,
            inner => {
              inner.step('take', ctx =>
                ctx.state.update('queue', (queue: string[] | undefined) => queue?.slice(1) ?? []),
              );
            },
          ),
      ),
    );
    expect(output).toEqual({ rounds: 3 });
    expect(state).toEqual({ queue: [] });
  });

  test('fails when its condition still holds after maxRounds, and not when it does not', async () => {
    const bench = new Bench();
    const run = (until: number) =>
      bench.run(
        workflow(flow =>
          flow.while(
            'again',
            ctx => ctx.state.get('n', 0) < until,
            inner => {
              inner.step('work', ctx => ctx.state.incr('n'));
            },
            { maxRounds: 3 },
          ),
        ),
      );
    expect((await run(3)).output).toEqual({ rounds: 3 });
    expect(await run(4)).toMatchObject({
      status: 'failed',
      state: { n: 3 },
      error: {
        message:
          'while "again" has gone 3 rounds and its condition still holds. Fix the condition, or raise maxRounds.',
      },
    });
  });

  test('may have a body in the old style, which does its work with flow.state and has no steps', async () => {
    const bench = new Bench();
    const oldStyle = (flow: BodyFlow) => {
      const n = flow.state.get('n', 0);
      void flow.state.set('n', n + 1);
    };
    expect(
      await bench.run(workflow(flow => flow.while('count', ctx => ctx.state.get('n', 0) < 3, oldStyle))),
    ).toMatchObject({ output: { rounds: 3 }, state: { n: 3 } });
    const awaiting = (async (flow: BodyFlow) => {
      await flow.state.set('n', (await flow.state.get('n', 0)) + 1);
    }) as (flow: BodyFlow) => void;
    expect(
      await bench.run(workflow(flow => flow.while('count', ctx => ctx.state.get('n', 0) < 3, awaiting))),
    ).toMatchObject({ output: { rounds: 3 }, state: { n: 3 } });
  });

  test('fails with the step that fails, and a re-run goes on at that step of that round', async () => {
    let broken = true;
    const done = new Ledger();
    const bench = new Bench();
    const build = () =>
      workflow(flow =>
        flow.while(
          'again',
          ctx => ctx.state.get('n', 0) < 3,
          inner => {
            inner
              .step('load', ctx => {
                done.note(`load ${ctx.state.get('n', 0)}`);
              })
              .step('work', ctx => {
                done.note(`work ${ctx.state.get('n', 0)}`);
                if (broken && ctx.state.get('n') === 1) throw new Error('no second');
                return ctx.state.incr('n');
              });
          },
        ),
      );
    const first = await bench.run(build());
    expect(first).toMatchObject({ status: 'failed', error: { message: 'no second', step: 'again/work' } });
    expect(batchesOf(bench, first.run, 'again')).toMatchObject([
      { status: 'succeeded' },
      { status: 'failed', error: { name: 'Error', message: 'no second', step: 'again/work' } },
    ]);
    expect(done.take()).toEqual(['load 0', 'work 0', 'load 1', 'work 1']);
    broken = false;
    expect(await bench.rerun(build(), first.run)).toMatchObject({
      status: 'completed',
      output: { rounds: 3 },
      state: { n: 3 },
    });
    expect(done.entries).toEqual(['work 1', 'load 2', 'work 2']);
  });

  test("whose condition throws, or held for too long, goes on with a re-run, which asks today's condition", async () => {
    const bench = new Bench();
    const run = (condition: (n: number) => boolean, maxRounds: number) =>
      workflow(flow =>
        flow.while(
          'again',
          ctx => condition(ctx.state.get('n', 0)),
          inner => {
            inner.step('work', ctx => ctx.state.incr('n'));
          },
          { maxRounds },
        ),
      );
    const thrown = await bench.run(
      run(n => {
        if (n === 1) throw new Error('no answer');
        return true;
      }, 9),
    );
    expect(thrown).toMatchObject({
      status: 'failed',
      state: { n: 1 },
      error: { message: 'no answer', step: 'again/?' },
    });
    expect(
      await bench.rerun(
        run(n => n < 3, 2),
        thrown.run,
      ),
    ).toMatchObject({ status: 'failed', state: { n: 2 } });
    expect(
      await bench.rerun(
        run(n => n < 3, 9),
        thrown.run,
      ),
    ).toMatchObject({ status: 'completed', state: { n: 3 }, output: { rounds: 3 } });
  });

  describe('goes on after an interruption', () => {
    test('in the middle of a round: what is done is not repeated, and its condition is not asked again', async () => {
      const done = new Ledger();
      const interruption = new Interruption();
      const bench = new Bench();
      const build = () =>
        workflow(flow =>
          flow.while(
            'again',
            ctx => {
              done.note('ask');
              return ctx.state.get('n', 0) < 3;
            },
            inner => {
              inner
                .step('one', () => {
                  done.note('one');
                  return 'one';
                })
                .step('two', ctx => {
                  if (ctx.state.get('n') === 1) interruption.here();
                  done.note('two');
                  return ctx.state.incr('n');
                });
            },
          ),
        );
      const { run } = await interruption.run(bench, build());
      expect(done.take()).toEqual(['ask', 'one', 'two', 'ask', 'one']);
      expect(await bench.resume(build(), run)).toMatchObject({
        status: 'completed',
        output: { rounds: 3 },
        state: { n: 3 },
      });
      expect(done.entries).toEqual(['two', 'ask', 'one', 'two', 'ask']);
    });

    test('at the first step of a round: it still sees what the round before left', async () => {
      const interruption = new Interruption();
      const bench = new Bench();
      const seen: unknown[] = [];
      const build = () =>
        workflow(flow =>
          flow
            .step('start', () => 1)
            .while(
              'double',
              ctx => ctx.last < 10,
              inner => {
                inner.step('twice', () => {
                  if (inner.last === 4) interruption.here();
                  seen.push(inner.last);
                  return inner.last * 2;
                });
              },
            ),
        );
      const { run } = await interruption.run(bench, build());
      expect((await bench.resume(build(), run)).output).toEqual({ rounds: 4 });
      expect(seen).toEqual([1, 2, 4, 8]);
    });

    test('after rounds that had no step: the round still sees what an earlier one left', async () => {
      const interruption = new Interruption();
      const bench = new Bench();
      const seen: unknown[] = [];
      const build = () =>
        workflow(flow =>
          flow.while(
            'again',
            ctx => {
              seen.push(ctx.last);
              return ctx.state.get('n', 0) < 4;
            },
            inner => {
              inner
                .action('count', ctx => ctx.state.incr('n'))
                .if('first', ctx => ctx.state.get('n') === 1)
                .step('only', () => 'left by the first')
                .endIf()
                .action('stop', ctx => {
                  if (ctx.state.get('n') === 3) interruption.here();
                  seen.push(ctx.last);
                });
            },
          ),
        );
      const { run } = await interruption.run(bench, build());
      expect((await bench.resume(build(), run)).status).toBe('completed');
      expect(seen).toEqual([undefined, ...Array.from({ length: 8 }, () => 'left by the first')]);
    });

    test('in a round whose body also uses flow.state: that is not done twice', async () => {
      const interruption = new Interruption();
      const bench = new Bench();
      const build = () =>
        workflow(flow =>
          flow.while(
            'again',
            ctx => ctx.state.get('n', 0) < 3,
            inner => {
              const n = inner.state.get('n', 0);
              void inner.state.set('n', n + 1);
              inner.step('work', ctx => {
                if (ctx.state.get('n') === 2) interruption.here();
                return ctx.state.get('n');
              });
            },
          ),
        );
      const { run } = await interruption.run(bench, build());
      expect(await bench.resume(build(), run)).toMatchObject({
        status: 'completed',
        output: { rounds: 3 },
        state: { n: 3 },
      });
      expect(
        attemptsOf(bench, run, 'again/work').flatMap(({ status, output }) => (status === 'succeeded' ? [output] : [])),
      ).toEqual([1, 2, 3]);
    });
  });

  test('may stand in a batch, hold a batch, and hold another while', async () => {
    const done = new Ledger();
    const bench = new Bench();
    const summary = await bench.run(
      workflow(flow =>
        flow.forEach('each', ['a', 'b'], (item, inner) => {
          inner
            .step('start', () => 0)
            .while(
              'outer',
              ctx => (ctx.last ?? 0) < 2,
              round => {
                round
                  .forEach('pages', [1, 2], (page, innermost) => {
                    innermost.step('read', () => done.note(`${item}${page}`));
                  })
                  .step('reset', () => 0)
                  .while(
                    'inner',
                    ctx => ctx.last < 2,
                    again => {
                      again.step('add', () => again.last + 1);
                    },
                  )
                  .step('left', ctx => ctx.steps.inner.output.rounds);
              },
            );
        }),
      ),
    );
    expect(summary).toMatchObject({ status: 'completed', batches: { total: 2, succeeded: 2 } });
    expect(done.entries).toEqual(['a1', 'a2', 'b1', 'b2']);
    expect(attemptsOf(bench, summary.run, 'each/outer/left').map(({ output }) => output)).toEqual([2, 2]);
  });

  test('in a batch gives a step that is tried again the items of the batch back', async () => {
    const bench = new TimedBench();
    const seen: number[][] = [];
    await bench.run(
      workflow(flow =>
        flow.batch('clean', { items: [1, 2, 3], size: 3 }, (batch, inner) => {
          inner.while(
            'again',
            ctx => ctx.state.get('n', 0) < 2,
            round => {
              round
                .step('work', async ctx => {
                  seen.push([...batch]);
                  batch.length = 0;
                  if (ctx.attempt === 1) throw new Error('once');
                  batch.push(ctx.state.get('n', 0));
                  await ctx.state.incr('n');
                })
                .retry({ attempts: 2 });
            },
          );
        }),
      ),
    );
    expect(seen).toEqual([[1, 2, 3], [1, 2, 3], [0], [1, 2, 3]]);
  });

  test('in a batch that is tried again goes on at its failed round', async () => {
    const done = new Ledger();
    const bench = new TimedBench();
    const summary = await bench.run(
      workflow(flow =>
        flow.forEach(
          'each',
          ['a'],
          (_item, inner) => {
            inner.while(
              'again',
              ctx => ctx.state.get('n', 0) < 3,
              round => {
                round.step('work', ctx => {
                  const n = ctx.state.get('n', 0);
                  done.note(`work ${n}`);
                  if (n === 1 && done.times('work 1') === 1) throw new Error('once');
                  return ctx.state.incr('n');
                });
              },
            );
          },
          { retry: { attempts: 2 } },
        ),
      ),
    );
    expect(summary).toMatchObject({ status: 'completed', state: { n: 3 } });
    expect(done.entries).toEqual(['work 0', 'work 1', 'work 1', 'work 2']);
  });
});

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
