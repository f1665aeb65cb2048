import { describe, expect, test } from 'vitest';
import { withEdits } from '../../engine/run/rerun/edited-items.ts';
import { encode } from '../../engine/store/codec.ts';
import { valueOfText } from '../../host/runs/value-of-text.ts';
import { shown } from '../../host/store/show.ts';
import { Bench, workflow } from '../support/runs.ts';

const rows = () =>
  [1, 2, 3].map(n => ({
    n,
    at: new Date(86_400_000 * n),
    cents: BigInt(n),
    tags: new Map([['a', n]]),
    price: n === 2 ? NaN : n,
    left: undefined,
    bytes: Buffer.from([n]),
    set: new Set([n]),
  }));

/** What the Studio's editor shows, and what comes back from it. */
function edit(stored: unknown, change: (json: string) => string): unknown {
  const { json } = shown(encode(stored, 'items'), true);
  return withEdits(stored, valueOfText(json), valueOfText(change(json)));
}

describe('an edit of items as text', () => {
  test('leaves what was not changed as it was', () => {
    const [first, second, third] = rows();
    expect(edit(rows(), json => json.replace('"n": 2', '"n": 22'))).toEqual([first, { ...second, n: 22 }, third]);
    expect(edit(rows(), json => json)).toEqual(rows());
  });

  test('makes of a changed date, big integer, map, set the same kind again', () => {
    const change = (json: string) =>
      json
        .replace('1970-01-02T00:00:00.000Z', '1970-01-09')
        .replace('"cents": 1n', '"cents": "12345678901234567890"')
        .replace('"a" => 1', '"a" => 5, "b" => 6');
    expect((edit(rows(), change) as object[])[0]).toMatchObject({
      at: new Date('1970-01-09'),
      cents: 12345678901234567890n,
      tags: new Map([
        ['a', 5],
        ['b', 6],
      ]),
    });
    expect(edit([new Set([1n, 2n])], () => '[Set {1n, 3}]')).toEqual([new Set([1n, 3n])]);
    expect(
      edit(
        [
          new Map([
            [1, NaN],
            [2, 5],
          ]),
        ],
        () => '[Map {1 => NaN, 2 => 6}]',
      ),
    ).toEqual([
      new Map([
        [1, NaN],
        [2, 6],
      ]),
    ]);
  });

  test('may remove items, and do anything to plain ones', () => {
    const [first, , third] = rows();
    const remove = (json: string) => json.replace(/ {2}\{\n {4}"n": 2,[^]*?\n {2}\},\n/, '');
    expect(edit(rows(), remove)).toEqual([first, third]);
    expect(edit([{ a: 1 }, 'x'], () => '[{"a":"one","b":[2]},7,null]')).toEqual([{ a: 'one', b: [2] }, 7, null]);
  });

  test.each<[string, unknown, string, string]>([
    ['a date that is none', [new Date(0)], '["soon"]', 'items[0] is a Date: write it as Date("1970'],
    ['a big integer that is none', [{ cents: 5n }], '[{"cents":"five"}]', 'items[0].cents is a BigInt'],
    [
      'an error',
      [new TypeError('a')],
      '[TypeError {"name": "TypeError", "message": "b"}]',
      'items[0] is a value of the',
    ],
  ])('is refused with its path: %s', (_of, stored, json, message) => {
    expect(() => edit(stored, () => json)).toThrow(message);
  });
});

test('a re-run with edited items gives the steps what they had before', async () => {
  const bench = new Bench();
  const flow = workflow(start =>
    start.batch('book', { items: () => rows(), size: 1, tolerateFailures: 'all' }, ([row], inner) =>
      inner.step('use', () => {
        if (row?.n === 2) throw new Error('bad row');
        return [row?.at.getTime(), (row?.cents ?? 0n) * 2n, row?.tags.size, row?.price];
      }),
    ),
  );
  const { run } = await bench.run(flow);
  const { json } = shown(encode([rows()[1]], 'items'), true);
  const summary = await bench.rerun(flow, run, {
    node: 'book',
    batches: [1],
    items: encode(valueOfText(json.replace('"n": 2', '"n": 22')), 'items'),
    itemsShown: encode(valueOfText(json), 'items'),
  });
  expect(summary).toMatchObject({ status: 'completed', batches: { succeeded: 3 } });
});
