import type { Counts } from './counts.ts';
import { toRanges } from './ranges.ts';
import { clip, safe } from './safe-text.ts';

/* How figures are written, in the terminal and on the page. */

/** One of something, and several of it: `['film', 'films']`. */
export type Unit = readonly [one: string, many: string];

export const ITEM: Unit = ['item', 'items'];
export const BATCH: Unit = ['batch', 'batches'];
export const RUN: Unit = ['run', 'runs'];
export const LOST_UPDATE: Unit = ['lost update', 'lost updates'];

/** `1,234.5`, at most three decimals. Without Intl: its first use takes as long as opening the store. */
export function number(value: number): string {
  const [whole = '', rest] = String(Math.round(value * 1000) / 1000).split('.');
  return `${whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',')}${rest === undefined ? '' : `.${rest}`}`;
}

/** `1 batch`, `12 batches`. */
export function counted(value: number, [one, many]: Unit): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}

/** Milliseconds as `0.4 ms`, `41 ms`, `1.9 s`, `2 min 5 s`, `3 h 20 min`. What took some time never took none: `<0.1 ms`. */
export function duration(ms: number): string {
  if (ms === 0) return '0 ms';
  if (ms > 0 && ms < 0.05) return '<0.1 ms';
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `about 20 s`, `6 to 8 min`: the time left, in milliseconds from and to, never more exact than it is known. */
export function timeLeft([from, to]: readonly [number, number]): string {
  const [unit, ms] =
    to < 90_000 ? (['s', 1000] as const) : to < 5_400_000 ? (['min', 60_000] as const) : (['h', 3_600_000] as const);
  const [low, high] = [Math.max(1, Math.round(from / ms)), Math.max(1, Math.round(to / ms))];
  return low === high ? `about ${high} ${unit}` : `${low} to ${high} ${unit}`;
}

/** How long it is until a moment: `in 3 min`. */
export function timeUntil(at: number, now: number): string {
  const seconds = (at - now) / 1000;
  if (seconds < 1) return 'now';
  if (seconds < 60) return `in ${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `in ${Math.ceil(seconds / 60)} min`;
  if (seconds < 86_400) return `in ${Math.floor(seconds / 3600)} h`;
  return new Date(at).toLocaleString(undefined, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
}

/** `just now`, `2 min ago`, `yesterday`, `24 Nov`. */
export function ago(at: number, now: number): string {
  const seconds = (now - at) / 1000;
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  if (seconds < 172_800) return 'yesterday';
  return new Date(at).toLocaleDateString(undefined, { day: 'numeric', month: 'short' });
}

/** `640 KB`, `1.2 MB`, `3 GB`, of 1,000 each. */
export function bytes(count: number): string {
  if (count < 1e6) return `${Math.max(1, Math.round(count / 1e3))} KB`;
  const [unit, size] = count < 1e9 ? (['MB', 1e6] as const) : (['GB', 1e9] as const);
  const amount = count / size;
  return `${amount < 10 ? amount.toFixed(1).replace('.0', '') : Math.round(amount)} ${unit}`;
}

/**
 * `14:05:09`, in the reader's time zone. Of 24 hours in every language, so that the same moment is written the same beside a
 * chart, in the log and in the log of another tool.
 */
export function clock(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(part => String(part).padStart(2, '0')).join(':');
}

/** `24/11/2026, 14:05:09`, as the reader's language and time zone have it. */
export function dateAndTime(at: number): string {
  return new Date(at).toLocaleString();
}

/** How many a second: `1,073`, `18`, `1.1`, `0.04`. Few are not none. */
export function rateText(rate: number): string {
  if (rate === 0) return '0';
  return rate >= 10 ? number(Math.round(rate)) : rate >= 0.1 ? rate.toFixed(1) : rate.toFixed(2);
}

/** How many percent `part` is of `total`; 0 of nothing. */
export function percent(part: number, total: number): number {
  return total === 0 ? 0 : (part / total) * 100;
}

/** What a total of items or batches is made of, in the order and the words in which it is told. Adds up to `total`. */
export const PARTS = [
  ['succeeded', 'done'],
  ['failed', 'failed'],
  ['setAside', 'set aside'],
  ['running', 'running'],
  ['waiting', 'waiting'],
  ['cancelled', 'cancelled'],
] as const satisfies readonly (readonly [keyof Counts, string])[];

/**
 * `3,201 films = 2,001 done + 1,200 failed`: the parts that are not zero, which always add up.
 * @param isComplete False while a stream may still bring more: the total is then `3,201 films so far`.
 */
export function equation(items: Counts, unit: Unit, isComplete: boolean): string {
  const shown = PARTS.filter(([part]) => items[part] > 0).map(([part, word]) => `${number(items[part])} ${word}`);
  return `${counted(items.total, unit)}${isComplete ? '' : ' so far'}${shown.length > 0 ? ` = ${shown.join(' + ')}` : ''}`;
}

/** Unless something else is said, `0,4,7-9`, as `--batches` takes them; at most `max` parts. */
export function rangesText(indices: Iterable<number>, { max = 12, between = ',', dash = '-' } = {}): string {
  const parts = toRanges(indices).map(([from, to]) => (from === to ? `${from}` : `${from}${dash}${to}`));
  return [...parts.slice(0, max), ...(parts.length > max ? ['…'] : [])].join(between);
}

const LONGEST_FILE_NAME = 200;

/** The name of a file, without its folder. */
export function fileName(file: string): string {
  return clip(safe(file.split(/[\\/]/).at(-1) ?? file), LONGEST_FILE_NAME);
}

/** `films.ts:31`: a source location as people say it. */
export function locationText(at: { readonly file: string; readonly line: number }): string {
  return `${fileName(at.file)}:${at.line}`;
}
