import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { PayloadError } from '../../engine/run/payload.ts';
import { NotDataError } from '../../engine/store/codec.ts';
import { Interruption } from '../support/interruption.ts';
import { Ledger } from '../support/outside.ts';
import { attemptsOf, logOf, statusesOf } from '../support/recorded.ts';
import { Bench, workflow } from '../support/runs.ts';

describe('results', () => {
  test('of a step are ctx.last for the next and ctx.steps[name].output for all that follow', async () => {
    const seen: unknown[] = [];
    const summary = await new Bench().run(
      workflow(flow =>
        flow
          .step('first', ctx => {
            seen.push(ctx.last);
            return 1;
          })
          .step('second', async ctx => {
            seen.push(ctx.last, ctx.steps.first.output);
            return 'two';
          })
          .step('third', ctx => {
            seen.push(ctx.last, ctx.steps.first.output, ctx.steps.second.output);
            return { three: 3 };
          }),
      ),
    );
    expect(seen).toEqual([undefined, 1, 1, 'two', 1, 'two']);
    expect(summary).toMatchObject({ status: 'completed', output: { three: 3 }, steps: { executed: 3 } });
  });

  test('a workflow without steps completes, and gives nothing', async () => {
    expect(await new Bench().run(workflow(flow => flow))).toMatchObject({
      status: 'completed',
      output: undefined,
      steps: { executed: 0 },
    });
  });

  test('are awaited, whatever promise library they come from', async () => {
    const summary = await new Bench().run(
      workflow(flow =>
        flow
          // oxlint-disable-next-line unicorn/no-thenable
          .step('thenable', () => ({ then: (resolve: (value: string) => void) => resolve('from afar') }))
          .step('next', ctx => ctx.last),
      ),
    );
    expect(summary.output).toBe('from afar');
  });

  test('of an action are ignored: ctx.last and ctx.steps stay what they were', async () => {
    const done = new Ledger();
    const summary = await new Bench().run(
      workflow(flow =>
        flow
          .step('load', () => 'films')
          .action('tell', async () => {
            await Promise.resolve();
            done.note('told');
            return 'ignored';
          })
          .step('next', ctx => {
            done.note('next');
            return [ctx.last, ctx.steps.tell];
          }),
      ),
    );
    expect(summary.output).toEqual(['films', undefined]);
    expect(done.entries, 'an action is awaited in its place').toEqual(['told', 'next']);
  });

  test('of an action need not be data', async () => {
    const summary = await new Bench().run(
      workflow(flow => flow.step('load', () => 1).action('listen', () => new Socket())),
    );
    expect(summary).toMatchObject({ status: 'completed', output: 1 });
  });

  test('are undefined for a step that has not run yet, and a misspelled name throws with the one that was meant', async () => {
    const bench = new Bench();
    const ask = (name: string) =>
      bench.run(
        workflow(flow =>
          flow
            .step('load-films', () => 1)
            .step('ask', ctx => [ctx.steps[name]])
            .step('later', ctx => ctx.last),
        ),
      );
    expect((await ask('later')).output).toEqual([undefined]);
    expect((await ask('load-film')).error).toMatchObject({
      name: 'WorkflowError',
      message: 'There is no step named "load-film" here. Did you mean "load-films"?',
      step: 'ask',
    });
    expect((await ask('somewhere-else')).error).toMatchObject({
      name: 'WorkflowError',
      message: 'There is no step named "somewhere-else" here.',
    });
  });

  test('can be asked for by name, listed and copied, and not be set', async () => {
    const summary = await new Bench().run(
      workflow(flow =>
        flow
          .step('load', () => 1)
          .step('ask', ctx => ({
            load: 'load' in ctx.steps,
            later: 'later' in ctx.steps,
            never: 'never' in ctx.steps,
            keys: Object.keys(ctx.steps),
            copy: { ...ctx.steps }.load.output as unknown,
          }))
          .step('later', ctx => ctx.last),
      ),
    );
    expect(summary.output).toEqual({ load: true, later: false, never: false, keys: ['load', 'ask', 'later'], copy: 1 });
    const setting = await new Bench().run(
      workflow(flow =>
        flow
          .step('load', () => 1)
          .step('set', ctx => {
            Object.assign(ctx.steps, { load: { output: 2 } });
          }),
      ),
    );
    expect(setting.error?.message).toBe('ctx.steps["load"] cannot be set: results are what steps return.');
  });
});

describe('in a batch', () => {
  test('outer steps are seen, and inner ones of the same name come before them', async () => {
    const seen: unknown[] = [];
    await new Bench().run(
      workflow(flow =>
        flow
          .step('config', () => 'outer config')
          .step('name', () => 'outer name')
          .forEach('each', ['a'], (item, inner) => {
            inner
              .action('before', ctx => {
                seen.push([ctx.steps.config.output, ctx.steps.name?.output, ctx.last]);
              })
              .step('name', () => `inner name of ${item}`)
              .action('after', ctx => {
                seen.push([ctx.steps.config.output, ctx.steps.name.output, ctx.last]);
              });
          })
          .action('outside', ctx => {
            seen.push(ctx.steps.name.output);
          }),
      ),
    );
    expect(seen).toEqual([
      // The inner step has not run yet: the outer one of its name is not taken for it.
      ['outer config', undefined, 'outer name'],
      ['outer config', 'inner name of a', 'inner name of a'],
      'outer name',
    ]);
  });

  test('inner steps are unknown outside, and to other batches', async () => {
    const summary = await new Bench().run(
      workflow(flow =>
        flow
          .forEach('each', ['a', 'b'], (item, inner) => {
            inner
              .action('look', ctx => {
                if (ctx.steps.clean) throw new Error('seen');
              })
              .step('clean', () => item);
          })
          .step('ask', ctx => ctx.steps.clean),
      ),
    );
    expect(summary.batches).toMatchObject({ succeeded: 2 });
    expect(summary.error?.message).toBe('There is no step named "clean" here.');
  });

  test('flow and ctx are two views of the same: last, steps, state, payload, run, signal', async () => {
    const bench = new Bench();
    const summary = await bench.run(
      workflow(flow =>
        flow
          .step('load', () => 'films')
          .forEach('each', ['a'], (item, inner) => {
            inner
              .step('one', () => `one ${item}`)
              .step('two', async ctx => {
                await inner.state.incr('n');
                return [
                  inner.last === ctx.last,
                  Object.is(inner.steps, ctx.steps),
                  inner.steps.load.output,
                  inner.steps.one.output,
                  ctx.state.get('n'),
                  inner.payload === ctx.payload,
                  inner.run === ctx.run,
                  inner.signal === ctx.signal,
                ];
              });
          }),
      ),
      { since: 1894 },
    );
    expect(summary.state).toEqual({ n: 1 });
    expect(attemptsOf(bench, summary.run, 'each/two')[0]?.output).toEqual([
      true,
      true,
      'films',
      'one a',
      1,
      true,
      true,
      true,
    ]);
  });

  test('ctx says which batch of what, and which run', async () => {
    const bench = new Bench();
    const { run } = await bench.run(
      workflow(flow =>
        flow
          .step('outside', ctx => ctx.batch)
          .batch('clean', { items: [1, 2, 3], size: 2 }, (_batch, inner) => {
            inner.step('where', ctx => ({ batch: ctx.batch, run: ctx.run }));
          }),
      ),
    );
    expect(attemptsOf(bench, run, 'outside')[0]?.output).toBeUndefined();
    expect(attemptsOf(bench, run, 'clean/where').map(({ output }) => output)).toEqual([
      { batch: { node: 'clean', index: 0, items: 2 }, run: { id: String(run), workflowId: 'test' } },
      { batch: { node: 'clean', index: 1, items: 1 }, run: { id: String(run), workflowId: 'test' } },
    ]);
  });
});

describe('idempotencyKey', () => {
  test('is the same for all attempts of a step, over a retry and a resume', async () => {
    const keys: string[] = [];
    const interruption = new Interruption();
    const bench = new Bench();
    const build = () =>
      workflow(flow =>
        flow.forEach('each', ['a'], (_item, inner) => {
          inner
            .step('pay', ctx => {
              keys.push(ctx.idempotencyKey);
              if (keys.length === 1) throw new Error('refused');
              interruption.here();
            })
            .retry({ attempts: 2, backoff: { delay: 0 } });
        }),
      );
    const first = await interruption.run(bench, build());
    expect((await bench.resume(build(), first.run)).status).toBe('completed');
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
  });

  test('is another for every step, batch, item, round, member, condition and run', async () => {
    const keys: string[] = [];
    const note = (ctx: { idempotencyKey: string }) => {
      keys.push(ctx.idempotencyKey);
    };
    const bench = new Bench();
    const build = () =>
      workflow(flow =>
        flow
          .step('a', note)
          .action('b', note)
          .parallel('both', [note, note])
          .batch('batch', { items: [1, 2], size: 1 }, (_batch, inner) => {
            inner.step('a', note).forEach('each', [1, 2], (_item, innermost) => {
              innermost.step('a', note);
            });
          })
          .if('asked', note)
          .endIf()
          .while(
            'again',
            ctx => {
              note(ctx);
              return ctx.state.get('rounds', 0) < 2;
            },
            inner => {
              inner.step('a', note).action('count', async ctx => {
                await ctx.state.incr('rounds');
              });
            },
          ),
      );
    await bench.run(build());
    const perRun = 4 + 2 * (1 + 2) + 1 + (3 + 2);
    expect(keys).toHaveLength(perRun);
    await bench.run(build());
    expect(new Set(keys).size).toBe(2 * perRun);
  });
});

describe('payload', () => {
  const schema = z.object({
    since: z.number(),
    genres: z.array(z.string()).default(['drama']),
    day: z
      .string()
      .transform(text => new Date(text))
      .optional(),
  });
  const build = () => workflow(flow => flow.step('read', ctx => ctx.payload), { payload: schema });

  test('is what the schema makes of it: defaults and transforms are applied', async () => {
    expect((await new Bench().run(build(), { since: 1894, day: '2026-01-02' })).output).toEqual({
      since: 1894,
      genres: ['drama'],
      day: new Date('2026-01-02'),
    });
  });

  test('that does not fit is told by path, and nothing is recorded', async () => {
    const bench = new Bench();
    const run = bench.run(build(), { since: 'long ago', genres: ['drama', 7] });
    await expect(run).rejects.toThrow(PayloadError);
    await expect(run).rejects.toThrow(
      /^The payload does not fit workflow "test":\n {2}payload\.since: .*number.*\n {2}payload\.genres\[1\]: .*string.*\nGive it with --payload/,
    );
    for (const table of ['runs', 'sessions', 'leases'])
      expect(bench.db.prepare(`select * from ${table}`).all()).toEqual([]);
  });

  test('that cannot be stored is told by path, and nothing is recorded', async () => {
    const bench = new Bench();
    const run = bench.run(
      workflow(flow => flow.step('read', ctx => ctx.payload)),
      { films: [{ save: () => undefined }] },
    );
    await expect(run).rejects.toThrow(NotDataError);
    await expect(run).rejects.toThrow('payload.films[0].save is a function');
    expect(bench.db.prepare('select * from runs').all()).toEqual([]);
  });

  test('is the same after a resume, without being checked again', async () => {
    const interruption = new Interruption();
    const bench = new Bench();
    const resumed = () =>
      workflow(flow => flow.step('stop', () => interruption.here()).step('read', ctx => ctx.payload), {
        payload: schema,
      });
    const { run } = await interruption.run(bench, resumed(), { since: 1894, day: '2026-01-02' });
    expect((await bench.resume(resumed(), run)).output).toEqual({
      since: 1894,
      genres: ['drama'],
      day: new Date('2026-01-02'),
    });
  });
});

describe('whatever a step throws', () => {
  const frozen = Object.freeze(new TypeError('frozen'));
  const hostile = Object.defineProperties(new Error('never read'), {
    message: {
      get() {
        throw new Error('no message for you');
      },
    },
    stack: {
      get() {
        throw new Error('no stack for you');
      },
    },
    cause: {
      get() {
        throw new Error('no cause for you');
      },
    },
  });
  const knotted = new AggregateError([new Error('first'), new Error('second')], 'both failed');
  knotted.cause = new Error('middle', { cause: knotted });

  test.each<[string, unknown, { name: string; message: string }]>([
    ['an Error', new RangeError('too far'), { name: 'RangeError', message: 'too far' }],
    ['a text', 'out of paper', { name: 'Thrown', message: 'out of paper' }],
    ['undefined', undefined, { name: 'Thrown', message: 'undefined was thrown' }],
    ['null', null, { name: 'Thrown', message: 'null was thrown' }],
    ['a number', 404, { name: 'Thrown', message: '404 was thrown' }],
    ['a symbol', Symbol('x'), { name: 'Thrown', message: 'a symbol was thrown' }],
    ['a function', () => 1, { name: 'Thrown', message: 'a function was thrown' }],
    ['an object', { code: 7 }, { name: 'Thrown', message: 'an object was thrown: {"code":7}' }],
    [
      'something like an Error',
      { name: 'HttpError', message: 'not found', status: 404 },
      { name: 'HttpError', message: 'not found' },
    ],
    ['a frozen Error', frozen, { name: 'TypeError', message: 'frozen' }],
    ['an Error whose getters throw', hostile, { name: 'Error', message: 'its message cannot be read' }],
    ['an AggregateError whose causes go in a circle', knotted, { name: 'AggregateError', message: 'both failed' }],
  ])('%s fails it, is kept in words, and is an Error for retryOn and onError', async (_of, thrown, words) => {
    const bench = new Bench();
    const asked: unknown[] = [];
    const summary = await bench.run(
      workflow(flow =>
        flow
          .step('bad', () => {
            throw thrown;
          })
          .retry({
            attempts: 2,
            backoff: { delay: 0 },
            retryOn: error => {
              asked.push(error);
              return true;
            },
          })
          .onError(ctx => {
            asked.push(ctx.error);
            return 'made good';
          })
          .step('worse', () => {
            throw thrown;
          }),
      ),
    );
    expect(asked.map(error => error instanceof Error)).toEqual([true, true]);
    expect(summary.status).toBe('failed');
    expect(summary.error).toMatchObject({ ...words, step: 'worse' });
    expect(statusesOf(bench, summary.run, 'bad')).toEqual(['failed', 'failed', 'succeeded']);
    for (const { error } of attemptsOf(bench, summary.run, 'bad')) expect(error).toMatchObject(words);
    expect(attemptsOf(bench, summary.run, 'worse')[0]?.error).toMatchObject(words);
  });

  test('an Error is kept with its place, its causes, and the words of explain', async () => {
    const bench = new Bench();
    const { error } = await bench.run(
      workflow(flow =>
        flow.step({ id: 'bad', explain: cause => `Plainly: ${cause.message}` }, () => {
          throw new Error('no films', { cause: new Error('no disk', { cause: 'no power' }) });
        }),
      ),
    );
    expect(error).toMatchObject({
      message: 'no films',
      explain: 'Plainly: no films',
      at: { file: import.meta.filename },
      cause: { message: 'no disk', cause: { name: 'Thrown', message: 'no power' } },
    });
    expect(error?.stack).toContain('steps.test.ts');
    expect(error?.stack).not.toContain('/engine/');
  });

  test('an explain that throws does not hide it', async () => {
    const { error } = await new Bench().run(
      workflow(flow =>
        flow.step(
          {
            id: 'bad',
            explain: () => {
              throw new Error('speechless');
            },
          },
          () => {
            throw new Error('no films');
          },
        ),
      ),
    );
    expect(error).toMatchObject({ message: 'no films' });
    expect(error?.explain).toBeUndefined();
  });
});

describe('what cannot be stored fails the step, with its path', () => {
  class Film {
    title = 'Vertigo';
  }
  test.each<[string, unknown, string]>([
    ['a function', () => 1, 'output is a function'],
    [
      'a function inside',
      {
        users: [
          0,
          1,
          2,
          {
            save() {
              /* a method */
            },
          },
        ],
      },
      'output.users[3].save is a function',
    ],
    ['a socket', { connection: new Socket() }, 'output.connection is an instance of Socket'],
    [
      'a promise inside',
      { films: [Promise.resolve(1)] },
      'output.films[0] is a promise, which cannot be stored. Await it first.',
    ],
    ['a class instance', { film: new Film() }, 'output.film is an instance of Film'],
    ['a symbol', { 'a key': Symbol('x') }, 'output["a key"] is a symbol'],
    ['a WeakMap', [new WeakMap()], 'output[0] is an instance of WeakMap'],
    ['a function in a Map', new Map([['save', () => 1]]), 'output.get("save") is a function'],
  ])('%s', async (_of, value, message) => {
    const bench = new Bench();
    const done = new Ledger();
    const summary = await bench.run(
      workflow(flow =>
        flow
          .step('bad', () => {
            done.note('bad');
            return value;
          })
          .retry({ attempts: 3, backoff: { delay: 0 } })
          .step('next', () => done.note('next')),
      ),
    );
    expect(summary).toMatchObject({
      status: 'failed',
      error: { name: 'NotDataError', message: expect.stringContaining(message) as unknown, step: 'bad' },
    });
    expect(done.entries, 'it is not tried again, and nothing builds on it').toEqual(['bad']);
  });

  test('a getter that throws, a value nested too deeply', async () => {
    const bench = new Bench();
    const returning = async (value: unknown) =>
      (await bench.run(workflow(flow => flow.step('bad', () => value)))).error?.message;
    expect(
      await returning({
        get title() {
          throw new Error('no title');
        },
      }),
    ).toBe('output.title could not be read: no title');
    let deep: unknown = 1;
    for (let depth = 0; depth < 20_000; depth++) deep = [deep];
    expect(await returning(deep)).toBe('output is nested too deeply to be stored. Return a flatter value.');
  });

  test('but an onError may answer for it', async () => {
    const summary = await new Bench().run(
      workflow(flow => flow.step('bad', () => () => 1).onError(ctx => ctx.error.name)),
    );
    expect(summary).toMatchObject({ status: 'completed', output: 'NotDataError' });
  });
});

describe('what can be kept comes back as it was', () => {
  const circle: Record<string, unknown> = { name: 'circle' };
  circle.self = circle;
  circle.list = [circle];
  const shared = { title: 'Vertigo' };

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['NaN', Number.NaN],
    ['-0', -0],
    ['Infinity', [Infinity, -Infinity]],
    ['a BigInt', 2n ** 100n],
    ['a Date', new Date(0)],
    ['an invalid Date', new Date(Number.NaN)],
    [
      'a Map',
      new Map<unknown, unknown>([
        ['a', 1],
        [{ b: 2 }, new Map([[1, 2]])],
      ]),
    ],
    ['a Set', new Set([1, 'a', undefined, new Date(5)])],
    ['undefined inside', { a: undefined, b: [undefined, 1] }],
    ['a hole', [1, , 3]], // eslint-disable-line no-sparse-arrays
    ['typed arrays', [new Uint8Array([1, 2]), new Float64Array([-0, Number.NaN]), new BigInt64Array([-1n])]],
    ['an ArrayBuffer', new Uint8Array([7, 8]).buffer],
    ['a part of a typed array', new Uint8Array([1, 2, 3, 4]).subarray(1, 3)],
    ['a Buffer', Buffer.from('films')],
    ['a part of a Buffer', Buffer.from('films').subarray(1, 3)],
    ['lone surrogates', ['\uD800', 'a\uDC00b', { '\uDFFF': 1 }]],
    ['text of all kinds', 'zero \0, quotes "\'`, </script>, \u2028, 🎬'],
    ['a circle', circle],
    ['a RegExp', /a+/gi],
    ['a URL', new URL('https://example.org/a?b=1')],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { a: 1 })],
    ['an object with keys of all kinds', JSON.parse('{"": 1, "a.b": 2, "constructor": 3, "then": 4, "toJSON": 5}')],
    ['a large array', Array.from({ length: 1_000 }, (_, index) => ({ index, title: `film ${index}` }))],
  ])('%s', async (_of, value) => {
    const bench = new Bench();
    const summary = await bench.run(workflow(flow => flow.step('give', () => value).step('take', ctx => ctx.last)));
    expect(summary.error).toBeUndefined();
    expect(summary.output).toStrictEqual(value);
    expect(attemptsOf(bench, summary.run, 'give')[0]?.output).toStrictEqual(value);
  });

  test('-0 is not 0', async () => {
    expect(
      (
        await new Bench().run(
          workflow(flow => flow.step('give', () => [-0]).step('take', ctx => Object.is(ctx.last[0], -0))),
        )
      ).output,
    ).toBe(true);
  });

  test('a value that is there twice is one value', async () => {
    const { output } = await new Bench().run(
      workflow(flow => flow.step('give', () => [shared, shared]).step('take', ctx => ctx.last[0] === ctx.last[1])),
    );
    expect(output).toBe(true);
  });

  test('an Error is one again, with its name, stack, cause and what was added to it', async () => {
    const error = Object.assign(new RangeError('too far', { cause: new Error('too fast') }), { code: 'E_FAR' });
    const { output } = await new Bench().run(
      workflow(flow => flow.step('give', () => ({ error })).step('take', ctx => ctx.last)),
    );
    const { error: back } = output as { error: Error & { code: string } };
    expect(back).toBeInstanceOf(Error);
    expect(back).toMatchObject({
      name: 'RangeError',
      message: 'too far',
      code: 'E_FAR',
      stack: error.stack,
      cause: { message: 'too fast' },
    });
  });

  test('an Error whose causes go in a circle makes a checkpoint that can be read', async () => {
    const error = new Error('outer');
    error.cause = new Error('inner', { cause: error });
    const { output } = await new Bench().run(
      workflow(flow =>
        flow.step('give', () => error).step('take', ctx => [ctx.last.message, (ctx.last.cause as Error).message]),
      ),
    );
    expect(output).toEqual(['outer', 'inner']);
  });

  test('and it is what the step returned then: later changes to it are not kept', async () => {
    const list = [1];
    const bench = new Bench();
    const { run } = await bench.run(
      workflow(flow =>
        flow
          .step('give', () => list)
          .action('spoil', () => {
            list.push(2);
          })
          .step('take', ctx => ctx.steps.give.output),
      ),
    );
    expect(attemptsOf(bench, run, 'take')[0]?.output).toEqual([1]);
  });

  test('a run ends well even when somebody has put into its result what cannot be stored', async () => {
    const bench = new Bench();
    const summary = await bench.run(
      workflow(flow =>
        flow
          .step('give', () => ({ a: 1 }))
          .action('spoil', ctx => {
            Object.assign(ctx.last, { save: () => 1 });
          }),
      ),
    );
    expect(summary).toMatchObject({ status: 'completed', output: { a: 1 } });
  });
});

describe('a run ends on purpose', () => {
  test('with ctx.cancel(): it is cancelled with the reason, what is checkpointed stays, and nothing follows', async () => {
    const bench = new Bench();
    const done = new Ledger();
    const summary = await bench.run(
      workflow(flow =>
        flow
          .step('load', async ctx => {
            await ctx.state.set('n', 1);
            return 'films';
          })
          .step('stop', async ctx => {
            await ctx.state.set('n', 2);
            ctx.cancel('nothing to do');
          })
          .onError(() => done.note('onError'))
          .step('next', () => done.note('next')),
      ),
    );
    expect(summary).toMatchObject({ status: 'cancelled', reason: 'nothing to do', state: { n: 1 }, error: undefined });
    expect(done.entries).toEqual([]);
    expect(statusesOf(bench, summary.run, 'load')).toEqual(['succeeded']);
    expect(statusesOf(bench, summary.run, 'stop')).toEqual(['cancelled']);
    expect(statusesOf(bench, summary.run, 'next')).toEqual([]);
  });

  test('with ctx.cancel() in one batch: the others do not begin, and all are accounted for', async () => {
    const bench = new Bench();
    const summary = await bench.run(
      workflow(flow =>
        flow.forEach('each', ['a', 'b', 'c', 'd'], (item, inner) => {
          inner.step('work', ctx => {
            if (item === 'b') ctx.cancel();
          });
        }),
      ),
    );
    expect(summary).toMatchObject({
      status: 'cancelled',
      reason: 'the workflow asked for it',
      batches: { total: 4, succeeded: 1, cancelled: 3, failed: 0, running: 0, waiting: 0 },
    });
  });

  test('with .cancel() where an if leads to it', async () => {
    const bench = new Bench();
    const build = () =>
      workflow(flow =>
        flow
          .if('empty', ctx => ctx.payload.films === 0)
          .cancel('no films')
          .endIf()
          .step('work', () => 'done'),
      );
    expect(await bench.run(build(), { films: 0 })).toMatchObject({ status: 'cancelled', reason: 'no films' });
    expect(await bench.run(build(), { films: 1 })).toMatchObject({ status: 'completed', output: 'done' });
  });
});

describe('.log()', () => {
  test('writes a line, given or made from ctx, at its level, and leaves ctx.last alone', async () => {
    const bench = new Bench();
    const summary = await bench.run(
      workflow(flow =>
        flow
          .step('load', () => 7)
          .log('loading')
          .log(ctx => `${ctx.last} films`, 'warn')
          .log(async ctx => `run ${ctx.run.id}`, 'debug')
          .step('next', ctx => ctx.last),
      ),
    );
    expect(summary.output).toBe(7);
    expect(logOf(bench, summary.run)).toEqual([
      { level: 'info', text: 'loading' },
      { level: 'warn', text: '7 films' },
      { level: 'debug', text: `run ${summary.run}` },
    ]);
  });

  test('says it once, also when the run is interrupted after it', async () => {
    const bench = new Bench();
    const interruption = new Interruption();
    const build = () => workflow(flow => flow.log('once').step('stop', () => interruption.here()));
    const { run } = await interruption.run(bench, build());
    await bench.resume(build(), run);
    expect(logOf(bench, run)).toEqual([{ level: 'info', text: 'once' }]);
  });
});
