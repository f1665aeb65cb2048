import { expect, test } from 'vitest';
import type { FailureCause, ItemAtFault, SearchedBatch } from '../../host/api/api.ts';
import {
  countsText,
  itemCause,
  itemName,
  itemsBehind,
  itemsOfCause,
  markedItems,
  searchNotes,
} from '../../renderer/model/items/at-fault.ts';

const FILMS = ['film', 'films'] as const;
const film = (item: number, more: Partial<ItemAtFault> = {}): ItemAtFault => ({
  scope: 7,
  path: 'clean',
  batch: 1,
  parent: 0,
  item,
  row: item,
  position: 100 + item,
  found: 'probed',
  error: { name: 'TypeError', message: 'trim is not a function', fingerprint: 'trim' },
  others: [],
  ...more,
});

test('items are called as the author calls them, else by their place, and nothing in a name moves what stands beside it', () => {
  expect(itemName(film(3, { label: '1941' }), FILMS)).toBe('1941');
  expect(itemName(film(1_203), FILMS)).toBe('film 1,203');
  expect(itemName(film(3, { label: 'a\u202eb' }), FILMS)).not.toContain('\u202e');
});

test('an item says its cause, in plain words where there are, and how it was found', () => {
  const explained = { name: 'E', message: 'x', explain: 'The title is missing.', fingerprint: 'x' };
  expect(itemCause(film(1, { error: explained }))).toBe('The title is missing.');
  expect(itemCause(film(1, { found: 'flaky' }))).toBe('trim is not a function (not each time)');
  expect(itemCause(film(1, { found: 'together', others: [4, 5, 6] }))).toContain('only together with #4');
});

test('the counts say who waits', () => {
  expect(countsText({ items: 10, waiting: 490 }, FILMS)).toBe('10 films are at fault, 490 wait with them');
  expect(countsText({ items: 1, waiting: 1 }, FILMS)).toBe('1 film is at fault, 1 waits with it');
  expect(countsText({ items: 2, waiting: 0 }, FILMS)).toBe('2 films are at fault');
});

test('items stand with the cause of their batch, and those behind another cause by themselves', () => {
  const cause = { node: 1, path: 'clean', fingerprint: 'trim' } as FailureCause;
  const hidden = film(2, { error: { name: 'TypeError', message: 'of null', fingerprint: 'null' } });
  const elsewhere = film(3, { path: 'other' });
  const items = [film(1), hidden, elsewhere];
  expect(itemsOfCause(items, cause)).toEqual([film(1)]);
  expect(itemsBehind(items, [cause])).toEqual([hidden, elsewhere]);
});

test('the table of a batch marks its own items, and the cell that was read last', () => {
  expect(markedItems([film(4, { member: 'Title' }), film(5), film(6, { scope: 8 })], 7, undefined)).toEqual([
    { index: 4, message: 'trim is not a function', path: ['Title'] },
    { index: 5, message: 'trim is not a function' },
  ]);
});

test('a search that does not say all says why', () => {
  const search: SearchedBatch = { path: 'clean', batch: 2, probes: 9, isComplete: true, items: 1 };
  expect(searchNotes([search], FILMS)).toEqual([]);
  const notes = searchNotes(
    [
      { ...search, isComplete: false },
      { ...search, items: 0 },
      { ...search, uncertain: 'effect' },
      { ...search, limit: { items: 50, error: { name: 'E', message: 'too many', fingerprint: 'x' } } },
    ],
    FILMS,
  );
  expect(notes).toHaveLength(4);
  expect(notes[0]).toContain('There may be more');
  expect(notes[1]).toBe('Batch 2: it passes with the code as it is now.');
  expect(notes[2]).toContain('an effect');
  expect(notes[3]).toBe('Batch 2: more than 50 films fail, whichever they are: too many');
});
