import { describe, expect, test } from 'vitest';
import { encode } from '../../engine/store/codec.ts';
import { shown, shownBriefly } from '../../host/store/show.ts';

const show = (value: unknown, full = false) => shown(encode(value, 'value'), full);

describe('a value that is shown', () => {
  test('is JSON on several lines', () => {
    const value = { title: 'Film "A"', years: [1941, null, true], none: {}, empty: [], nested: { deep: [{ a: 1 }] } };
    expect(show(value).json).toBe(JSON.stringify(value, undefined, 2));
    expect(JSON.parse(show(value).json)).toEqual(value);
  });

  test('is shown as what it is where JSON has no word for it', () => {
    const value = {
      date: new Date(0),
      map: new Map<unknown, unknown>([
        ['a', 1],
        [2, 'b'],
      ]),
      set: new Set([1, 2]),
      big: 12n,
      nan: Number.NaN,
      none: undefined,
      list: [undefined, Infinity],
      bytes: Buffer.from('hi'),
      words: Uint16Array.of(1),
      error: Object.assign(new TypeError('no'), { code: 5 }),
      url: new URL('http://x/'),
      pattern: /a/g,
    };
    expect(show(value).json).toBe(`{
  "date": Date("1970-01-01T00:00:00.000Z"),
  "map": Map {
    "a" => 1,
    2 => "b"
  },
  "set": Set {
    1,
    2
  },
  "big": 12n,
  "nan": NaN,
  "none": undefined,
  "list": [
    undefined,
    Infinity
  ],
  "bytes": Buffer("aGk="),
  "words": Uint16Array("AQA="),
  "error": TypeError {
    "code": 5,
    "name": "TypeError",
    "message": "no"
  },
  "url": URL("http://x/"),
  "pattern": RegExp("/a/g")
}`);
    expect(show(undefined).json).toBe('undefined');
    expect(show('x')).toEqual({ json: '"x"', truncated: false, size: 3 });
  });

  test('may refer to itself, and to the same thing many times over', () => {
    const circular: Record<string, unknown> = { name: 'loop' };
    circular.self = circular;
    expect(JSON.parse(show(circular).json)).toEqual({ name: 'loop', self: '[circular]' });
    let bomb: unknown = ['x'];
    for (let level = 0; level < 40; level++) bomb = [bomb, bomb];
    const { json, truncated } = show(bomb);
    expect([json.length, truncated]).toEqual([65_536, true]);
  });

  test('is cut off where it gets long, until the rest is asked for', () => {
    const long = Array.from({ length: 20_000 }, (_, index) => index);
    const cut = (value: unknown, full?: boolean) => {
      const { json, truncated } = show(value, full);
      return [truncated, json.length];
    };
    expect(cut(long)).toEqual([true, 65_536]);
    expect(show(long, true).json).toBe(JSON.stringify(long, undefined, 2));
    expect(cut('x'.repeat(20_000_100), true)).toEqual([true, 20_000_000]);
    expect(cut(Buffer.alloc(100_000))).toEqual([true, 65_536]);
  });

  test('that is large is read when all of it is asked for, and not at all when it is too large', () => {
    expect(shown(`["${'x'.repeat(9_000_000)}"]`)).toEqual({
      json: '"A value of 9 MB."',
      truncated: true,
      size: 9_000_004,
    });
    expect(shown(`["${'x'.repeat(9_000_000)}"]`, true)).toMatchObject({ truncated: false });
    expect(shown(`["${'x'.repeat(70_000_000)}"]`, true)).toEqual({
      json: '"A value of 70 MB is too large to be shown."',
      truncated: true,
      size: 70_000_004,
    });
  });

  test('cannot hide or turn around what stands beside it', () => {
    const { json } = show('a\u202eb\u2066c\u0000d\u009b31m\u2028');
    expect(json).toBe('"a\\u202eb\\u2066c\\u0000d\\u009b31m\\u2028"');
    expect(JSON.parse(json)).toBe('a\u202eb\u2066c\u0000d\u009b31m\u2028');
  });

  test('fits on one line in a table', () => {
    expect(shownBriefly(encode({ a: [1, 'b'], c: {} }, 'value'))).toBe('{"a": [1, "b"], "c": {}}');
    expect(shownBriefly(encode('x'.repeat(500), 'value'))).toBe(`"${'x'.repeat(299)}…`);
  });
});
