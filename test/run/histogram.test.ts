import { expect, test } from 'vitest';
import { fieldsOf, histogramOf } from '../../engine/run/in-common/histogram.ts';

const rest = Array.from({ length: 30 }, (_, n) => ({
  country: n % 3 === 0 ? 'DE' : 'FR',
  price: n * 10,
  at: { city: 'x' },
}));
const atFault = [{ price: 5, at: {} }, { price: 7, country: null }, { price: 295 }];

test('the values of a field are counted in the items at fault and in the others, those of the items at fault first', () => {
  expect(histogramOf('country', atFault, rest)).toEqual({
    atFault: 3,
    others: 30,
    rows: [
      { text: 'missing', atFault: 2, others: 0 },
      { text: 'null', atFault: 1, others: 0 },
      { text: '"FR"', atFault: 0, others: 20 },
      { text: '"DE"', atFault: 0, others: 10 },
    ],
  });
});

test('many numbers are counted in ranges, and each is in one', () => {
  const { rows } = histogramOf('price', atFault, rest);
  expect(rows.length).toBeLessThanOrEqual(8);
  expect(rows[0]).toMatchObject({ text: '0 to 36.88', atFault: 2 });
  expect(rows.reduce((sum, row) => sum + row.atFault, 0)).toBe(3);
  expect(rows.reduce((sum, row) => sum + row.others, 0)).toBe(30);
});

test('of very many values the rest is counted together', () => {
  const { rows } = histogramOf(
    'id',
    [{ id: 'a' }],
    Array.from({ length: 100 }, (_, n) => ({ id: `n${n}` })),
  );
  expect(rows).toHaveLength(13);
  expect(rows[0]).toEqual({ text: '"a"', atFault: 1, others: 0 });
  expect(rows.at(-1)).toEqual({ text: '89 other values', atFault: 0, others: 89 });
});

test('fields are those that some item has, also inside others', () => {
  expect(fieldsOf(atFault, rest).toSorted()).toEqual(['at.city', 'country', 'price']);
  expect(histogramOf('a.b', [{ 'a.b': 1 }], []).rows).toEqual([{ text: '1', atFault: 1, others: 0 }]);
});
