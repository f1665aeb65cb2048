import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { elementsOf, wholeText } from '../../engine/store/array-pages.ts';
import { decode, encode, encodeInPages, NotDataError } from '../../engine/store/codec.ts';
import { range } from '../support/outside.ts';

/* A large array has its text in pages, and nobody can tell it from one that has one text. */

// Megabytes of JSON take a while on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const LONGEST_PAGE = 3 * 1024 * 1024;

test('a large array is cut into pages, from which its text and the array itself come back exactly', () => {
  const element = fc.oneof(
    fc.jsonValue({ depthSize: 'small' }),
    fc.string({ unit: 'grapheme' }).map(text => ({ text })),
    fc.constant('ü'.repeat(10_000)),
  );
  fc.assert(
    fc.property(fc.array(element, { minLength: 1, maxLength: 20 }), fc.constantFrom(0.5, 1, 3), (some, megabytes) => {
      // As many copies, since objects that are there twice are not plain data.
      const text = JSON.stringify(some);
      const array = range(Math.ceil((megabytes * 1_000_000) / text.length)).flatMap(
        () => JSON.parse(text) as unknown[],
      );
      const whole = encode(array, 'output');
      const cut = encodeInPages(array, 'output');
      // Where it is short; and a zero below zero is no JSON.
      if (typeof cut === 'string') {
        expect(cut === whole).toBe(true);
        return;
      }
      expect(wholeText(cut.pages) === whole).toBe(true);
      expect(JSON.stringify(elementsOf(cut.pages)) === JSON.stringify(decode(whole))).toBe(true);
      expect(cut.bytes).toBe(Buffer.byteLength(whole));
      expect(Math.max(...cut.pages.map(page => page.length))).toBeLessThan(LONGEST_PAGE);
    }),
    { numRuns: 20 },
  );
});

test('what is small, is no array or is no plain data is written as ever', () => {
  const shared = { id: 1 };
  const large = (element: () => unknown) => Array.from({ length: 60_000 }, () => element());
  for (const value of [
    1,
    undefined,
    { rows: large(() => ({ a: 'some text that is long enough' })) },
    range(64),
    range(10_000),
    large(() => shared),
    large(() => new Date(0)),
  ])
    expect(encodeInPages(value, 'output')).toBe(encode(value, 'output'));
});

test('what cannot be stored in a large array is named by its place', () => {
  const array = range(100_000).map(id => ({ id, save: id === 99_999 ? () => 1 : 'a text that is long enough' }));
  expect(() => encodeInPages(array, 'output')).toThrow(NotDataError);
  expect(() => encodeInPages(array, 'output')).toThrow('output[99999].save is a function');
});
