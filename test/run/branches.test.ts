import { describe, expect, test } from 'vitest';
import { Interruption } from '../support/interruption.ts';
import { Ledger } from '../support/outside.ts';
import { attemptsOf, statusesOf } from '../support/recorded.ts';
import { Bench, workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';

describe('one way is taken', () => {
  const build = (done: Ledger) =>
    workflow(flow =>
      flow
        .step('size', ctx => ctx.payload as number)
        .if('large', ctx => {
          done.note('large?');
          return ctx.last > 100;
        })
        .step('split', () => {
          done.note('split');
          return 'split';
        })
        .step('compress', ctx => {
          done.note('compress');
          return `${ctx.last} and compressed`;
        })
        .elseIf('medium', ctx => {
          done.note('medium?');
          return ctx.last > 10;
        })
        .step('copy', () => {
          done.note('copy');
          return 'copied';
        })
        .elseIf('small', ctx => {
          done.note('small?');
          return ctx.last > 0;
        })
        .action('tell', () => {
          done.note('tell');
        })
        .else()
        .step('skip', () => {
          done.note('skip');
          return 'skipped';
        })
        .endIf()
        .step('end', ctx => [ctx.last, ctx.steps.split?.output, ctx.steps.copy?.output]),
    );

  test.each([
    [500, ['large?', 'split', 'compress'], ['split and compressed', 'split', undefined]],
    [50, ['large?', 'medium?', 'copy'], ['copied', undefined, 'copied']],
    [5, ['large?', 'medium?', 'small?', 'tell'], [5, undefined, undefined]],
    [0, ['large?', 'medium?', 'small?', 'skip'], ['skipped', undefined, undefined]],
  ])(
    'for %i: conditions are asked in order until one holds, and ctx.last is what that branch left',
    async (size, done, output) => {
      const ledger = new Ledger();
      const summary = await new Bench().run(build(ledger), size);
      expect(summary).toMatchObject({ status: 'completed', output });
      expect(ledger.entries).toEqual(done);
    },
  );

  test('or none: ctx.last stays, and the steps inside are known but have no result', async () => {
    const summary = await new Bench().run(
      workflow(flow =>
        flow
          .step('load', () => 'films')
          .if('never', () => false)
          .step('inside', () => 'inside')
          .endIf()
          .if('not that either', () => false)
          .elseIf('nor that', () => false)
          .step('deeper', () => 'deeper')
          .endIf()
          .step('end', ctx => [ctx.last, ctx.steps.inside, ctx.steps.deeper]),
      ),
    );
    expect(summary.output).toEqual(['films', undefined, undefined]);
  });

  test('also when it is empty', async () => {
    const summary = await new Bench().run(
      workflow(flow =>
        flow
          .step('load', () => 'films')
          .if('always', () => true)
          .else()
          .step('other', () => 'other')
          .endIf()
          .step('end', ctx => ctx.last),
      ),
    );
    expect(summary.output).toBe('films');
  });

  test.each<[string, unknown, boolean]>([
    ['true', true, true],
    ['1', 1, true],
    ['a text', 'no', true],
    ['an empty list', [], true],
    ['false', false, false],
    ['0', 0, false],
    ['an empty text', '', false],
    ['null', null, false],
    ['undefined', undefined, false],
    ['NaN', Number.NaN, false],
  ])('by what the condition gives, awaited: %s', async (_of, given, taken) => {
    const run = (condition: () => unknown) =>
      new Bench().run(
        workflow(flow =>
          flow
            .if('asked', condition)
            .step('yes', () => true)
            .else()
            .step('no', () => false)
            .endIf(),
        ),
      );
    expect((await run(() => given)).output).toBe(taken);
    expect(
      (
        await run(async () => {
          await Promise.resolve();
          return given;
        })
      ).output,
    ).toBe(taken);
  });

  test('the condition sees what a step would see', async () => {
    const seen: unknown[] = [];
    await new Bench().run(
      workflow(flow =>
        flow
          .step('load', async ctx => {
            await ctx.state.set('n', 3);
            return 'films';
          })
          .forEach('each', ['a'], (item, inner) => {
            inner
              .step('look', () => `look at ${item}`)
              .if('asked', ctx => {
                seen.push(ctx.last, ctx.steps.load.output, ctx.state.get('n'), ctx.payload, ctx.batch, inner.last);
                return true;
              })
              .endIf();
          }),
      ),
      'payload',
    );
    expect(seen).toEqual(['look at a', 'films', 3, 'payload', { node: 'each', index: 0, items: 1 }, 'look at a']);
  });

  test('ifs may stand in ifs, and the outer one goes on after the inner', async () => {
    const build = () =>
      workflow(flow =>
        flow
          .if('even', ctx => ctx.payload % 2 === 0)
          .if('by four', ctx => ctx.payload % 4 === 0)
          .step('four', () => ['four'])
          .else()
          .step('two', () => ['two'])
          .endIf()
          .step('even-end', ctx => [...ctx.last, 'even'])
          .else()
          .step('odd', () => ['odd'])
          .if('by three', ctx => ctx.payload % 3 === 0)
          .step('three', ctx => [...ctx.last, 'three'])
          .endIf()
          .step('odd-end', ctx => [...ctx.last, 'end of odd'])
          .endIf()
          .step('end', ctx => ctx.last),
      );
    const bench = new Bench();
    expect((await bench.run(build(), 4)).output).toEqual(['four', 'even']);
    expect((await bench.run(build(), 2)).output).toEqual(['two', 'even']);
    expect((await bench.run(build(), 3)).output).toEqual(['odd', 'three', 'end of odd']);
    expect((await bench.run(build(), 1)).output).toEqual(['odd', 'end of odd']);
  });

  test('each batch goes its own', async () => {
    const bench = new Bench();
    const { run } = await bench.run(
      workflow(flow =>
        flow.batch('clean', { items: [1, 2, 3, 4, 5], size: 2, concurrency: 3 }, (batch, inner) => {
          inner
            .step('count', () => batch.length)
            .if('full', ctx => ctx.last === 2)
            .step('whole', () => `whole ${batch.join()}`)
            .else()
            .step('rest', () => `rest ${batch.join()}`)
            .endIf()
            .step('end', ctx => ctx.last);
        }),
      ),
    );
    expect(
      attemptsOf(bench, run, 'clean/end')
        .map(({ output }) => output)
        .toSorted(),
    ).toEqual(['rest 5', 'whole 1,2', 'whole 3,4']);
    expect(statusesOf(bench, run, 'clean/rest')).toEqual(['succeeded']);
  });

  test('batches, parallels and whiles may stand in branches', async () => {
    const done = new Ledger();
    const summary = await new Bench().run(
      workflow(flow =>
        flow
          .if('yes', () => true)
          .forEach('each', ['a', 'b'], (item, inner) => {
            inner.step('work', () => done.note(item));
          })
          .parallel('both', [() => 1, () => 2])
          .else()
          .forEach('others', ['c'], (item, inner) => {
            inner.step('work', () => done.note(item));
          })
          .endIf()
          .step('end', ctx => ctx.last),
      ),
    );
    expect(summary.output).toEqual([1, 2]);
    expect(done.entries).toEqual(['a', 'b']);
  });
});

describe('a condition that throws', () => {
  test('fails the run, or its batch, and names the if', async () => {
    const bench = new Bench();
    const { status, error } = await bench.run(
      workflow(flow =>
        flow
          .if('readable', () => {
            throw new Error('no film');
          })
          .step('read', () => 1)
          .endIf(),
      ),
    );
    expect([status, error]).toMatchObject(['failed', { message: 'no film', step: 'readable' }]);
    const inBatch = await bench.run(
      workflow(flow =>
        flow.forEach('each', [1, 2], (item, inner) => {
          inner
            .if('readable', () => {
              if (item === 2) throw new Error('no film');
            })
            .endIf();
        }),
      ),
    );
    expect(inBatch.batches).toMatchObject({ succeeded: 1, failed: 1 });
  });

  test('is asked again by a re-run', async () => {
    let broken = true;
    const bench = new Bench();
    const build = () =>
      workflow(flow =>
        flow
          .if('readable', () => {
            if (broken) throw new Error('no film');
            return true;
          })
          .step('read', () => 'read')
          .endIf(),
      );
    const { run } = await bench.run(build());
    broken = false;
    expect(await bench.rerun(build(), run)).toMatchObject({ status: 'completed', output: 'read' });
    expect(statusesOf(bench, run, 'readable')).toEqual(['failed', 'succeeded']);
  });
});

describe('the way that was taken is a checkpoint', () => {
  test.each([
    ['taken', true, 'big'],
    ['not taken', false, 'small'],
  ])(
    'a resumed run goes the same way though the condition would now say otherwise: %s',
    async (_of, before, output) => {
      let answer = before;
      const asked = new Ledger();
      const interruption = new Interruption();
      const bench = new Bench();
      const build = () =>
        workflow(flow =>
          flow
            .if('big', () => {
              asked.note('big?');
              return answer;
            })
            .step('split', () => {
              interruption.here();
              return 'big';
            })
            .else()
            .step('copy', () => {
              interruption.here();
              return 'small';
            })
            .endIf(),
        );
      const { run, status } = await interruption.run(bench, build());
      expect(status).toBe('interrupted');
      answer = !before;
      expect(await bench.resume(build(), run)).toMatchObject({ status: 'completed', output });
      expect(asked.entries, 'it is asked once').toEqual(['big?']);
    },
  );

  test('that none was taken is one too', async () => {
    let answer = false;
    const interruption = new Interruption();
    const bench = new Bench();
    const build = () =>
      workflow(flow =>
        flow
          .step('load', () => 'films')
          .if('big', () => answer)
          .step('split', () => 'split')
          .endIf()
          .step('end', ctx => {
            interruption.here();
            return ctx.last;
          }),
      );
    const { run } = await interruption.run(bench, build());
    answer = true;
    expect(await bench.resume(build(), run)).toMatchObject({ status: 'completed', output: 'films' });
  });

  test('for a further try of a batch, too', async () => {
    const bench = new TimedBench();
    const asked = new Ledger();
    const { run, status } = await bench.run(
      workflow(flow =>
        flow.forEach(
          'each',
          ['a'],
          (item, inner) => {
            inner
              // Would go the other way the second time.
              .if('first time', () => {
                asked.note(item);
                return asked.times(item) === 1;
              })
              .step('work', ctx => {
                if (ctx.attempt === 1) throw new Error('not yet');
              })
              .else()
              .step('other', () => 1)
              .endIf();
          },
          { retry: { attempts: 2 } },
        ),
      ),
    );
    expect(status).toBe('completed');
    expect(asked.entries).toEqual(['a']);
    expect(statusesOf(bench, run, 'each/work')).toEqual(['failed', 'succeeded']);
  });

  test('in each batch, and for a retry too', async () => {
    const asked = new Ledger();
    const interruption = new Interruption();
    const bench = new Bench();
    const build = () =>
      workflow(flow =>
        flow.forEach('each', ['a', 'b'], (item, inner) => {
          inner
            // Would go the other way the second time.
            .if('first time', () => {
              asked.note(item);
              return asked.times(item) === 1;
            })
            .step('work', ctx => {
              if (ctx.attempt === 1) throw new Error('not yet');
              interruption.here();
              return `${item} the first way`;
            })
            .retry({ attempts: 2, backoff: { delay: 0 } })
            .else()
            .step('other', () => `${item} the second way`)
            .endIf();
        }),
      );
    const { run } = await interruption.run(bench, build());
    expect((await bench.resume(build(), run)).status).toBe('completed');
    expect(asked.entries).toEqual(['a', 'b']);
    expect(
      attemptsOf(bench, run, 'each/work').flatMap(({ status, output }) => (status === 'succeeded' ? [output] : [])),
    ).toEqual(['a the first way', 'b the first way']);
    expect(statusesOf(bench, run, 'each/other')).toEqual([]);
  });
});
