import { expect, test } from 'vitest';
import { MessagePattern, patternText } from '../../common/message-pattern.ts';

function patternOf(...messages: readonly string[]) {
  const pattern = new MessagePattern();
  for (const message of messages) pattern.add(message);
  return pattern.parts();
}

test('values in which messages differ are places, and what is the same in all stays', () => {
  expect(patternOf('Row 5 of page 2 has "a"', 'Row 17 of page 2 has "b"', 'Row 5 of page 2 has "a"')).toEqual([
    { text: 'Row ' },
    { examples: ['5', '17'] },
    { text: ' of page 2 has "' },
    { examples: ['a', 'b'] },
    { text: '"' },
  ]);
  expect(patternText(patternOf("reading 'trim'", "reading 'at'"))).toBe("reading '…'");
});

test('a value that is the same in the first and the last of them may differ in between', () => {
  expect(patternText(patternOf('Row 1 of page 2', 'Row 5 of page 3', 'Row 9 of page 2'))).toBe('Row … of page …');
});

test('one message, however often, is a text', () => {
  expect(patternOf('Row 5', 'Row 5')).toEqual([{ text: 'Row 5' }]);
  expect(patternOf('a … of its own', 'a … of its own')).toEqual([{ text: 'a … of its own' }]);
  expect(patternOf()).toEqual([]);
});

test('long messages that differ behind what is compared have their beginning in common', () => {
  const long = 'x'.repeat(600);
  expect(patternOf(`Row 1 ${long}a`, `Row 2 ${long}b`)).toEqual([
    { text: 'Row ' },
    { examples: ['1', '2'] },
    { text: ` ${long}` },
    { examples: [] },
  ]);
  expect(patternText(patternOf(`Row 1 ${long} and 2`, `Row 1 ${long}`))).toBe(`Row 1 ${long}…`);
});

test('no more than three of the values are named', () => {
  expect(patternOf(...Array.from({ length: 9 }, (_, at) => `${at}`))).toEqual([{ examples: ['0', '1', '2'] }]);
});
