import { expect, test } from 'vitest';
import { searchNote } from '../../common/search-note.ts';

const ENDED = { why: undefined, isComplete: true, items: 0, limit: undefined };

test('of a batch in which no item was found it is said that it passes, but not where too many of them fail', () => {
  expect(searchNote(ENDED, 'go on.')).toBe('it passes with the code as it is now.');
  expect(searchNote({ ...ENDED, limit: { items: 3 } }, 'go on.')).toBeUndefined();
  expect(searchNote({ ...ENDED, items: 1 }, 'go on.')).toBeUndefined();
});

test('that a search is not certain or has stopped is said where too many fail, too', () => {
  const limit = { items: 3 };
  expect(searchNote({ ...ENDED, limit, why: 'effect' }, 'go on.')).toContain('up to an effect');
  expect(searchNote({ ...ENDED, limit, isComplete: false }, 'go on.')).toContain('go on.');
});
