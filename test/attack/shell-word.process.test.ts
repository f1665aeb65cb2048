import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellWord } from '../../cli/shell-word.ts';

const NAMES = [
  'runs.db',
  'my runs/a b.db',
  '$(touch owned)',
  '`touch owned`',
  '"; touch owned; "',
  "it's",
  "'; touch owned; '",
  '$HOME',
  '!!',
  '*',
  '~',
  '#',
  '\\',
  'a\\nb',
  '',
  '&& touch owned',
  'a\u001b[2J\u202eb\nc\td',
  "\u0007'$(x)\\'",
  '-rf',
  'naïve 🎬',
];

// The bash of a Mac is too old to know \u.
test.skipIf(process.platform !== 'linux')(
  'a name in a command to be pasted is one word of it, and the same name',
  () => {
    const typed = NAMES.map(name => shellWord(name)).join(' ');
    const words = execFileSync('bash', ['--norc', '-c', `printf '%s\\0' ${typed}`], { env: { LC_ALL: 'C.UTF-8' } })
      .toString()
      .split('\0')
      .slice(0, -1);
    expect(words).toEqual(NAMES);
    // oxlint-disable-next-line no-control-regex
    expect(typed).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  },
);

test('as cmd takes it', () => {
  expect(['C:\\a\\b.db', 'C:\\a b\\c&d.db'].map(name => shellWord(name, 'win32'))).toEqual([
    'C:\\a\\b.db',
    '"C:\\a b\\c&d.db"',
  ]);
});
