import { describe, expect, test } from 'vitest';
import type { Context } from '../../engine/index.ts';
import type { RerunRequest } from '../../engine/run/rerun/request.ts';
import type { ValuePath } from '../../engine/run/rerun/request.ts';
import { withValueAt } from '../../engine/run/rerun/values-at.ts';
import { encode } from '../../engine/store/codec.ts';
import { Bench, workflow } from '../support/runs.ts';

const shared = { city: 'Ulm' };
const ITEM = {
  Title: 1941,
  at: new Date(0),
  cents: 12n,
  prices: new Map<string, unknown>([
    ['€', 1n],
    ['$', 2],
  ]),
  sizes: [{ width: 1 }, { width: 2 }],
  from: shared,
  to: shared,
};

/** Takes the item back in with these values, and gives what its batch then works on. */
async function takenBack(...edits: readonly (readonly [ValuePath, unknown])[]): Promise<unknown> {
  const bench = new Bench();
  const seen: unknown[] = [];
  const build = () =>
    workflow(flow =>
      flow.batch('send', { items: ['good', ITEM], size: 2 }, (items, inner) => {
        inner.step('see', (ctx: Context) => ctx.each(items as unknown[], item => void seen.push(item)));
      }),
    );
  await bench.run(build());
  const rerun = (request: Partial<RerunRequest>) => bench.rerun(build(), 1, { batches: [], ...request });
  await rerun({ setAside: { items: [{ batch: 0, item: 1 }], at: 1 } });
  await rerun({
    takeBack: [{ batch: 0, item: 1, edits: edits.map(([path, value]) => ({ path, value: encode(value, 'item') })) }],
  });
  return seen.at(-1);
}

describe('an item that is corrected in some places as it is taken back in', () => {
  test('stays what it is in all others: dates, BigInts, Maps, and one object in two places', async () => {
    const item = (await takenBack(
      [['Title'], '1941'],
      [['prices', '€'], 5n],
      [['sizes', 1, 'width'], 3],
      [['country'], 'de'],
      [['from', 'city'], 'Bonn'],
    )) as typeof ITEM;
    expect(item).toEqual({
      ...ITEM,
      Title: '1941',
      prices: new Map<string, unknown>([
        ['€', 5n],
        ['$', 2],
      ]),
      sizes: [{ width: 1 }, { width: 3 }],
      country: 'de',
      from: { city: 'Bonn' },
    });
    expect(item.at).toBeInstanceOf(Date);
  });

  test('may become another one as a whole', async () => {
    expect(await takenBack([[], 'another'])).toBe('another');
  });

  test.each<readonly [ValuePath, unknown, string]>([
    [['at'], 'soon', 'item.at is a Date'],
    [['cents'], 'many', 'item.cents is a BigInt'],
    [['address', 'city'], 'Ulm', 'The item has no address, so that nothing in it can be set.'],
    [['sizes', 2], {}, 'The item has no sizes[2]: sizes is a list of 2, numbered from 0.'],
    [['Title', 'length'], 4, 'The item can have no Title.length: Title is 1941.'],
    [['prices', '£', 'per kilo'], 1, 'The item has no prices["£"], so that nothing in it can be set.'],
  ])('is refused where it cannot be: %j', async (path, value, message) => {
    await expect(takenBack([path, value])).rejects.toThrow(message);
  });

  test('nothing of the given item changes, and __proto__ is a member like any other', () => {
    const before = JSON.parse('{"a": {"b": [1]}, "__proto__": {"x": 1}}') as object;
    const text = JSON.stringify(before);
    expect(JSON.stringify(withValueAt(before, ['__proto__', 'x'], 2))).toBe('{"a":{"b":[1]},"__proto__":{"x":2}}');
    withValueAt(before, ['a', 'b', 0], 2);
    expect(JSON.stringify(before)).toBe(text);
  });
});
