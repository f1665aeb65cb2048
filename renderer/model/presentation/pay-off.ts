import { parseValueText, plainValueOf } from '../../../common/value-text.ts';
import type { RunDetail } from '../../../host/api/api.ts';
import type { Wording } from './wording.ts';

/** A figure or a few words that the workflow came to. */
export interface PayOff {
  /** Missing where the result is one value. */
  readonly label: string | undefined;
  readonly value: string;
}

/** A sentence of the author's, and figures. */
interface WholePayOff {
  readonly headline: string | undefined;
  readonly figures: readonly PayOff[];
}

/** What the workflow's `present` says of the result of a run; else what the result itself says. */
export function payOffOf(
  { presented, result }: { readonly presented: RunDetail['presented']; readonly result: string | undefined },
  wording: Wording,
): WholePayOff {
  if (!presented) return { headline: undefined, figures: result === undefined ? [] : payOff(result, wording) };
  const { headline, facts } = presented;
  return {
    headline,
    figures: facts.map(({ label, value }) => ({
      label,
      value: typeof value === 'number' ? wording.large(value) : value,
    })),
  };
}

const MOST = 4;
const LONGEST = 80;

/**
 * What the result of a run says to people who do not read JSON: figures and short texts by their names, and how many of
 * what there is a list. Nothing where it says nothing to them.
 * @param json A stored value as the host shows it, which is not always whole
 */
export function payOff(json: string, wording: Wording): readonly PayOff[] {
  let result: unknown;
  try {
    result = plainValueOf(parseValueText(json));
  } catch {
    // It was cut off.
    return [];
  }
  const single = shown(result, wording);
  if (single !== undefined) return [{ label: undefined, value: single }];
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return [];
  return Object.entries(result)
    .flatMap(([key, value]) => {
      const text = Array.isArray(value) ? listed(value, wording) : shown(value, wording);
      return text === undefined ? [] : [{ label: words(key), value: text }];
    })
    .slice(0, MOST);
}

function shown(value: unknown, wording: Wording): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return wording.large(value);
  if (typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST) return value;
  return undefined;
}

/** Short lists by what is in them, others by how long they are. */
function listed(values: readonly unknown[], wording: Wording): string | undefined {
  const texts = values.map(value => shown(value, wording));
  const text = texts.join(', ');
  if (texts.length > 0 && texts.length <= 3 && texts.every(one => one !== undefined) && text.length <= LONGEST)
    return text;
  return wording.number(values.length);
}

/** `withoutTakings` → `Without takings` */
function words(key: string): string {
  const spaced = key
    .replaceAll(/[_-]+/g, ' ')
    .replaceAll(/([a-z\d])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
    .trim();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
