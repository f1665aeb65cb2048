import { expect, test } from 'vitest';
import type { ItemAtFault, ItemCheck, Progress } from '../../host/api/api.ts';
import { allPass, checkedItems, passText, rerunOfTheirs, savedText } from '../../renderer/model/items/fix-progress.ts';
import { markedItems } from '../../renderer/model/items/at-fault.ts';

const error = { name: 'TypeError', message: 'trim is not a function', fingerprint: 'trim' };
const film = (batch: number, item: number, more: Partial<ItemAtFault> = {}): ItemAtFault => ({
  scope: batch + 1,
  path: 'clean',
  batch,
  parent: 0,
  item,
  row: item,
  position: item,
  found: 'probed',
  error,
  others: [],
  ...more,
});
const check = (...results: ItemCheck['results']): ItemCheck => ({
  run: 1,
  begunAt: 0,
  state: 'ended',
  total: 9,
  results,
});

test('items pass when their code passes, and not when one is not tried yet or stops at an effect', () => {
  const items = [film(0, 1), film(0, 2)];
  const passes = { scope: 1, item: 1, outcome: 'passes' as const };
  expect(allPass(checkedItems(items, undefined))).toBe(false);
  expect(allPass(checkedItems(items, check(passes)))).toBe(false);
  expect(passText(checkedItems(items, check(passes)))).toBe('1 of 2 passes now');
  expect(allPass(checkedItems(items, check(passes, { scope: 1, item: 2, outcome: 'needs-effect' })))).toBe(false);
  const both = checkedItems(items, check(passes, { scope: 1, item: 2, outcome: 'passes' }));
  expect(allPass(both)).toBe(true);
  expect(passText(both)).toBe('2 of 2 pass now');
  // Of another batch.
  expect(allPass(checkedItems([film(3, 1)], check(passes)))).toBe(false);
});

test('an item that still fails says its new error, also in the table of its batch', () => {
  const items = [film(0, 1)];
  const still = check({ scope: 1, item: 1, outcome: 'fails', error: { ...error, message: 'x is not defined' } });
  expect(checkedItems(items, still)).toMatchObject([{ as: 'fails', message: 'x is not defined' }]);
  expect(markedItems(items, 1, still)).toMatchObject([{ now: { passes: false, text: 'x is not defined' } }]);
});

test('the batches of the items are run again: all that failed where they are all, else those', () => {
  const findings = {
    counts: { items: 2, batches: 2, waiting: 6 },
    searchable: 2,
    items: [film(4, 1), film(2, 1)],
    searches: [],
  };
  const progress = (failedBatches: number) => ({ failedBatches }) as Progress;
  expect(rerunOfTheirs(findings, progress(2))).toEqual({ request: { select: 'failed' }, batches: 2 });
  expect(rerunOfTheirs(findings, progress(5))).toEqual({
    request: {
      node: 'clean',
      select: {
        ranges: [
          [2, 2],
          [4, 4],
        ],
      },
    },
    batches: 2,
  });
  // Where batches stand inside others, or more items are known than were sent, all that failed.
  const inside = { ...findings, items: [film(4, 1, { parent: 9 }), film(2, 1)] };
  expect(rerunOfTheirs(inside, progress(5)).request).toEqual({ select: 'failed' });
  const many = { ...findings, counts: { items: 2_000, batches: 3, waiting: 6 } };
  expect(rerunOfTheirs(many, progress(5)).request).toEqual({ select: 'failed' });
});

test('a save is told by how long ago it was', () => {
  expect(savedText(1_000, 4_200)).toBe('Saved 3 s ago');
  expect(savedText(9_000, 4_200)).toBe('Saved 0 s ago');
  expect(savedText(0, 180_000)).toBe('Saved 3 min ago');
});
