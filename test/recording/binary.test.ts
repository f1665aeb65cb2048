import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeParts, encodeParts } from '../../common/recording/binary.ts';

const column = fc.oneof(
  fc.uint8Array(),
  fc.uint32Array(),
  fc.float32Array(),
  fc.float64Array(),
  fc.array(fc.integer({ min: -(2 ** 45), max: 2 ** 45 })).map(list => Float64Array.from(list)),
);

/** JSON, with arrays at any place, and names that objects do not expect. */
const value = fc.letrec(tie => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    column,
    fc.array(tie('any')),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('arrays', 'value', 'constructor', 'toString')), tie('any')),
  ),
})).any;

test('what is written into a part is read back from it, whatever it is', () => {
  fc.assert(
    fc.property(value, given => {
      const plain: unknown = given;
      expect(decodeParts(encodeParts(plain === undefined ? null : { plain }))).toEqual({ plain });
    }),
  );
});

test('times in order take about a byte each', () => {
  const times = Float64Array.from({ length: 10_000 }, (_, index) => index * 20);
  expect(encodeParts({ times }).length).toBeLessThan(11_000);
});

test('a part that is cut off or damaged is an error, and fills no memory', () => {
  const whole = encodeParts({ times: Uint32Array.from({ length: 100 }, (_, index) => index * 1000) });
  expect(() => decodeParts(whole.slice(0, whole.length - 20))).toThrow('too early');
  expect(() => decodeParts(whole.slice(0, 10))).toThrow('JSON');
  const lying = new TextEncoder().encode(
    JSON.stringify({
      value: { times: null },
      arrays: [{ path: ['times'], kind: 'f64', length: 1e12, bytes: 4, isPlain: false }],
    }),
  );
  const bytes = new Uint8Array(8 + lying.length);
  new DataView(bytes.buffer).setUint32(0, lying.length, true);
  bytes.set(lying, 4);
  expect(() => decodeParts(bytes)).toThrow('too early');
});
