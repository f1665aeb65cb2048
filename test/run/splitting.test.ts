import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { range } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

/** Runs one batch node over the items, and gives the batches its body was called with. */
async function cut(items: unknown, size: number) {
  const batches: unknown[][] = [];
  const summary = await new Bench().run(
    workflow(flow =>
      flow.batch('work', { items: items as never, size }, (batch, flow) => {
        flow.step('note', async () => {
          batches.push([...batch]);
        });
      }),
    ),
  );
  return { summary, batches };
}

describe('splitting', () => {
  test.each([
    { items: 10, size: 3, batches: [3, 3, 3, 1] },
    { items: 9, size: 3, batches: [3, 3, 3] },
    { items: 2, size: 5, batches: [2] },
    { items: 1, size: 1, batches: [1] },
    { items: 0, size: 4, batches: [] },
  ])('$items items in batches of $size are $batches', async ({ items, size, batches }) => {
    const ran = await cut(() => range(items), size);
    expect(ran.batches.map(batch => batch.length)).toEqual(batches);
    expect(ran.batches.flat()).toEqual(range(items));
    expect(ran.summary).toMatchObject({
      status: 'completed',
      output: {
        items: { total: items, succeeded: items, failed: 0 },
        batches: { total: batches.length, succeeded: batches.length, failed: 0 },
      },
    });
  });

  test.each<[string, () => unknown]>([
    ['a promise of an array', async () => ['a', 'b', 'c']],
    ['a Set', () => new Set(['a', 'b', 'c'])],
    [
      'a generator',
      function* () {
        yield* ['a', 'b', 'c'];
      },
    ],
    [
      'an async generator',
      async function* () {
        yield* ['a', 'b', 'c'];
      },
    ],
    [
      'a promise of an async generator',
      async () =>
        (async function* () {
          yield* ['a', 'b', 'c'];
        })(),
    ],
    ['an object-mode stream', () => Readable.from(['a', 'b', 'c'])],
  ])('takes %s', async (_what, items) => {
    const { batches, summary } = await cut(items, 2);
    expect(batches).toEqual([['a', 'b'], ['c']]);
    expect(summary.items).toMatchObject({ total: 3, succeeded: 3 });
  });

  test('takes the entries of a Map, and values that JSON cannot hold', async () => {
    const when = new Date(0);
    const { batches } = await cut(
      new Map<string, unknown>([
        ['when', when],
        ['big', 12n],
        ['none', undefined],
        ['set', new Set([NaN])],
      ]),
      10,
    );
    expect(batches).toEqual([
      [
        ['when', when],
        ['big', 12n],
        ['none', undefined],
        ['set', new Set([NaN])],
      ],
    ]);
  });

  test('takes items given outright, without a function', async () => {
    expect((await cut(['a', 'b', 'c'], 2)).batches).toEqual([['a', 'b'], ['c']]);
    expect((await cut(Promise.resolve(['a', 'b', 'c']), 2)).batches).toEqual([['a', 'b'], ['c']]);
  });

  test.each<[string, () => unknown, RegExp]>([
    ['undefined', () => undefined, /items of batch "work" is undefined.*array.*return something\?/],
    ['null', () => null, /items of batch "work" is null/],
    ['a number', () => 12, /items of batch "work" is 12/],
    ['a text', () => 'abc', /items of batch "work" is "abc"/],
    ['an object', () => ({ a: 1 }), /is an object.*return Object\.values\(it\)/],
    [
      'what throws',
      () => {
        throw new Error('no such table');
      },
      /^no such table$/,
    ],
    [
      'what rejects',
      async () => {
        throw new Error('connection refused');
      },
      /^connection refused$/,
    ],
  ])('refuses %s, and says so at the node', async (_what, items, message) => {
    const { summary, batches } = await cut(items, 2);
    expect(summary.status).toBe('failed');
    expect(summary.error).toMatchObject({ message: expect.stringMatching(message), step: 'work' });
    expect(batches).toEqual([]);
  });
});
