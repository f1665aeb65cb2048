import { expect, test } from 'vitest';
import { oldWordsIn } from '../../scripts/check-words.ts';

const words = (text: string) => oldWordsIn(text).map(({ word }) => word);

test('an old word is found with its line and with what to write', () => {
  expect(oldWordsIn('// Two lines,\nconst hint = `Mend the cause`;')).toEqual([
    { line: 2, word: 'Mend', instead: 'fix' },
  ]);
});

test('a phrase is found across the lines of a comment and of a page', () => {
  expect(words('/**\n * The counts do not\n * come out.\n */')).toEqual(['do not come out']);
  expect(words('// A signal\n// is\n// dear.')).toEqual(['is dear']);
  expect(words('Search or\ndo anything')).toEqual(['Search or do']);
});

test('ordinary English is left alone', () => {
  const ordinary = [
    'We recommend an amendment.',
    'It is open, but not now.',
    'Press Try one, then try again. Next, try to stop it.',
    'Keep the file. The camera is kept still.',
    'All tests pass; the tests of a batch pass.',
    'Pass the signal on. A file that is none of these is refused.',
    'The light theme shows batches.',
  ];
  expect(ordinary.flatMap(words)).toEqual([]);
});

test('what a command prints in a page is not the words of the page', () => {
  expect(oldWordsIn('Text\n```console\n$ run\nMend the cause\n```\nMend it')).toEqual([
    { line: 6, word: 'Mend', instead: 'fix' },
  ]);
});
