import type { Unit } from '../../../common/format.ts';
import { label } from '../shown-text.ts';

/*
 * What a language does by itself: its figures, its plurals and its times of day, as Intl has them. The tables of
 * sentences are written with it.
 */

/** The forms of a word of ours, by what Intl calls them: `other` is always there. */
export type Forms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string };

export interface Wording {
  /** As it stands in `lang` of the page, and as Intl takes it. */
  readonly locale: string;
  /** `3,201`, at most three decimals. */
  number(value: number): string;
  /** `272.6 billion`: from a million on nobody reads each digit across a room. */
  large(value: number): string;
  /** `12 %`, rounded down: what is not all is not 100 %. */
  percent(part: number, total: number): string;
  /** The form that goes with a number. */
  form(count: number, forms: Forms): string;
  /** `1 film`, `3,201 films`. The author's words stay as the author wrote them. */
  counted(count: number, unit: Unit): string;
  /** The author's word alone, as it goes with a number. */
  word(count: number, unit: Unit): string;
  /** `14:32` */
  timeOfDay(at: number): string;
  /** `4 minutes`: in whole seconds, minutes or hours, never more exact than it is known. */
  span(ms: number): string;
  /** `6–8 minutes`; `undefined` where both are the same. */
  spanRange(from: number, to: number): string | undefined;
  /** `€1,204,500`: a sign of a currency or its code as the language has it, other units after the figure. */
  amount(decimal: string, unit: string): string;
  /** Whether a unit of amounts is a currency. */
  isMoney(unit: string): boolean;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** @param locale What a reader prefers: `de-CH`. */
export function wordingOf(locale: string): Wording {
  const figures = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 });
  const compact = new Intl.NumberFormat(locale, {
    notation: 'compact',
    compactDisplay: 'long',
    maximumFractionDigits: 1,
  });
  const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const plurals = new Intl.PluralRules(locale);
  const times = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' });
  const spans = (unit: 'second' | 'minute' | 'hour') =>
    new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 });

  const word = (count: number, [one, many]: Unit) => (plurals.select(count) === 'one' ? one : many);
  return {
    locale,
    number: value => figures.format(value),
    large: value => (Math.abs(value) >= 1e6 ? compact.format(value) : figures.format(value)),
    percent: (part, total) => percents.format(total === 0 ? 0 : Math.floor((part / total) * 100) / 100),
    form: (count, forms) => forms[plurals.select(count)] ?? forms.other,
    // A figure does not stand at the end of a line, without what it counts.
    counted: (count, unit) => `${figures.format(count)}\u00a0${word(count, unit)}`,
    word,
    timeOfDay: at => times.format(at),
    span: ms => {
      const [unit, size] = unitOfSpan(ms);
      return spans(unit).format(Math.max(1, Math.round(ms / size)));
    },
    spanRange: (from, to) => {
      const [unit, size] = unitOfSpan(to);
      const [low, high] = [Math.max(1, Math.round(from / size)), Math.max(1, Math.round(to / size))];
      return low === high ? undefined : spans(unit).formatRange(low, high);
    },
    amount: (decimal, unit) => amountIn(locale, decimal, unit),
    isMoney: unit => currencyOf(unit) !== undefined,
  };
}

function unitOfSpan(ms: number): readonly ['second' | 'minute' | 'hour', number] {
  if (ms < 90 * SECOND) return ['second', SECOND];
  return ms < 90 * MINUTE ? ['minute', MINUTE] : ['hour', HOUR];
}

/** The figure is a text of many digits: Intl takes it as one, and no digit is lost on the way. */
function amountIn(locale: string, decimal: string, unit: string): string {
  const digits = decimal.includes('.') ? Math.max(2, decimal.length - decimal.indexOf('.') - 1) : 0;
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  // What the types call a number may be a text, which Intl reads exactly.
  const exact = decimal as unknown as number;
  const currency = currencyOf(unit);
  if (currency) {
    const style = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const;
    return new Intl.NumberFormat(locale, { ...style, ...options }).format(exact);
  }
  const figure = new Intl.NumberFormat(locale, options).format(exact);
  return unit === '' ? figure : `${figure} ${label(unit, 30)}`;
}

/** By their signs; a dollar or a yen is shown as its sign, whichever country's it is. */
const SIGNS: Readonly<Record<string, string>> = {
  '€': 'EUR',
  $: 'USD',
  '£': 'GBP',
  '¥': 'JPY',
  '₹': 'INR',
};

function currencyOf(unit: string): string | undefined {
  return SIGNS[unit] ?? Intl.supportedValuesOf('currency').find(code => code === unit);
}

/** Those that are to be said. */
export function sentences(...said: readonly (string | false | undefined)[]): readonly string[] {
  return said.filter(sentence => typeof sentence === 'string');
}

/** For the beginning of a sentence. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
