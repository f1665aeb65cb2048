import { expect, test } from 'vitest';
import { label, locationLabel, safeToShow } from '../../renderer/model/shown-text.ts';

test('a label is clean and short', () => {
  expect(label('a\u202eb\u0007c')).toBe('abc');
  expect(label('x'.repeat(30), 10)).toBe(`${'x'.repeat(9)}…`);
});

test('text that runs from right to left is isolated from the text around it', () => {
  expect(label('שלום')).toBe('\u2068שלום\u2069');
  expect(label('hello')).toBe('hello');
  expect(locationLabel({ file: '/a/שלום.ts', line: 3 })).toBe('\u2068שלום.ts:3\u2069');
});

test('an answer of the host is cleaned where it is only shown, and unchanged where it is sent back', () => {
  const answer = {
    graph: { id: 'a\u0007', title: 'a\u0007', payload: { title: 'a\u0007' } },
    causes: ['b\u202e'],
    statuses: Uint8Array.of(1, 2),
  };
  expect(safeToShow(answer)).toEqual({
    graph: { id: 'a\u0007', title: 'a', payload: { title: 'a\u0007' } },
    causes: ['b'],
    statuses: Uint8Array.of(1, 2),
  });
});

test('a stack keeps its lines and is not isolated', () => {
  expect(safeToShow({ stack: 'Error: שלום\n    at films.ts:3' })).toEqual({ stack: 'Error: שלום\n    at films.ts:3' });
});
