import { describe, expect, test } from 'vitest';
import {
  ago,
  BATCH,
  clock,
  counted,
  duration,
  equation,
  fileName,
  number,
  percent,
  rangesText,
  rateText,
  timeLeft,
} from '../../common/format.ts';

test('numbers have a comma every three digits and at most three decimals', () => {
  expect([0, 999, 1_000, 1_234_567.891_2, -12_345].map(number)).toEqual([
    '0',
    '999',
    '1,000',
    '1,234,567.891',
    '-12,345',
  ]);
});

test('one batch is singular, every other count is plural', () => {
  expect([0, 1, 2, 1_200].map(count => counted(count, BATCH))).toEqual([
    '0 batches',
    '1 batch',
    '2 batches',
    '1,200 batches',
  ]);
});

test.each([
  [0, '0 ms'],
  [0.02, '<0.1 ms'],
  [0.42, '0.4 ms'],
  [41, '41 ms'],
  [1_900, '1.9 s'],
  [125_000, '2 min 5 s'],
  [12_000_000, '3 h 20 min'],
])('%d ms is written as %s', (ms, text) => expect(duration(ms)).toBe(text));

describe('the time left', () => {
  test('is a range as long as it is not known exactly', () => expect(timeLeft([360_000, 480_000])).toBe('6 to 8 min'));
  test('is one number when both ends round to it', () => expect(timeLeft([19_600, 20_300])).toBe('about 20 s'));
  test('is never zero', () => expect(timeLeft([0, 200])).toBe('about 1 s'));
});

test('a time is told by its distance from now', () => {
  const now = 10 * 86_400_000;
  expect([1_000, 120_000, 7_200_000, 100_000_000].map(before => ago(now - before, now))).toEqual([
    'just now',
    '2 min ago',
    '2 h ago',
    'yesterday',
  ]);
});

test('few a second are not none, and are told as exactly as they are read', () =>
  expect([0, 0.04, 0.4, 1.13, 18.4, 1_072.9].map(rateText)).toEqual(['0', '0.04', '0.4', '1.1', '18', '1,073']));

test('a time of day has 24 hours, in every language', () =>
  expect([3, 17].map(hour => clock(new Date(2026, 10, 29, hour, 5, 9).getTime()))).toEqual(['03:05:09', '17:05:09']));

test('a share of nothing is nothing', () => {
  expect(percent(0, 0)).toBe(0);
  expect(percent(1, 4)).toBe(25);
});

describe('the equation of a batch node', () => {
  const items = { total: 3_201, succeeded: 2_001, failed: 1_200, running: 0, waiting: 0, cancelled: 0, setAside: 0 };

  test('leaves out the parts that are zero', () =>
    expect(equation(items, ['film', 'films'], true)).toBe('3,201 films = 2,001 done + 1,200 failed'));

  test('says that a stream may bring more', () =>
    expect(equation(items, ['film', 'films'], false)).toMatch(/^3,201 films so far = /));

  test('has no right side without items', () =>
    expect(equation({ ...items, total: 0, succeeded: 0, failed: 0 }, BATCH, true)).toBe('0 batches'));
});

test('many ranges are cut short, few are complete', () => {
  expect(rangesText([0, 4, 7, 8, 9])).toBe('0,4,7-9');
  expect(rangesText([0, 2, 4, 6], { max: 2 })).toBe('0,2,…');
  expect(rangesText([0, 4, 7, 8, 9], { between: ', ', dash: '–' })).toBe('0, 4, 7–9');
});

test('a file is named without its folder, on every system', () => {
  expect(fileName('/home/ada/films.ts')).toBe('films.ts');
  expect(fileName(String.raw`C:\work\films.ts`)).toBe('films.ts');
});
