import type { Presented, PresentedFact } from '../../common/presented.ts';
import { describeValue } from '../workflow/errors.ts';
import { toStoredError } from './stored-error.ts';

/** People read no more from a screen. */
const MOST_FACTS = 6;
const LONGEST_HEADLINE = 300;
const LONGEST_LABEL = 60;
const LONGEST_VALUE = 200;

/**
 * What the `present` of a workflow says of a result. It changes nothing of the run: what goes wrong is told, and nothing is presented.
 * @param warn Is told why nothing is
 */
export function presentedBy(
  present: (result: never) => unknown,
  result: unknown,
  warn: (text: string) => void,
): Presented | undefined {
  try {
    return checked(present(result as never));
  } catch (error) {
    const { message, at } = toStoredError(error);
    warn(`present failed: ${message}${at ? ` (${at.file}:${at.line})` : ''}. The run has ended as it has.`);
    return undefined;
  }
}

/** @throws TypeError */
function checked(given: unknown): Presented {
  if (given instanceof Promise) {
    // Nobody waits for it: what becomes of it must not end the process.
    given.catch(() => undefined);
    throw new TypeError('it returned a promise. It must not wait for anything');
  }
  if (!isPlainObject(given))
    throw new TypeError(
      `it returned ${describeValue(given)}. It returns { headline: 'a sentence', facts: [{ label, value }] }`,
    );
  const { headline, facts = [] } = given;
  if (headline !== undefined && typeof headline !== 'string')
    throw new TypeError(`headline is ${describeValue(headline)}. It is a text`);
  if (!Array.isArray(facts)) throw new TypeError(`facts is ${describeValue(facts)}. It is a list of { label, value }`);
  return {
    ...(headline !== undefined && { headline: headline.slice(0, LONGEST_HEADLINE) }),
    facts: facts.slice(0, MOST_FACTS).map(factOf),
  };
}

function factOf(given: unknown, at: number): PresentedFact {
  const { label, value } = isPlainObject(given) ? given : {};
  if (typeof label !== 'string') throw new TypeError(`facts[${at}].label is ${describeValue(label)}. It is a text`);
  if (typeof value === 'number' && Number.isFinite(value)) return { label: label.slice(0, LONGEST_LABEL), value };
  if (typeof value !== 'string')
    throw new TypeError(`facts[${at}].value is ${describeValue(value)}. It is a text or a number`);
  return { label: label.slice(0, LONGEST_LABEL), value: value.slice(0, LONGEST_VALUE) };
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
