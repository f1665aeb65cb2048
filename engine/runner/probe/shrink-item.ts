import { inspect } from 'node:util';
import type { Answer, ProbedItems } from '../../run/probe/answer.ts';
import { shrink } from '../../run/probe/shrink.ts';
import { decode, encode } from '../../store/codec.ts';
import { HIDDEN, isSecretName } from './values/secret-names.ts';

/** The smallest item that fails with the cause of another. */
export interface SmallestItem {
  /** As it is written in code, long ones cut; without secrets. */
  readonly text: string;
  /** The item itself, in the codec's text: it is not to be shown. */
  readonly value: string;
  readonly probes: number;
  /** Without any one more part of it, it does not fail so. */
  readonly isSmallest: boolean;
}

/** More parts are not taken away. */
export const MOST_SHRINKING_PROBES = 200;
const LONGEST_TEXT = 2_000;
const DEEPEST_SHOWN = 6;

/**
 * Takes away from an item what its failure does not need.
 * @param text The item, in the codec's text
 * @param cause The fingerprint of the error that it fails with
 */
export async function shrinkItem(
  text: string,
  cause: string,
  probe: (items: ProbedItems) => Promise<Answer>,
): Promise<SmallestItem> {
  const { value, probes, isSmallest } = await shrink(
    decode(text),
    async smaller => {
      const answer = await probe({ texts: [encode(smaller, 'item')] });
      return !answer.passed && answer.error.fingerprint === cause;
    },
    MOST_SHRINKING_PROBES,
  );
  return { text: textOf(value), value: encode(value, 'item'), probes, isSmallest };
}

function textOf(value: unknown): string {
  const text = inspect(withoutSecrets(value, 0), {
    depth: DEEPEST_SHOWN,
    breakLength: Infinity,
    compact: true,
    customInspect: false,
  });
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text;
}

/** What is deeper is not shown, and may lead back to where it began. */
function withoutSecrets(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth > DEEPEST_SHOWN) return value;
  const shown = ([key, own]: readonly [unknown, unknown]) =>
    [key, typeof key === 'string' && isSecretName(key) ? HIDDEN : withoutSecrets(own, depth + 1)] as const;
  if (Array.isArray(value)) return value.map(own => withoutSecrets(own, depth + 1));
  if (value instanceof Map) return new Map([...value].map(shown));
  const isPlain = Object.getPrototypeOf(value) === Object.prototype;
  return isPlain ? Object.fromEntries(Object.entries(value).map(shown)) : value;
}
