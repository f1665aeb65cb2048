import { expect, test } from 'vitest';
import { expressionsIn } from '../../engine/runner/probe/values/expressions.ts';
import { shownValue } from '../../engine/runner/probe/values/shown-value.ts';

test.each([
  ['    title: film.Title.trim(), // <--', ['film', 'film.Title', 'film.Title.trim']],
  ["released: readDate(film['Release Date']),", ['film', "film['Release Date']"]],
  ['const total = price * (count ?? 1);', ['total', 'price', 'count']],
  [
    'return items[3].name + other?.part.size',
    ['items', 'items[3]', 'items[3].name', 'other', 'other.part', 'other.part.size'],
  ],
  ["throw new Error('the film.Title is wrong')", []],
  ['load().then(value.of)', ['value', 'value.of']],
])('%s', (line, expected) => {
  expect(expressionsIn(line).filter(name => name !== 'Error')).toEqual(expected);
});

test('a value is said in a few words, and never one whose name says that it is secret', () => {
  expect(shownValue('film.Title', { type: 'number', value: 1941 })).toBe('1941');
  expect(shownValue('user.password', { type: 'string', value: 'hunter2' })).not.toContain('hunter2');
  const preview = {
    type: 'object' as const,
    overflow: true,
    properties: [
      { name: 'name', type: 'string' as const, value: 'x' },
      { name: 'apiKey', type: 'string' as const, value: 'sk-1' },
    ],
  };
  const text = shownValue('user', { type: 'object', description: 'Object', preview });
  expect(text).toMatch(/^\{ name: "x", apiKey: \(hidden.*\), … \}$/);
  expect(text).not.toContain('sk-1');
  expect(shownValue('text', { type: 'string', value: 'a'.repeat(1_000) })).toHaveLength(200);
});
