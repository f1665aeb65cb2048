import { describe, expect, test } from 'vitest';
import { attemptsOf, statusesOf } from '../support/recorded.ts';
import { Bench, workflow } from '../support/runs.ts';

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
    [
      'an AggregateError whose causes go in a circle',
      knotted,
      { name: 'AggregateError', message: 'both failed: first; second: middle' },
    ],
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
      message: 'no films: no disk: no power',
      explain: 'Plainly: no films',
      at: { file: import.meta.filename },
      cause: { message: 'no disk', cause: { name: 'Thrown', message: 'no power' } },
    });
    expect(error?.stack).toContain('thrown.test.ts');
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
    expect(error?.explain).toBe('Its explain threw Error: speechless');
  });
});
