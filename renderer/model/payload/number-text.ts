import { isHeld } from '../../../common/exact-json.ts';
import { FORM_ENGLISH } from '../presentation/form-english.ts';
import type { FormText } from './form-text.ts';
import type { Bounds } from './field.ts';

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** The number that was typed, or what is wrong with it. */
export type TypedNumber = { readonly ok: true; readonly value: number } | { readonly ok: false; readonly why: string };

export function typedNumber(
  text: string,
  { whole, least, most }: Bounds & { readonly whole: boolean },
  says: FormText = FORM_ENGLISH,
): TypedNumber {
  const source = text.trim();
  const value = Number(source);
  const wrong = (why: string): TypedNumber => ({ ok: false, why });
  if (source === '') return wrong(says.required);
  if (!NUMBER.test(source)) return wrong(whole ? says.notWhole : says.notNumber);
  if (!Number.isFinite(value) || !isHeld(value, source.replace(/^\+/, ''))) return wrong(says.tooLarge);
  if (whole && !Number.isInteger(value)) return wrong(says.notWhole);
  const isLow = least !== undefined && (value < least.value || (value === least.value && !least.allowed));
  const isHigh = most !== undefined && (value > most.value || (value === most.value && !most.allowed));
  const bounds = boundsText({ least, most }, says);
  return bounds !== undefined && (isLow || isHigh) ? wrong(says.mustBe(bounds)) : { ok: true, value };
}

/** `from 1 to 10,000`, `exactly 5`, `at least 1`, `more than 0 and at most 1`; undefined without bounds. */
export function boundsText({ least, most }: Bounds, { bounds }: FormText = FORM_ENGLISH): string | undefined {
  if (least?.allowed === true && most?.allowed === true && least.value === most.value)
    return bounds.exactly(least.value);
  if (least?.allowed === true && most?.allowed === true) return bounds.between(least.value, most.value);
  const parts = [
    least && bounds.least(least.value, least.allowed),
    most && bounds.most(most.value, most.allowed),
  ].filter(part => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(bounds.and);
}
