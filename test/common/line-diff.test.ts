import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineDiff, type Hunk } from '../../common/line-diff.ts';

/** The text before, with the hunks put in, from the last to the first. */
function undone(after: string, hunks: readonly Hunk[]): string {
  const lines = after.split('\n');
  for (const { line, removed, added } of hunks.toReversed()) {
    expect(lines.slice(line - 1, line - 1 + added.length)).toEqual(added);
    lines.splice(line - 1, added.length, ...removed);
  }
  return lines.join('\n');
}

test('a line that was changed is one hunk, at its line', () => {
  const before = 'a\nb\nc\nd\ne';
  expect(lineDiff(before, 'a\nB\nc\nd\ne')).toEqual([{ line: 2, removed: ['b'], added: ['B'] }]);
  expect(lineDiff(before, before)).toEqual([]);
  expect(lineDiff(before, 'a\nB\nc\nd\ne\nf')).toEqual([
    { line: 2, removed: ['b'], added: ['B'] },
    { line: 6, removed: [], added: ['f'] },
  ]);
  // Another end of line is no change.
  expect(lineDiff('a\r\nb', 'a\nb')).toEqual([]);
});

test('the hunks are the whole difference', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map(lines => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const hunks = lineDiff(before, after);
      expect(undone(after, hunks)).toBe(before);
      expect(hunks.length === 0).toBe(before === after);
    }),
  );
});

test('of very many changed lines it says where the first and the last are', () => {
  const lines = (of: string) => Array.from({ length: 5_000 }, (_, index) => `${of}${index}`).join('\n');
  const [hunk, ...others] = lineDiff(`same\n${lines('a')}\nend`, `same\n${lines('b')}\nend`);
  expect(others).toEqual([]);
  expect(hunk).toMatchObject({ line: 2 });
  expect(hunk?.removed).toHaveLength(5_000);
});
