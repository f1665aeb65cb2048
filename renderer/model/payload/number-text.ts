import { isHeld } from '../../../common/exact-json.ts';
import { number } from '../../../common/format.ts';
import type { Bounds } from './field.ts';

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** The number that was typed, or what is wrong with it. */
export type TypedNumber = { readonly ok: true; readonly value: number } | { readonly ok: false; readonly why: string };

export function typedNumber(text: string, { whole, least, most }: Bounds & { readonly whole: boolean }): TypedNumber {
  const source = text.trim();
  const value = Number(source);
  const wrong = (why: string): TypedNumber => ({ ok: false, why });
  if (source === '') return wrong('This is required.');
  if (!NUMBER.test(source))
    return wrong(whole ? 'Write a whole number, such as 12.' : 'Write a number, such as 12 or 0.5.');
  if (!Number.isFinite(value) || !isHeld(value, source.replace(/^\+/, '')))
    return wrong('This is larger than a number can hold exactly.');
  if (whole && !Number.isInteger(value)) return wrong('Write a whole number, such as 12.');
  const isLow = least !== undefined && (value < least.value || (value === least.value && !least.allowed));
  const isHigh = most !== undefined && (value > most.value || (value === most.value && !most.allowed));
  const bounds = boundsText({ least, most });
  return bounds !== undefined && (isLow || isHigh) ? wrong(`It must be ${bounds}.`) : { ok: true, value };
}

/** `from 1 to 10,000`, `exactly 5`, `at least 1`, `more than 0 and at most 1`; undefined without bounds. */
export function boundsText({ least, most }: Bounds): string | undefined {
  if (least?.allowed === true && most?.allowed === true && least.value === most.value)
    return `exactly ${number(least.value)}`;
  if (least?.allowed === true && most?.allowed === true) return `from ${number(least.value)} to ${number(most.value)}`;
  const parts = [
    least && `${least.allowed ? 'at least' : 'more than'} ${number(least.value)}`,
    most && `${most.allowed ? 'at most' : 'less than'} ${number(most.value)}`,
  ].filter(part => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' and ');
}
