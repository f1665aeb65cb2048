import { expect, test } from 'vitest';
import { restoreInPlace } from '../../engine/run/restore-items.ts';

test.each<[string, () => object, (item: never) => void]>([
  ['an object', () => ({ a: 1 }), (item: { a?: number }) => delete item.a],
  ['an array', () => [1, 2], (item: number[]) => item.push(3)],
  ['a Map', () => new Map([[1, 2]]), (item: Map<number, number>) => item.clear()],
  ['a Set', () => new Set([1]), (item: Set<number>) => item.add(2)],
  ['a Date', () => new Date(5), (item: Date) => item.setTime(9)],
  ['a Uint8Array', () => new Uint8Array([1, 2]), (item: Uint8Array) => item.fill(9)],
])('%s is what it was for the next attempt', (_of, make, spoil) => {
  const item = make();
  spoil(item as never);
  expect(item).not.toEqual(make());
  restoreInPlace(item, make());
  expect(item).toEqual(make());
});
