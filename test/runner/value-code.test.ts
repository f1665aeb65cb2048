import { expect, test } from 'vitest';
import { codeOf } from '../../engine/runner/probe/value-code.ts';

/** What JavaScript makes of the code. */
function read(code: string | undefined): unknown {
  // oxlint-disable-next-line typescript/no-implied-eval, typescript/no-unsafe-call
  return new Function(`return ${code}`)();
}

test.each([
  [{ Title: 1941 }],
  ['a \'b\' "c" \\ \n \u2028 \u202e ${d} `e`'],
  [[1n, -0, Number.NaN, -Infinity, undefined, null, true]],
  [new Map<unknown, unknown>([['a', new Set([new Date(0), {}])]])],
  [{ 'two words': [], nested: { list: Array.from({ length: 40 }, (_, at) => ({ at, text: 'long enough' })) } }],
  [/a\/'b/giu],
  [new URL('https://example.com/?a=%27')],
  [JSON.parse('{"__proto__": {"a": 1}, "b": "__proto__"}')],
])('a value is written as code that is the same value: %o', value => {
  expect(read(codeOf(value))).toStrictEqual(value);
});

test('it is written as a person would, and long values over several lines', () => {
  expect(codeOf({ Title: 1941, 'Release Date': new Date(0) })).toBe(
    "{ Title: 1941, 'Release Date': new Date('1970-01-01T00:00:00.000Z') }",
  );
  const long = codeOf({ a: 'x'.repeat(60), b: ['y'.repeat(60)] });
  expect(long).toBe(`{\n  a: '${'x'.repeat(60)}',\n  b: ['${'y'.repeat(60)}'],\n}`);
});

test('what is part of itself, has a class, or has holes is not written as code', () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const holes = [1];
  holes[2] = 3;
  class Film {
    title = 'Up';
  }
  for (const value of [circular, new Film(), holes, Buffer.from('a'), () => 1]) expect(codeOf(value)).toBeUndefined();
});
