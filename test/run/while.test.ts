import { describe, expect, test } from 'vitest';
import type { BodyFlow } from '../../engine/workflow/types.ts';
import { Interruption } from '../support/interruption.ts';
import { Ledger } from '../support/outside.ts';
import { attemptsOf, batchesOf } from '../support/recorded.ts';
import { Bench, workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';

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

  test('fails with the step that fails, and a re-run continues at that step of that round', async () => {
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

  test("whose condition throws, or held for too long, continues with a re-run, which asks today's condition", async () => {
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
