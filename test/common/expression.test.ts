import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matches, valueOf, type Subject } from '../../common/expression/evaluate.ts';
import { parseExpression, tryParse } from '../../common/expression/parse.ts';
import { expressionText, isCondition, usesOf, type Expression } from '../../common/expression/syntax.ts';

const film = (country: string, year: number, rest: object = {}) => ({ country, year, ...rest });
const batch = (
  items: readonly unknown[],
  output: unknown = undefined,
  steps: Record<string, unknown> = {},
): Subject => ({
  items,
  output,
  outputOf: step => steps[step],
});
const isSo = (text: string, subject: Subject) => matches(parseExpression(text), subject);

describe('what a batch is asked', () => {
  const films = batch(
    [film('NL', 1941), film('US', 1999)],
    { total: 0, parts: [{ n: 1 }, { n: 7 }] },
    {
      Tidy: { total: 6 },
    },
  );

  test.each([
    ['item.country == "NL"', true],
    ["item.country == 'DE'", false],
    ['item.country == "NL" and item.year == 1999', false],
    ['item.country == "NL" and item.year < 1950', true],
    ['all(item.year > 1900)', true],
    ['all(item.country == "NL")', false],
    ['not any(item.country == "DE")', true],
    ['not (item.country == "NL")', true],
    ['any(item.country == "NL") and any(item.year == 1999)', true],
    ['output.total == 0', true],
    ['output.total', false],
    ['step("Tidy").output.total > 5', true],
    ['step("Gone").output.total > 5', false],
    ['item.missing == null', true],
    ['item.missing != null', false],
    ['item.country > 5', false],
    ['output.parts.n == 7', true],
    ['output.parts[0].n == 7', false],
    ['output.parts.length == 2', true],
    ['item["country"] == "US" or false', true],
    ['item.country.length == 2', true],
    ['item.year >= 1941 && item.year <= 1941 || false', true],
  ])('%s is %s', (text, expected) => expect(isSo(text, films)).toBe(expected));

  test('a value is the most common one among the items, and several are told', () => {
    const country = parseExpression('item.country');
    expect(valueOf(country, batch([film('US', 1), film('NL', 2), film('NL', 3)]))).toEqual({
      value: 'NL',
      isMixed: true,
    });
    expect(valueOf(country, batch([film('US', 1)]))).toEqual({ value: 'US', isMixed: false });
    expect(valueOf(country, batch([{}]))).toEqual({ value: undefined, isMixed: false });
  });

  test('dates, large numbers, maps and lists are values, too', () => {
    const subject = batch([{ at: new Date(0), big: 7n, map: new Map([['a', 1]]), tags: ['x', 'y'] }]);
    expect(isSo('item.at == "1970-01-01T00:00:00.000Z"', subject)).toBe(true);
    expect(isSo('item.big == 7', subject)).toBe(true);
    expect(isSo('item.map.a == 1', subject)).toBe(true);
    expect(valueOf(parseExpression('item.tags'), subject).value).toBe('a list');
  });

  test('nothing of a prototype, and no getter, is reached', () => {
    const got: string[] = [];
    const subject = batch([
      Object.defineProperty({}, 'x', {
        get: () => {
          got.push('x');
          return 1;
        },
        enumerable: true,
      }),
    ]);
    for (const text of [
      'item.constructor',
      'item.__proto__',
      'item.toString',
      'item.x',
      'item.constructor.constructor',
    ])
      expect(valueOf(parseExpression(text), subject).value).toBeUndefined();
    expect(got).toEqual([]);
  });

  test('all of many items is found out once', () => {
    const subject = batch(Array.from({ length: 20_000 }, () => ({ x: 1 })));
    expect(isSo('all(item.x == 2) or all(all(item.x == 2)) or item.x == 3', subject)).toBe(false);
  });
});

describe('what cannot be understood is told with its column', () => {
  test.each([
    ['', 1, 'Write a path'],
    ['item.country = "NL"', 14, '=='],
    ['item.country == "NL', 17, 'no end'],
    ['items.country', 1, 'needs item'],
    ['item.country ==', 16, 'it ends'],
    ['item.a == 1 == 2', 13, 'and'],
    ['item.release-date', 13, 'brackets'],
    ['!item.a', 1, 'not'],
    ['step(Tidy).output', 6, 'in quotes'],
    ['item[-1]', 6, 'whole number'],
    ['(item.a', 8, '“)”'],
    ['item.a item.b', 8, 'the end'],
    [`${'('.repeat(40)}1${')'.repeat(40)}`, 32, 'deeper'],
    [`item.a == "${'x'.repeat(1_000)}"`, 1_001, 'characters'],
    ['1e999', 1, 'too large'],
  ])('%s', (text, column, words) => {
    const parsed = tryParse(text);
    expect(parsed).toMatchObject({ ok: false, error: { column } });
    if (!parsed.ok) expect(parsed.error.message).toContain(words);
  });
});

test('an expression says what it looks at', () => {
  const uses = usesOf(parseExpression('all(item.a == 1) and step("Tidy").output.b > output.c'));
  expect({ ...uses, steps: [...uses.steps] }).toEqual({ items: true, output: true, steps: ['Tidy'] });
  expect(isCondition(parseExpression('item.a'))).toBe(false);
  expect(isCondition(parseExpression('not item.a'))).toBe(true);
});

const key = fc.oneof(fc.string({ maxLength: 6 }), fc.nat(9), fc.constantFrom('a', 'and', 'item', '__proto__', 'é'));
const root = fc.oneof(
  fc.constant({ from: 'item' as const }),
  fc.constant({ from: 'output' as const }),
  fc.record({ from: fc.constant('step' as const), step: fc.string({ maxLength: 6 }) }),
);
const leaf: fc.Arbitrary<Expression> = fc.oneof(
  fc.record({
    kind: fc.constant('literal' as const),
    value: fc.oneof(fc.string({ unit: 'binary', maxLength: 8 }), fc.integer(), fc.boolean(), fc.constant(null)),
  }),
  fc.record({ kind: fc.constant('path' as const), root, keys: fc.array(key, { maxLength: 3 }) }),
);
const { expression } = fc.letrec<{ expression: Expression }>(tie => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.record({
      kind: fc.constant('comparison' as const),
      is: fc.constantFrom('==' as const, '!=' as const, '<' as const, '<=' as const, '>' as const, '>=' as const),
      left: tie('expression'),
      right: tie('expression'),
    }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      parts: fc.array(tie('expression'), { minLength: 2, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constantFrom('not' as const, 'all' as const, 'any' as const), of: tie('expression') }),
  ),
}));

test('each expression written as text is read as the same expression', () => {
  fc.assert(
    fc.property(expression, given => {
      const text = expressionText(given);
      fc.pre(text.length <= 1_000);
      expect(parseExpression(text)).toEqual(given);
    }),
    { numRuns: 500 },
  );
});

test('whatever is typed is read or refused with a column in it, and what is read answers for any data', () => {
  const word = fc.constantFrom(
    ...[
      'item',
      'output',
      'step("a")',
      '.output',
      '.',
      '[',
      ']',
      '(',
      ')',
      '==',
      '<',
      'and',
      'or',
      'not',
      'all(',
      'any(',
    ],
    ...['"a"', "'", '1', '-', 'null', ' ', 'true', '.a', '\\', '!', '=', '\u{1f600}'],
  );
  const typed = fc.oneof(
    fc.string(),
    fc.array(word, { maxLength: 30 }).map(words => words.join('')),
  );
  fc.assert(
    fc.property(typed, fc.anything({ withDate: true, withMap: true, withBigInt: true }), (text, data) => {
      const parsed = tryParse(text);
      if (!parsed.ok) {
        expect(parsed.error.column).toBeGreaterThanOrEqual(1);
        expect(parsed.error.column).toBeLessThanOrEqual(text.length + 1);
        return;
      }
      const subject = batch([data, { a: data }], data, { a: data });
      expect(typeof matches(parsed.expression, subject)).toBe('boolean');
      expect(typeof valueOf(parsed.expression, subject).isMixed).toBe('boolean');
    }),
    { numRuns: 1_000 },
  );
});
