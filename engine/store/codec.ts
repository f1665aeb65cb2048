import { parse, stringify } from 'devalue';
import { describeValue } from '../workflow/errors.ts';
import { cutArray, FEWEST_ELEMENTS, type ArrayPages } from './array-pages.ts';
import { isPlain, plainJson, plainJsonOfList } from './plain-json.ts';
import { refusalOf, UnreadablePart } from './storable.ts';

/*
 * Values as text: plain data in JSON, and all else by devalue, which keeps JSON plus Date, Map, Set, BigInt, undefined,
 * NaN and Infinity, -0, typed arrays, RegExp, URL, and repeated or circular references; Buffer and Error are added here.
 *
 * A text of devalue begins with `[` or `-`. JSON that would begin so has a space before it.
 */

/** A value holds something that cannot be stored; the message names its path. */
export class NotDataError extends Error {
  override readonly name = 'NotDataError';
}

/** What a store holds is not what Cronflow writes there: another program has changed it, or the file is damaged. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError';
}

/** Marks an error that has `errors` and is no AggregateError. */
const LISTS = '#errors';

const reducers = {
  Buffer: (value: unknown) => Buffer.isBuffer(value) && [value.toString('base64')],
  Error: (value: unknown) =>
    value instanceof Error && {
      ...value,
      name: value.name,
      message: value.message,
      stack: value.stack,
      ...('cause' in value && { cause: value.cause }),
      // Other errors may have a list of this name, too: Ajv's, Yup's.
      ...(value instanceof AggregateError
        ? { errors: value.errors as unknown[] }
        : 'errors' in value && { [LISTS]: true }),
    },
};

/** Of errors that are part of each other (a cause that leads back) each is made once: by the data it is made of. */
const errors = new WeakMap<object, Error>();

const revivers = {
  Buffer: ([base64]: [string]) => Buffer.from(base64, 'base64'),
  Error: (data: Record<string, unknown>) => {
    const error = errors.get(data) ?? (isAggregate(data) ? new AggregateError([]) : new Error());
    errors.set(data, error);
    const { message, stack, name, cause, [LISTS]: _lists, ...rest } = data;
    const { errors: listed } = rest;
    if (isAggregate(data)) delete rest.errors;
    const hidden = {
      message,
      stack,
      name,
      ...(isAggregate(data) && { errors: listed }),
      ...('cause' in data && { cause }),
    };
    for (const [key, value] of Object.entries(hidden))
      Object.defineProperty(error, key, { value, configurable: true, writable: true, enumerable: false });
    return Object.assign(error, rest);
  },
};

function isAggregate(data: Record<string, unknown>): boolean {
  return Array.isArray(data.errors) && data[LISTS] !== true;
}

/**
 * The text of a value.
 * @param what Names the value in messages: `output` makes `output.users[3].save is a function`.
 * @throws NotDataError
 */
export function encode(value: unknown, what: string): string {
  return encodeBy(plainJson, value, what);
}

/** The text of a list that the engine has made, of values of the author's. @throws NotDataError */
export function encodeList(list: readonly unknown[], what: string): string {
  return encodeBy(plainJsonOfList, list, what);
}

function encodeBy<T>(plain: (value: T) => string | undefined, value: T, what: string): string {
  try {
    const json = readably(plain, value);
    if (json === undefined) return encodeAny(value, what);
    return beginsLikeDevalue(json) ? ` ${json}` : json;
  } catch (error) {
    throw asNotData(error, what);
  }
}

/** The message says all there is to say: the error behind it is the codec's own. */
function asNotData(error: unknown, what: string): NotDataError {
  return error instanceof NotDataError ? error : new NotDataError(whyNot(error, what));
}

/**
 * The text of a value, or, of a large array of plain data, the pages of its text.
 * @throws NotDataError
 */
export function encodeInPages(value: unknown, what: string): string | ArrayPages {
  if (!Array.isArray(value) || value.length < FEWEST_ELEMENTS) return encode(value, what);
  try {
    return readably(plainPages, value) ?? encodeAny(value, what);
  } catch (error) {
    throw asNotData(error, what);
  }
}

/** @throws UnreadableError when it is not a text that `encode` has made */
export function decode(text: string): unknown {
  try {
    return beginsLikeDevalue(text) ? parse(text, revivers) : (JSON.parse(text) as unknown);
  } catch (error) {
    if (error instanceof RangeError && /call stack/i.test(error.message))
      throw new UnreadableError('A value is nested too deeply to be read.', { cause: error });
    throw new UnreadableError(
      `A value is not in the form in which it was written: ${error instanceof Error ? error.message : describeValue(error)}`,
      { cause: error },
    );
  }
}

function beginsLikeDevalue(text: string): boolean {
  return text.startsWith('[') || text.startsWith('-');
}

function plainPages(array: readonly unknown[]): string | ArrayPages | undefined {
  return isPlain(array) ? cutArray(array) : undefined;
}

/** What cannot be read, because a getter throws or it is too deep, is named by `encodeAny`. */
function readably<Value, Text>(textOf: (value: Value) => Text, value: Value): Text | undefined {
  try {
    return textOf(value);
  } catch (error) {
    if (isTooLarge(error)) throw error;
    return undefined;
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError && /string length/i.test(error.message);
}

/** The text of undefined: the output of a step that returned nothing. A number of that value has a space before it. */
export const UNDEFINED_TEXT = '-1';

/** The text of a value that is not plain data for sure. @throws NotDataError */
function encodeAny(value: unknown, what: string): string {
  const refusal = refusalOf(value);
  if (refusal)
    throw new NotDataError(`${what}${refusal.path} is ${refusal.what}, which cannot be stored. ${refusal.remedy}`);
  return stringify(value, reducers);
}

function whyNot(error: unknown, what: string): string {
  if (isTooLarge(error))
    return `${what} is too large to be stored (over 512 MB as text). Store it in a file and return its path, or return less.`;
  if (error instanceof RangeError && /call stack/i.test(error.message))
    return `${what} is nested too deeply to be stored. Return a flatter value.`;
  const path = error instanceof UnreadablePart ? error.path : '';
  return `${what}${path} could not be read: ${error instanceof Error ? error.message : describeValue(error)}`;
}
