import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { Ledger } from '../support/outside.ts';
import { attemptsOf } from '../support/recorded.ts';
import { Bench, workflow } from '../support/runs.ts';

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
