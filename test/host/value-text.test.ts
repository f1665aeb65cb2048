import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withEdits } from '../../engine/run/rerun/edited-items.ts';
import { decode, encode } from '../../engine/store/codec.ts';
import { valueOfText } from '../../host/runs/value-of-text.ts';
import { shown } from '../../host/store/show.ts';

/* What JSON cannot say is shown as what it is, and an edit of one field leaves everything else exactly as it was. */

const bytes = fc.uint8Array({ maxLength: 9 });
const leaf = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.double(),
  fc.bigInt(),
  fc.boolean(),
  fc.constantFrom<unknown>(null, undefined, -0, Number.NaN, Infinity, -Infinity, 2 ** 60 + 2 ** 10, 1e21, 5e-324),
  fc.date({ noInvalidDate: false }),
  fc.constantFrom<unknown>(
    /a\/b"/giu,
    new URL('http://a/?b#c'),
    new URLSearchParams('a=b&a=c'),
    Object(5),
    Object('t'),
  ),
  bytes,
  bytes.map(of => Buffer.from(of)),
  bytes.map(of => Uint8Array.from(of).buffer),
  fc.float64Array({ maxLength: 3 }),
  fc.bigInt64Array({ maxLength: 3 }),
);
const key = fc.string({ unit: 'binary', maxLength: 8 }).filter(text => text !== '__proto__');

/** Values of all kinds that can be stored, in each other. */
const { value } = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 }).map(entries => new Map(entries)),
    fc.array(tie('value'), { maxLength: 3 }).map(members => new Set(members)),
  ),
}));

const textOf = (of: unknown) => shown(encode(of, 'value'), true).json;

/** What the store gives of it: a date that is none, for one, comes back as such. */
const stored = (of: unknown) => decode(encode(of, 'value'));

test('each value is read back from its text', () => {
  fc.assert(
    fc.property(value, of => {
      expect(isDeepStrictEqual(valueOfText(textOf(of)), stored(of))).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('an edit of one field leaves all others exactly as they were, the very same', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ a: value, n: fc.integer(), z: leaf }), { minLength: 1, maxLength: 3 }),
      fc.nat(),
      fc.integer(),
      (items, at, n) => {
        const before = stored(items) as typeof items;
        const index = at % items.length;
        const read = valueOfText(textOf(items)) as { n: number }[];
        const edited = valueOfText(textOf(items)) as { n: number }[];
        (edited[index] as { n: number }).n = n;
        const after = withEdits(before, read, edited) as typeof items;
        expect(after.map(item => item.n)).toEqual(items.map((item, i) => (i === index ? n : item.n)));
        for (const [i, item] of after.entries()) {
          expect(Object.is(item.a, before[i]?.a)).toBe(true);
          expect(Object.is(item.z, before[i]?.z)).toBe(true);
        }
        // Nothing that was edited cannot be stored.
        expect(isDeepStrictEqual(decode(encode(after, 'items')), after)).toBe(true);
      },
    ),
    { numRuns: 30 },
  );
});

describe('an edit', () => {
  const edit = (of: unknown, change: (text: string) => string) => {
    const text = textOf(of);
    return withEdits(stored(of), valueOfText(text), valueOfText(change(text)));
  };

  test('changes what is in a map or a set, and leaves their keys and members as they were', () => {
    const at = new Date(5);
    const map = new Map<unknown, unknown>([
      [at, { n: 1, cents: 5n }],
      [2, Number.NaN],
      ['two', undefined],
    ]);
    expect(edit([{ map }], text => text.replace('"n": 1', '"n": 7'))).toEqual([
      {
        map: new Map<unknown, unknown>([
          [at, { n: 7, cents: 5n }],
          [2, Number.NaN],
          ['two', undefined],
        ]),
      },
    ]);
    expect(edit([new Set([1n, 2n])], text => text.replace('2n', '3n'))).toEqual([new Set([1n, 3n])]);
  });

  test('keeps the holes of a list, an object without a prototype and an error', () => {
    // oxlint-disable-next-line no-sparse-arrays -- It is what is tested.
    const list = [1, , 3];
    const bare = Object.assign(Object.create(null) as object, { n: 1 });
    const error = Object.assign(new TypeError('no', { cause: 'x' }), { code: 5n });
    const after = edit([{ list, bare, error, n: 1 }], text =>
      text.replaceAll('"n": 1', '"n": 2').replace('3\n', '4\n'),
    );
    const [item] = after as [{ list: unknown[]; bare: object; error: Error }];
    expect([1 in item.list, item.list]).toEqual([false, [1, undefined, 4]]);
    expect(Object.getPrototypeOf(item.bare)).toBeNull();
    expect(item).toMatchObject({ n: 2, bare: { n: 2 }, error: { message: 'no', cause: 'x', code: 5n } });
  });

  test('adds and removes dates and other kinds by what they are called', () => {
    expect(edit([new Date(0)], () => '[Date("1970-01-01T00:00:00.000Z"), Date("2026-01-31")]')).toEqual([
      new Date(0),
      new Date('2026-01-31'),
    ]);
    expect(edit([{ a: 1 }], () => '[{"a": undefined, "b": Map {1 => Set {2n}}, "c": Buffer("aGk=")}]')).toEqual([
      { a: undefined, b: new Map([[1, new Set([2n])]]), c: Buffer.from('hi') },
    ]);
  });

  test('is refused where what it leads back to would be left behind', () => {
    const loop: Record<string, unknown> = { n: 1 };
    loop.self = loop;
    expect(() => edit([loop], text => text.replace('1', '2'))).toThrow('items[0] leads back to itself');
    expect(edit([{ loop, n: 3 }], text => text.replace('3', '4'))).toEqual([{ loop, n: 4 }]);
  });
});

test.each([
  ['[1, 2', 'It ends too early.'],
  ['[Date("soon")]', 'Date("soon") is not valid: this is no date'],
  ['[Process("x")]', 'Process(…) is none of the kinds'],
  ['[{a: 1}]', 'Line 1 is wrong, near a: 1}]'],
  ['[\n  1,\n  alert\n]', 'Line 4 is wrong, near ]'],
  ['[NaN, 9007199254740993]', 'larger than a number can hold exactly'],
])('%s is refused: %s', (text, message) => {
  expect(() => valueOfText(text)).toThrow(message);
});

test('what is nested too deeply is refused, and does not end the process', () => {
  expect(() => valueOfText(`${'['.repeat(50_000)}NaN`)).toThrow('nested too deeply');
});
