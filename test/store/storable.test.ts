import { runInNewContext } from 'node:vm';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, encode, NotDataError } from '../../engine/store/codec.ts';

/*
 * Outputs, items, state and payloads go through one codec: what it takes comes back as it was, and all else is refused
 * with its path. Nothing is altered without a word.
 */

class Rows extends Array<number> {}
class Index extends Map<string, number> {}
class Bag extends Set<number> {}
class Day extends Date {}
class Bytes extends Uint8Array {}
class Pattern extends RegExp {}
class Film {
  title = 'Vertigo';
}
const added = <T extends object>(to: T, members: object): T => Object.assign(to, members);
const hidden = <T extends object>(to: T, key: PropertyKey): T => Object.defineProperty(to, key, { value: 1 });
const long = () => Array.from({ length: 100 }, (_, index) => index);

describe('what would come back altered is refused with its path', () => {
  test.each<[string, unknown, string]>([
    [
      'an array with a member',
      added([1, 2], { columns: ['a'] }),
      'output.columns is a member that was added to an array',
    ],
    ['a match of a RegExp', /b/.exec('abc'), 'output.index is a member that was added to an array'],
    [
      'a long array with a member',
      added(long(), { columns: 1 }),
      'output.columns is a member that was added to an array',
    ],
    ['an array with a hidden member', hidden([1], 'count'), 'output.count is a member that was added to an array'],
    [
      'a long array with a hidden member',
      hidden(long(), 'count'),
      'output.count is a member that was added to an array',
    ],
    ['an array with a symbol', added([1], { [Symbol('of')]: 1 }), 'output is an array with a symbol for a key'],
    ['a long array with a symbol', hidden(long(), Symbol('of')), 'output is an array with a symbol for a key'],
    [
      'a subclass of Array',
      { rows: Rows.of(1, 2) },
      'output.rows is an instance of Rows, which cannot be stored. Return a plain array',
    ],
    [
      'a subclass of Map',
      [new Index()],
      'output[0] is an instance of Index, which cannot be stored. Return a plain Map',
    ],
    ['a subclass of Set', new Bag(), 'output is an instance of Bag, which cannot be stored. Return a plain Set'],
    ['a subclass of Date', new Day(), 'output is an instance of Day, which cannot be stored. Return a plain Date'],
    ['a subclass of Uint8Array', new Bytes(2), 'output is an instance of Bytes'],
    ['a subclass of RegExp', new Pattern('a'), 'output is an instance of Pattern'],
    ['a class', { film: new Film() }, 'output.film is an instance of Film'],
    [
      'a Map with a member',
      { by: added(new Map(), { size2: 1 }) },
      'output.by.size2 is a member that was added to a Map',
    ],
    ['a Set with a member', added(new Set(), { of: 1 }), 'output.of is a member that was added to a Set'],
    ['a Date with a member', added(new Date(0), { zone: 'CET' }), 'output.zone is a member that was added to a Date'],
    ['a URL with a member', added(new URL('http://a/'), { of: 1 }), 'output.of is a member that was added to a URL'],
    [
      'a Uint8Array with a member',
      added(new Uint8Array(2), { of: 1 }),
      'output is a typed array to which members were added',
    ],
    [
      'a Buffer with a member',
      added(Buffer.from('ab'), { of: 1 }),
      'output is a typed array to which members were added',
    ],
    [
      'a boxed number with a member',
      added(Object(5) as object, { of: 1 }),
      'output.of is a member that was added to a Number',
    ],
    [
      'a boxed text with a member',
      added(Object('ab') as object, { of: 1 }),
      'output.of is a member that was added to a String',
    ],
    ['a RegExp that stands somewhere', added(/a/g, { lastIndex: 3 }), 'output is a RegExp that stands at lastIndex 3'],
    [
      'a hidden member',
      { film: hidden({ a: 1 }, 'id') },
      'output.film.id is a hidden (not enumerable) member of an object',
    ],
    ['a hidden symbol', hidden({ a: 1 }, Symbol('of')), 'output is an object with a symbol for a key'],
    ['an object that inherits', Object.create({ inherited: 1 }), 'output is an instance of a class without a name'],
    ['a growing buffer', new ArrayBuffer(2, { maxByteLength: 8 }), 'output is a resizable ArrayBuffer'],
    ['a view of shared memory', new Uint8Array(new SharedArrayBuffer(2)), 'output is a view of a SharedArrayBuffer'],
    ['a key of a Map', new Map([[new Film(), 1]]), 'output.keys() an object is an instance of Film'],
    ['a field of an Error', added(new Error('x'), { film: new Film() }), 'output.film is an instance of Film'],
    [
      'a symbol of an Error',
      added(new Error('x'), { [Symbol('of')]: 1 }),
      'output is an Error with a symbol for a key',
    ],
  ])('%s', (_of, value, message) => {
    expect(() => encode(value, 'output')).toThrow(NotDataError);
    expect(() => encode(value, 'output')).toThrow(message);
  });
});

describe('what is only unusual is kept', () => {
  test.each<[string, unknown]>([
    ['a long array', long()],
    ['an array with holes at its end', added([1], { length: 3 })],
    ['a long array with holes', added(long(), { length: 300 })],
    ['a frozen object', Object.freeze({ a: Object.freeze([1]) })],
    ['a part of a larger buffer', new Uint16Array(new Uint8Array([1, 2, 3, 4, 5, 6]).buffer, 2, 1)],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { '': -0 })],
    ['an Error that lists what is wrong', added(new Error('invalid'), { errors: ['a is missing'] })],
    ['an AggregateError', new AggregateError([new Error('a')], 'all')],
  ])('%s', (_of, value) => {
    const back = decode(encode({ value }, 'output')) as { value: unknown };
    expect(isDeepStrictEqual(back.value, value)).toBe(true);
    expect(Object.getPrototypeOf(back.value)).toBe(Object.getPrototypeOf(value));
  });

  test('plain data of another realm', () => {
    const value: unknown = runInNewContext('({ list: [1, new Date(5)], map: new Map([[1, 2]]) })');
    expect(decode(encode(value, 'output'))).toEqual({ list: [1, new Date(5)], map: new Map([[1, 2]]) });
  });

  test('a getter: as the value that it gives', () => {
    expect(
      decode(
        encode(
          {
            get a() {
              return 5;
            },
          },
          'output',
        ),
      ),
    ).toEqual({ a: 5 });
  });
});

test('any value at all comes back as it was, or is refused', () => {
  const odd = fc.constantFrom<(value: object) => object>(
    value => value,
    value => added(value, { extra: 1 }),
    value => hidden(value, 'secret'),
    value => added(value, { [Symbol('s')]: 1 }),
    value => Object.setPrototypeOf(value, { inherited: 1 }) as object,
  );
  const inner = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withSparseArray: true,
    withNullPrototype: true,
    withBoxedValues: true,
    maxDepth: 3,
  });
  const value = fc.tuple(inner, odd, fc.boolean()).map(([of, change, isInside]) => {
    const changed = typeof of === 'object' && of !== null && Object.isExtensible(of) ? change(of) : of;
    return isInside ? { list: [changed, new Map([[1, changed]])] } : changed;
  });
  let kept = 0;
  fc.assert(
    fc.property(value, given => {
      let text: string;
      try {
        text = encode(given, 'output');
      } catch (error) {
        expect(error).toBeInstanceOf(NotDataError);
        return;
      }
      kept += 1;
      const back = decode(text);
      expect(isDeepStrictEqual(back, given), text).toBe(true);
      expect(ownKeysOf(back)).toEqual(ownKeysOf(given));
    }),
    { numRuns: 1_000 },
  );
  expect(kept).toBeGreaterThan(100);
});

/** What comparing does not see: hidden members. */
function ownKeysOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return typeof value;
  return Reflect.ownKeys(value).map(String).toSorted();
}
