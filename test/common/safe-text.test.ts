import { expect, test } from 'vitest';
import { clip, oneLine, safe, safeJson } from '../../common/safe-text.ts';

test('text of an author cannot move a cursor or set a title', () => {
  expect(safe('a\u001b[31mred\u001b[0m \u001b]0;title\u0007b\u009b2Jc')).toBe('ared bc');
});

test('text of an author cannot change the direction of the text around it', () => {
  expect(safe('abc\u202edef\u2066g\u200f')).toBe('abcdefg');
});

test('tabs and newlines stay, and a lone surrogate becomes a visible character', () => {
  expect(safe('a\tb\nc')).toBe('a\tb\nc');
  expect(safe('a\ud800b')).toBe('a\ufffdb');
});

test('one line is one line, and no longer than it may be', () => {
  expect(oneLine('first \n  second\nthird')).toBe('first second third');
  expect(oneLine('x'.repeat(400), 10)).toBe(`${'x'.repeat(9)}…`);
  expect(clip('short', 5)).toBe('short');
});

test('JSON stays the same value when its unsafe characters are escaped', () => {
  const value = { text: 'a\u202eb\u0007' };
  const shown = safeJson(JSON.stringify(value));
  expect(shown).not.toContain('\u202e');
  expect(JSON.parse(shown)).toEqual(value);
});
