import { describe, expect, test } from 'vitest';
import { ITEM } from '../../../common/format.ts';
import { english } from '../../../renderer/model/presentation/english.ts';
import { LANGUAGES, textIn, unitIn } from '../../../renderer/model/presentation/languages.ts';
import type { Figures, PresentationText } from '../../../renderer/model/presentation/text.ts';
import { wordingOf } from '../../../renderer/model/presentation/wording.ts';

/* The types make every language have every text. What they cannot see is whether it says something, and in its language. */

const COUNTS = [0, 1, 2, 3_201];

const figures = (count: number, more: Partial<Figures> = {}): Figures => ({
  unit: ['Q-one', 'Q-many'],
  total: count * 4,
  done: count,
  failed: count,
  aside: count,
  waiting: count,
  running: count,
  cancelled: count,
  isOpenEnded: false,
  decisions: count,
  failedStep: undefined,
  left: [60_000, 240_000],
  rate: count,
  atATime: count,
  as: 'square',
  fault: undefined,
  tested: { passing: Math.floor(count / 2), done: count, total: count },
  repaired: 0,
  ...more,
});

/** All that a table can say, by where it stands in it: its functions are called with figures that differ. */
function said(value: unknown, path: string, into = new Map<string, string>()): Map<string, string> {
  if (typeof value === 'string') into.set(path, value);
  else if (typeof value === 'function')
    for (const [name, args] of argumentsOf(path)) say(value, `${path}(${name})`, args);
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) if (key !== 'wording') said(inner, `${path}.${key}`, into);
  return into;

  function say(call: CallableFunction, at: string, args: readonly unknown[]): void {
    said(call(...args), at, into);
  }
}

function argumentsOf(path: string): [string, readonly unknown[]][] {
  const at = 1_764_000_000_000;
  const unit = ['Q-one', 'Q-many'];
  return COUNTS.flatMap((count): [string, readonly unknown[]][] => {
    switch (path.split('.')[1]) {
      case 'share':
      case 'lost':
      case 'more':
        return [[`${count}`, [count]]];
      case 'badge':
        return [
          ['at', [at]],
          ['some time', [undefined]],
        ];
      case 'startOf':
      case 'payloadUnread':
        return [['one', ['X']]];
      case 'exported':
        return path.endsWith('recorded')
          ? [true, false].map(hasValues => [`${hasValues}`, ['X', hasValues]])
          : [['one', ['X']]];
      case 'form':
        return formArguments(path.split('.').at(-1) ?? '', count);
      case 'notes':
        return path.endsWith('yours')
          ? [['one', ['X']]]
          : [
              [`${count}`, [figures(count)]],
              [`${count}, not tested`, [figures(count, { tested: undefined })]],
            ];
      case 'palette':
        return [
          [`${count}`, [count, 'X']],
          [`${count}, damaged`, [count, undefined]],
        ];
      case 'lastTime':
        return [[`${count}`, [count * 1_000]]];
      case 'soFar':
        return [[`${count}`, [String(count)]]];
      case 'percentDone':
        return [[`${count}`, [count, count * 3]]];
      case 'amounts':
        if (path.endsWith('addsUp'))
          return [
            ['money', [true]],
            ['weight', [false]],
          ];
        return path.endsWith('missing') ? [['some', ['€5']]] : [[`${count}`, [count]]];
      case 'queued':
        return [[`${count}`, [{ waiting: count, refused: count }]]];
      case 'square':
        return [
          [`${count}`, [count, unit]],
          ['several', [undefined, unit]],
        ];
      case 'doTheOthers':
      case 'once':
        return [[`${count}`, [count, unit]]];
      case 'batches':
        return (['square', 'batch'] as const).map(as => [`${count} ${as}`, [count, as]]);
      case 'again':
        return [[`${count}`, [{ unit, parts: count, as: 'square', items: count, next: ['X'], done: count }]]];
      default:
        return [
          [`${count}`, [figures(count)]],
          [`${count}, open-ended`, [figures(count, { isOpenEnded: true, failed: 0, left: [60_000, 61_000] })]],
          [`${count}, a step`, [figures(count, { failed: 0, failedStep: 'X' })]],
          [`${count}, known`, [figures(count, { fault: { items: count, waiting: 0 } })]],
          [`${count}, slow`, [figures(count, { rate: 0.1, tested: undefined })]],
        ];
    }
  });
}

function formArguments(name: string, count: number): [string, readonly unknown[]][] {
  switch (name) {
    case 'between':
      return [[`${count}`, [count, count + 1]]];
    case 'least':
    case 'most':
      return [true, false].map(allowed => [`${count} ${allowed}`, [count, allowed]]);
    case 'numberHint':
      return [true, false].map(whole => [`${whole}`, [whole, 'X']]);
    case 'lengthHint':
      return ['characters', 'entries'].map(of => [`${count} ${of}`, ['x', of, count]]);
    case 'notJson':
    case 'zoneHint':
    case 'mustBe':
    case 'byDefault':
      return [['one', ['X']]];
    default:
      return [[`${count}`, [count]]];
  }
}

const tables = Object.keys(LANGUAGES).map(code => [code, textIn([code])] as const);
const other = tables.filter(([code]) => code !== 'en');
const inEnglish = said(english(wordingOf('en')), '');

describe.each(tables)('the language %s', (_, text) => {
  const all = said(text, '');

  test('says something everywhere, in whole sentences, and nothing that is a fault of the program', () => {
    expect(all.size).toBeGreaterThan(100);
    for (const [path, sentence] of all) {
      if (!/queued\(0\)/.test(path)) expect(sentence.trim(), path).not.toBe('');
      expect(sentence, path).not.toMatch(
        path === '.form.bounds.and' ? /undefined/ : /undefined|null|NaN|\[object|false| {2}|\.\.|^ | $/,
      );
    }
    for (const [path, sentence] of all)
      if (/^\.(headline|meaning|can)/.test(path)) expect(sentence, path).toMatch(/[.]$/);
  });

  test('leaves the words of the author as they were written', () => {
    for (const [path, sentence] of all)
      for (const word of sentence.match(/Q-\w+/g) ?? []) expect(['Q-one', 'Q-many'], path).toContain(word);
  });
});

describe.each(other)('the language %s', (_, text) => {
  test('has the same sentences as English has', () => {
    const paths = (table: Map<string, string>) => [...table.keys()].map(path => path.replace(/\.\d+$/, '')).toSorted();
    expect(new Set(paths(said(text, '')))).toEqual(new Set(paths(inEnglish)));
  });

  test('repeats none of the English ones', () => {
    const same = [...said(text, '')].filter(
      ([path, sentence]) => /\p{L}{3}/u.test(sentence.replaceAll(/Q-\w+/g, '')) && inEnglish.get(path) === sentence,
    );
    expect(same).toEqual([]);
  });
});

describe('the language is the first of the system’s that there is', () => {
  const start = (preferred: readonly string[]) => textIn(preferred).start;

  test.each([
    [['de-DE', 'en'], 'Starten'],
    [['fr-FR', 'de-AT', 'en'], 'Starten'],
    [['en-GB', 'de'], 'Start'],
    [['fr'], 'Start'],
    [[], 'Start'],
    [['DE'], 'Starten'],
    [['constructor', '__proto__', 'de_broken', 'de'], 'Starten'],
  ])('of %j it is that of “%s”', (preferred, text) => expect(start(preferred)).toBe(text));

  test('with the figures of its region', () => {
    const figure = (tag: string) => textIn([tag]).wording.number(1_234_567.5);
    expect([figure('de'), figure('en'), figure('en-IN')]).toEqual(['1.234.567,5', '1,234,567.5', '12,34,567.5']);
  });
});

test('what nobody has named is counted in a word of the language, and what somebody has named never is', () => {
  const german = textIn(['de']);
  expect(german.wording.counted(2, unitIn(german, ITEM))).toBe('2\u00a0Elemente');
  expect(german.wording.counted(2, unitIn(german, ['item', 'items']))).toBe('2\u00a0items');
});

describe('figures, times and amounts', () => {
  const of = (text: PresentationText) => text.wording;
  const en = of(textIn(['en']));
  const de = of(textIn(['de']));

  test('are as the language has them', () => {
    expect([en.large(272_600_000_000), de.large(272_600_000_000)]).toEqual(['272.6 billion', '272,6 Milliarden']);
    expect([en.large(3_201), de.large(3_201)]).toEqual(['3,201', '3.201']);
    expect([en.percent(2, 3), de.percent(2, 3)]).toEqual(['66%', '66\u00a0%']);
    expect([en.span(240_000), de.span(240_000), de.span(400)]).toEqual(['4 minutes', '4 Minuten', '1 Sekunde']);
    expect([en.spanRange(360_000, 480_000), en.spanRange(60_000, 60_400)]).toEqual(['6–8 minutes', undefined]);
    expect(de.spanRange(7_200_000, 10_800_000)).toBe('2–3 Stunden');
  });

  test('have every digit of an amount, and its currency where the language puts it', () => {
    const amounts: [string, string][] = [
      ['1204500', '€'],
      ['24500.5', 'EUR'],
      ['-0.25', '$'],
      ['12345678901234567890.123456', '€'],
      ['12', 'kg'],
      ['12.5', ''],
    ];
    expect(amounts.map(([figure, unit]) => en.amount(figure, unit))).toEqual([
      '€1,204,500',
      '€24,500.50',
      '-$0.25',
      '€12,345,678,901,234,567,890.123456',
      '12 kg',
      '12.50',
    ]);
    expect(amounts.map(([figure, unit]) => de.amount(figure, unit).replaceAll('\u00a0', ' '))).toEqual([
      '1.204.500 €',
      '24.500,50 €',
      '-0,25 $',
      '12.345.678.901.234.567.890,123456 €',
      '12 kg',
      '12,50',
    ]);
  });
});
