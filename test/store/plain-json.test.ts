import { stringify } from 'devalue';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, encode, encodeList } from '../../engine/store/codec.ts';
import { plainJson } from '../../engine/store/plain-json.ts';

test('JSON that is written for a value gives exactly that value back', () => {
  fc.assert(
    fc.property(
      fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withSet: true,
        withSparseArray: true,
        withTypedArray: true,
        withNullPrototype: true,
        withBoxedValues: true,
      }),
      value => {
        const json = plainJson(value);
        if (json !== undefined) expect(JSON.parse(json)).toStrictEqual(value);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('plain data is written as JSON', () => {
  fc.assert(
    fc.property(plainData(), value => {
      expect(plainJson(value)).toBe(JSON.stringify(value));
      expect(decode(encode(value, 'value'))).toStrictEqual(value);
    }),
    { numRuns: 1_000 },
  );
});

test('a list is written as an array that holds the same', () => {
  const texts = (list: readonly unknown[]) =>
    [encode, encodeList].map(write => {
      try {
        return write(list, 'items');
      } catch (error) {
        return String(error);
      }
    });
  const shared = { of: 1 };
  const values = fc.oneof(
    fc.anything({ withDate: true, withSparseArray: true }),
    fc.constant(shared),
    fc.constant(undefined),
  );
  fc.assert(
    fc.property(fc.array(values), list => {
      const [asArray, asList] = texts(list);
      expect(asList).toBe(asArray);
    }),
    { numRuns: 1_000 },
  );
});

/** Data that JSON keeps: of a zero below zero it keeps no sign. A member named `__proto__` is refused by the codec. */
function plainData(): fc.Arbitrary<fc.JsonValue> {
  return fc.jsonValue().filter(value => {
    const isKept = (part: unknown): boolean =>
      typeof part === 'object' && part !== null
        ? Object.entries(part).every(([key, member]) => key !== '__proto__' && isKept(member))
        : !Object.is(part, -0);
    return isKept(value);
  });
}

const shared = { of: 1 };
const circular: Record<string, unknown> = {};
circular.itself = circular;
const withBeside = Object.assign([1, 2], { beside: true });
const withHole = [1, 2, 3];
delete withHole[1];
class List extends Array<number> {}
const many = Array.from({ length: 100 }, (_, index) => ({ index }));

describe.each([
  ['undefined', undefined],
  ['undefined inside', { a: undefined }],
  ['a number that JSON has not', [Number.NaN]],
  ['minus zero', -0],
  ['a date', { at: new Date(0) }],
  ['a map', new Map([[1, 2]])],
  ['a big integer', 1n],
  ['what is referred to twice', [shared, shared]],
  ['what is referred to twice, far apart', [...many, many[0]]],
  ['what refers to itself', circular],
  ['an array with something beside its elements', withBeside],
  ['an array with a hole', withHole],
  ['an array of a class', List.of(1)],
  ['an object without a prototype', Object.assign(Object.create(null) as object, { a: 1 })],
  ['an object with a symbol', { [Symbol('s')]: 1 }],
  ['a function', () => 1],
  ['an object that has its own JSON', { toJSON: () => 1 }],
])('%s', (_what, value) => {
  test('is left to the codec', () => expect(plainJson(value)).toBeUndefined());
});

test.each([[[]], [[1, [2]]], [-1], [-1.5e300], [''], ['[1]'], ['-1'], [null], [{}]])(
  '%j is not mistaken for a text of devalue',
  value => {
    expect(decode(encode(value, 'value'))).toStrictEqual(value);
  },
);

test('texts of stores that were written before are read as they were', () => {
  fc.assert(
    fc.property(plainData(), value => {
      expect(decode(stringify(value))).toStrictEqual(value);
    }),
    { numRuns: 500 },
  );
});
