import { describe, expect, test } from 'vitest';

import { codeFrame, codeFrameOf } from '../../engine/load/frames.ts';

const text = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`).join('\n');

describe('codeFrame', () => {
  test('shows three lines before and after, and marks the column', () => {
    expect(codeFrame(text, 10, 3)).toBe(
      [
        '   7 | line 7',
        '   8 | line 8',
        '   9 | line 9',
        '> 10 | line 10',
        '     |   ^',
        '  11 | line 11',
        '  12 | line 12',
        '  13 | line 13',
      ].join('\n'),
    );
  });

  test('marks the line alone without a column, and stays in the text at its ends', () => {
    expect(codeFrame(text, 1)).toBe('> 1 | line 1\n  2 | line 2\n  3 | line 3\n  4 | line 4');
    expect(codeFrame(text, 20)).toBe('  17 | line 17\n  18 | line 18\n  19 | line 19\n> 20 | line 20');
  });

  test('counts lines as JavaScript does, whatever ends them', () => {
    expect(codeFrame('a\r\nb\rc\u2028d\ne', 4)).toContain('> 4 | d');
  });

  test('cuts a minified file down to what is around the column', () => {
    const minified = `${'a=1;'.repeat(100_000)}HERE();${'b=2;'.repeat(100_000)}`;
    const [line = '', marker = ''] = codeFrame(minified, 1, 400_001).split('\n');
    expect(line.length).toBeLessThan(220);
    expect(line.slice(marker.indexOf('^')).startsWith('HERE();')).toBe(true);
    expect(line).toMatch(/…$/);
  });

  test('shows the end of a line when the column lies behind it', () => {
    expect(codeFrame('short', 1, 99)).toBe('> 1 | short\n    |      ^');
  });

  test.each([[0], [-1], [21], [1.5], [NaN], [Infinity]])('is empty for line %s, which the text does not have', line => {
    expect(codeFrame(text, line, 1)).toBe('');
  });

  test.each([[0], [-5], [NaN], [Infinity]])('ignores column %s, which is none', column => {
    expect(codeFrame('a', 1, column)).toBe('> 1 | a');
  });

  test('has no colours, whatever the terminal can do', () => {
    expect(codeFrame('const a = "text"', 1, 1)).not.toContain('\u001b');
  });
});

test('codeFrameOf takes the text that was loaded, and has nothing for a file that was not', () => {
  const sources = [{ path: '/flows/a.ts', text: 'const a = 1', hash: '' }];
  expect(codeFrameOf('/flows/a.ts', sources, 1)).toBe('> 1 | const a = 1');
  expect(codeFrameOf('/flows/a.ts', sources, 9)).toBeUndefined();
  expect(codeFrameOf('/flows/b.ts', sources, 1)).toBeUndefined();
});
