import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { jsonLine } from '../../engine/store/json-line.ts';
import { decode, encode, NotDataError, UnreadableError } from '../../engine/store/codec.ts';
import { valueOfText } from '../../host/runs/value-of-text.ts';
import { shown, shownBriefly } from '../../host/store/show.ts';
import { ODD_TEXTS } from './odd-values.ts';
import { search, timeout } from './runs.ts';

/*
 * What steps return, payloads, items and state: all of it goes through the codec, into a store and back. What it takes
 * comes back as it was; what it does not take is named by its place.
 */

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom(...ODD_TEXTS));
const key = text.filter(other => other !== '__proto__');
const bytes = fc.uint8Array({ maxLength: 20 });

/** Everything that can be kept, in each other: one value may stand in several places, and around itself. */
const { value } = fc.letrec<{ value: unknown; error: Error }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    text,
    fc.double(),
    fc.integer(),
    fc.bigInt(),
    fc.boolean(),
    fc.constantFrom(null, undefined, -0, Number.NaN, Infinity, -Infinity, Number.MAX_SAFE_INTEGER),
    fc.date({ noInvalidDate: false }),
    fc.constantFrom(
      /a\/b/giu,
      new URL('http://a/?b#c'),
      new URLSearchParams('a=b&a=c'),
      Object(5),
      Object('text'),
      Object(5n),
    ),
    bytes,
    bytes.map(of => Buffer.from(of)),
    bytes.map(of => of.buffer.slice(of.byteOffset, of.byteOffset + of.byteLength)),
    bytes.map(of => of.subarray(1)),
    fc.float64Array({ maxLength: 4 }),
    fc.bigInt64Array({ maxLength: 4 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.sparseArray(tie('value'), { maxLength: 6 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: false }),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 }).map(entries => new Map(entries)),
    fc.array(tie('value'), { maxLength: 3 }).map(members => new Set(members)),
    tie('error'),
    // In three places, one of which is inside it.
    tie('value').map(shared => {
      const around: Record<string, unknown> = { shared, again: [shared] };
      around.around = around;
      return around;
    }),
  ),
  error: fc
    .record(
      { message: text, cause: tie('value'), code: tie('value'), errors: fc.array(tie('value'), { maxLength: 2 }) },
      { requiredKeys: ['message'] },
    )
    .map(({ message, cause, code, errors }) =>
      Object.assign(
        errors ? new AggregateError(errors, message, { cause }) : new Error(message, { cause }),
        code === undefined ? {} : { code },
      ),
    ),
}));

test(
  'whatever can be kept comes back as it was, and twice as the same text',
  () => {
    fc.assert(
      fc.property(value, given => {
        const kept = encode(given, 'output');
        // SQLite keeps UTF-8, and C programs end texts at a zero.
        expect(kept.isWellFormed()).toBe(true);
        expect(kept).not.toContain('\0');
        const back = decode(kept);
        expect(isDeepStrictEqual(back, given), kept).toBe(true);
        expect(encode(back, 'output')).toBe(kept);
      }),
      search(400),
    );
  },
  timeout,
);

test(
  'whatever can be kept can be shown: as JSON by the command line, and as text by the Studio',
  () => {
    fc.assert(
      fc.property(value, given => {
        expect(() => JSON.parse(jsonLine(given)) as unknown).not.toThrow();
        const kept = encode(given, 'output');
        const { json, truncated } = shown(kept);
        if (!truncated) expect(() => valueOfText(json), json).not.toThrow();
        expect(shownBriefly(kept, 100).length).toBeLessThanOrEqual(101);
      }),
      search(200),
    );
  },
  timeout,
);

describe('what cannot be stored is named by its place', () => {
  class Film {
    readonly title = 'Vertigo';
  }
  const WRONG: readonly [() => unknown, string][] = [
    [() => () => 1, 'is a function'],
    [() => Symbol('x'), 'is a symbol'],
    [() => Promise.resolve(1), 'is a promise'],
    [() => new Film(), 'is an instance of Film'],
    [() => new WeakMap(), 'is an instance of WeakMap'],
    [() => new SharedArrayBuffer(1), 'is an instance of SharedArrayBuffer'],
    [() => ({ [Symbol('key')]: 1 }), 'is an object with a symbol for a key'],
    [() => JSON.parse('{"__proto__":1}') as unknown, 'is an object with a member named "__proto__"'],
    [
      () => ({
        get [Symbol.toStringTag]() {
          return 'Map';
        },
      }),
      'is an object with a symbol for a key',
    ],
    [
      () =>
        new Proxy(
          {},
          {
            ownKeys() {
              throw new Error('trapped');
            },
          },
        ),
      'could not be read: trapped',
    ],
  ];
  /** A value around another, and how one gets from it to the other. */
  const wrappings: fc.Arbitrary<{ wrap: (inner: unknown) => unknown; step: string }> = fc.oneof(
    fc
      .array(value, { maxLength: 3 })
      .map(before => ({ wrap: (inner: unknown) => [...before, inner], step: `[${before.length}]` })),
    fc.tuple(key, fc.dictionary(key, value, { maxKeys: 3 })).map(([name, others]) => ({
      wrap: (inner: unknown) => ({ ...others, [name]: inner }),
      step: /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`,
    })),
    fc.integer().map(of => ({
      wrap: (inner: unknown) =>
        new Map<unknown, unknown>([
          ['other', 1],
          [of, inner],
        ]),
      step: `.get(${of})`,
    })),
    fc.constant({ wrap: (inner: unknown) => new Set([1, inner]), step: '.values()[1]' }),
    fc.constant({ wrap: (inner: unknown) => new Error('around', { cause: inner }), step: '.cause' }),
  );

  test(
    'however deep it lies',
    () => {
      fc.assert(
        fc.property(fc.constantFrom(...WRONG), fc.array(wrappings, { maxLength: 5 }), ([make, what], around) => {
          const whole = around.reduceRight((inner, { wrap }) => wrap(inner), make());
          expect(() => encode(whole, 'output')).toThrow(NotDataError);
          expect(() => encode(whole, 'output')).toThrow(`output${around.map(({ step }) => step).join('')} ${what}`);
        }),
        search(120),
      );
    },
    timeout,
  );

  test('and a getter that throws by its own', () => {
    expect(() =>
      encode(
        {
          films: [
            {
              get title() {
                throw new Error('no title');
              },
            },
          ],
        },
        'output',
      ),
    ).toThrow('output.films[0].title could not be read: no title');
  });
});

describe('what is deep or mostly empty', () => {
  test('as is a key that holds the map it belongs to', () => {
    const map = new Map<unknown, unknown>();
    map.set({ map }, 1).set([map, map], 2);
    expect(shown(encode(map, 'output')).json.length).toBeLessThan(10_000);
    expect(jsonLine(map)).toContain('[circular]');
  });

  test('is kept, or refused in a sentence; and is shown in both cases', () => {
    for (const depth of [100, 600, 1_500, 4_000, 20_000]) {
      let deep: unknown = 1;
      for (let level = 0; level < depth; level++) deep = level % 2 === 0 ? [deep] : { inside: deep };
      expect(jsonLine(deep)).toContain(depth > 500 ? '[nested too deeply]' : '1');
      if (depth < 500) expect(decode(encode(deep, 'output'))).toEqual(deep);
      if (depth > 10_000)
        expect(() => encode(deep, 'output')).toThrow(
          'output is nested too deeply to be stored. Return a flatter value.',
        );
    }
  });

  test('takes no more room than what it holds', () => {
    const sparse: unknown[] = [];
    sparse[4_000_000_000] = 'last';
    const kept = encode({ sparse }, 'output');
    expect(kept.length).toBeLessThan(100);
    expect((decode(kept) as { sparse: unknown[] }).sparse).toHaveLength(4_000_000_001);
    expect(jsonLine({ sparse })).toBe('{"sparse":{"4000000000":"last"}}');
    expect(shown(kept).json.length).toBeLessThan(70_000);
  });
});

test(
  'any text at all is a value, or not one of ours',
  () => {
    const letters = fc.constantFrom(
      '[',
      ']',
      '{',
      '}',
      '"',
      ',',
      ':',
      '-7',
      '0',
      '1',
      '2',
      '4294967295',
      '"Date"',
      '"Map"',
      '"Set"',
      '"Error"',
      '"Buffer"',
      '"Object"',
      '"BigInt"',
      '"RegExp"',
      '"Uint8Array"',
      '"ArrayBuffer"',
      '"URL"',
      '"__proto__"',
      '"x"',
      '"cause"',
      '"errors"',
    );
    const written = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.array(letters, { maxLength: 20 }).map(of => of.join('')),
      fc.json({ maxDepth: 3 }),
      fc.tuple(value, fc.nat(), letters).map(([of, at, letter]) => {
        const kept = encode(of, 'output');
        const cut = at % (kept.length + 1);
        return kept.slice(0, cut) + letter + kept.slice(cut + 1);
      }),
    );
    fc.assert(
      fc.property(written, of => {
        let back: unknown;
        try {
          back = decode(of);
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableError);
          return;
        }
        expect(typeof jsonLine(back)).toBe('string');
        expect(shown(of).json.length).toBeLessThan(70_000);
      }),
      search(400),
    );
  },
  timeout,
);
