import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fisher, stretch } from '../../engine/run/in-common/chance.ts';
import { inCommon } from '../../engine/run/in-common/in-common.ts';
import { sentence, stretchSentence } from '../../engine/run/in-common/sentence.ts';

const films = JSON.parse(
  readFileSync(new URL('../../node_modules/vega-datasets/data/movies.json', import.meta.url), 'utf8'),
) as Record<string, unknown>[];

/** What is said where these films are at fault. */
function said(isAtFault: (film: Record<string, unknown>) => boolean): string[] {
  const atFault = films.filter(isAtFault);
  const rest = films.filter(film => !isAtFault(film));
  const figures = { atFault: atFault.length, others: rest.length, unit: ['film', 'films'] as const };
  return inCommon(atFault, rest).map(statement => sentence(statement, figures));
}

describe('what real films at fault have in common', () => {
  test('a title that is not a text', () => {
    expect(said(({ Title }) => typeof Title !== 'string')).toEqual([
      'All 10 films at fault have in common: `Title` is not a text; none of the 3,191 that succeeded has it.',
    ]);
  });

  test('a rating from a value on, moved to where the items at fault lie', () => {
    expect(said(film => Number(film['IMDB Rating']) > 9)).toEqual([
      'All 3 films at fault have in common: `IMDB Rating` is 9.1 or more; none of the 3,198 that succeeded has it.',
    ]);
  });

  test('two values together', () => {
    const [first] = said(film => film['MPAA Rating'] === 'R' && film['Major Genre'] === 'Horror');
    expect(first).toMatch(
      /^All 127 films at fault have in common: .* and .*; none of the 3,074 that succeeded has it\.$/,
    );
    expect(first).toContain('`Major Genre` is "Horror"');
    expect(first).toContain('`MPAA Rating` is "R"');
  });

  test('one value, and for those that it leaves another', () => {
    expect(said(film => ['NC-17', 'Open'].includes(String(film['MPAA Rating'])))).toEqual([
      '8 of the 10 films at fault have in common: `MPAA Rating` is "NC-17"; none of the 3,191 that succeeded has it.',
      '2 of the 10 films at fault have in common: `MPAA Rating` is "Open"; none of the 3,191 that succeeded has it.',
    ]);
  });

  test('nothing, where they were picked at random, or are one or two', () => {
    expect(said(film => films.indexOf(film) % 80 === 7)).toEqual([]);
    expect(said(film => films.indexOf(film) === 5)).toEqual([]);
  });
});

test('keys with dots, dates, lists and missing members are looked at as they are', () => {
  const item = (index: number, bad: boolean) => ({
    'a.b': { at: new Date(bad ? 5e12 + index : 1e12 + index * 1e6) },
    tags: bad ? [] : ['x'],
    n: index % 7,
  });
  const atFault = Array.from({ length: 20 }, (_, index) => item(index, true));
  const rest = Array.from({ length: 200 }, (_, index) => item(index, false));
  const [statement] = inCommon(atFault, rest);
  expect(statement).toMatchObject({ atFault: 20, others: 0 });
  const words = [...(statement?.features ?? []), ...(statement?.alike ?? [])].map(feature => feature.words);
  expect(words).toContain('`tags` has nothing in it');
  expect(words.some(text => text.startsWith('`a.b.at` is 2128-'))).toBe(true);
  for (const feature of [...(statement?.features ?? []), ...(statement?.alike ?? [])]) {
    expect(atFault.every(feature.test)).toBe(true);
    expect(rest.some(feature.test)).toBe(false);
  }
});

// One-sided probabilities of 2 x 2 tables, as R's fisher.test(alternative = 'greater') gives them.
test.each([
  // Fisher's tea: 3 of 4 cups with milk first, of 8.
  [3, 4, 4, 8, 0.242_857_142_857_143],
  [4, 4, 4, 8, 0.014_285_714_285_714_3],
  // Convictions of twins: 10 of 13 monozygotic, 2 of 17 dizygotic.
  [10, 12, 13, 30, 55_710 / 119_759_850],
  [0, 5, 5, 20, 1],
  [1, 1, 1, 1_000_000, 1e-6],
])('Fisher: %d of %d with it, among %d of %d', (a, having, drawn, all, expected) => {
  expect(fisher(a, having, drawn, all)).toBeCloseTo(expected, 12);
});

describe('a stretch', () => {
  const figures = { atFault: 10, others: 1_000, unit: ['film', 'films'] as const };

  test('of the source in which all lie, or nearly all, is said', () => {
    const close = [500, 501, 503, 505, 507, 508, 510, 511, 515, 519];
    const found = stretch(close, 1_000);
    expect(found).toEqual({ from: 500, to: 519, atFault: 10 });
    expect(found && stretchSentence(found, figures)).toBe('All 10 films at fault lie between film 501 and film 520.');
    expect(stretch([...close.slice(1), 3], 1_000)).toEqual({ from: 501, to: 519, atFault: 9 });
  });

  test('that chance explains is not said', () => {
    expect(stretch([3, 100, 250, 400, 431, 600, 777, 802, 900, 990], 1_000)).toBeUndefined();
    expect(stretch([5, 6], 1_000)).toBeUndefined();
  });
});
