import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shrink, smallerThan } from '../../../engine/run/probe/shrink.ts';

const film = { Title: 1941, Director: 'Spielberg', Year: 1979, Cast: [{ name: 'Aykroyd' }, { name: 'Beatty' }] };

/** Values in which some leaves are `true`: those that a failure may need. */
const item = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom<unknown>(1, 'a', null, true, true),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('value'), { maxKeys: 4 }),
    fc.array(tie('value'), { maxLength: 4 }),
  ),
})).value;

function leaves(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value];
}
const trueLeaves = (value: unknown) => leaves(value).filter(leaf => leaf === true).length;

test('a film keeps the one member that makes it fail', async () => {
  const smallest = await shrink(film, async smaller => typeof (smaller as typeof film).Title === 'number', 200);
  expect(smallest).toMatchObject({ value: { Title: 1941 }, isSmallest: true });
  expect(smallest.probes).toBeLessThan(12);
  expect(film.Cast).toHaveLength(2);
});

test('a part of a part is found, and what a failure needs at two places stays at both', async () => {
  const needs = async (value: unknown) => {
    const { Year, Cast = [] } = value as Partial<typeof film>;
    return Year === 1979 && Cast.some(({ name }) => name === 'Beatty');
  };
  expect((await shrink(film, needs, 200)).value).toEqual({ Year: 1979, Cast: [{ name: 'Beatty' }] });
});

test('what is no plain object and no list stays whole', async () => {
  const at = new Date(0);
  const value = { at, keys: new Map([['a', 1]]), other: 1 };
  const smallest = await shrink(value, async smaller => 'at' in (smaller as object), 200);
  expect(smallest.value).toEqual({ at });
  expect([...smallerThan(new Map([['a', 1]]))]).toEqual([]);
});

test('a member may have any name', async () => {
  const value: unknown = JSON.parse('{"a":1,"__proto__":2,"b":3}');
  const smallest = await shrink(value, async smaller => Object.hasOwn(smaller as object, '__proto__'), 200);
  expect(JSON.stringify(smallest.value)).toBe('{"__proto__":2}');
});

test('the result fails, nothing more can be taken from it, and no more is tried than was allowed', async () => {
  await fc.assert(
    fc.asyncProperty(
      item,
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 0, max: 300 }),
      async (value, among, most) => {
        // It fails where so many leaves are `true`: at most as many as there are.
        const needed = among % (trueLeaves(value) + 1);
        const fails = (smaller: unknown) => trueLeaves(smaller) >= needed;
        const before = structuredClone(value);
        let asked = 0;
        const smallest = await shrink(
          value,
          async smaller => {
            asked += 1;
            return fails(smaller);
          },
          most,
        );
        expect(value).toEqual(before);
        expect(fails(smallest.value)).toBe(true);
        expect(smallest.probes).toBe(asked);
        expect(asked).toBeLessThanOrEqual(most);
        if (smallest.isSmallest) expect([...smallerThan(smallest.value)].some(fails)).toBe(false);
        else expect(asked).toBe(most);
      },
    ),
  );
});
