import { expect, test } from 'vitest';
import { failingSpan } from '../../renderer/model/failing-span.ts';

const line = 'return another.deep.größe.x;';

test.each([
  ['a name', line.indexOf('größe') + 1, 'größe'],
  ['the end of a name', line.indexOf('x;') + 1, 'x'],
  ['a sign', line.indexOf(';') + 1, ';'],
  ['the first column', 1, 'return'],
])('what failed is marked: %s', (_of, column, marked) => {
  const span = failingSpan(line, column);
  expect(span && line.slice(span.from, span.to)).toBe(marked);
});

test('a column that the line does not have marks nothing', () => {
  expect(failingSpan(line, 0)).toBeUndefined();
  expect(failingSpan(line, line.length + 1)).toBeUndefined();
});
