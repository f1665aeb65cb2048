import { parse, stringify } from 'devalue';
import { describeValue } from '../workflow/errors.ts';
import { plainJson } from './plain-json.ts';

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

const reducers = {
  Buffer: (value: unknown) => Buffer.isBuffer(value) && [value.toString('base64')],
  Error: (value: unknown) =>
    value instanceof Error && {
      ...value,
      name: value.name,
      message: value.message,
      stack: value.stack,
      ...('cause' in value && { cause: value.cause }),
      ...(value instanceof AggregateError && { errors: value.errors as unknown[] }),
    },
};

/** Of errors that are part of each other (a cause that leads back) each is made once: by the data it is made of. */
const errors = new WeakMap<object, Error>();

const revivers = {
  Buffer: ([base64]: [string]) => Buffer.from(base64, 'base64'),
  Error: (data: Record<string, unknown>) => {
    const error = errors.get(data) ?? (Array.isArray(data.errors) ? new AggregateError([]) : new Error());
    errors.set(data, error);
    const { message, stack, name, errors: listed, cause, ...rest } = data;
    const hidden = {
      message,
      stack,
      name,
      ...(Array.isArray(listed) && { errors: listed as unknown[] }),
      ...('cause' in data && { cause }),
    };
    for (const [key, value] of Object.entries(hidden))
      Object.defineProperty(error, key, { value, configurable: true, writable: true, enumerable: false });
    return Object.assign(error, rest);
  },
};

/**
 * The text of a value.
 * @param what Names the value in messages: `output` makes `output.users[3].save is a function`.
 * @throws NotDataError
 */
export function encode(value: unknown, what: string): string {
  try {
    const json = plainJson(value);
    if (json === undefined) return stringify(value, reducers);
    return beginsLikeDevalue(json) ? ` ${json}` : json;
  } catch (error) {
    // The message says all there is to say: the error behind it is the codec's own.
    throw new NotDataError(whyNot(error, value, what));
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

function whyNot(error: unknown, value: unknown, what: string): string {
  if (error instanceof RangeError && /string length/i.test(error.message))
    return `${what} is too large to be stored (over 512 MB as text). Store it in a file and return its path, or return less.`;
  if (error instanceof RangeError && /call stack/i.test(error.message))
    return `${what} is nested too deeply to be stored. Return a flatter value.`;
  const { path, found, why } = whatCannotBeKept(value);
  if (why !== undefined) return `${what}${path} could not be read: ${why}`;
  return `${what}${path} is ${kindOf(found)}, which cannot be stored. ${remedy(found)}`;
}

interface Found {
  /** From the value that was to be stored: `.users[3].save`. */
  readonly path: string;
  readonly found: unknown;
  /** Where reading it threw. */
  readonly why?: string;
}

/** The first part of a value that cannot be stored, though the parts it has itself can. */
function whatCannotBeKept(value: unknown): Found {
  const around = new Set<unknown>();
  for (let at: Found = { path: '', found: value }; ;) {
    around.add(at.found);
    const inner = partThatCannotBeKept(at, around);
    if (inner === undefined || inner.why !== undefined) return inner ?? at;
    at = inner;
  }
}

function partThatCannotBeKept({ path, found }: Found, around: ReadonlySet<unknown>): Found | undefined {
  let name = '';
  try {
    for (const [suffix, read] of partsOf(found)) {
      name = suffix;
      const part = read();
      if (!around.has(part) && !canBeKept(part)) return { path: `${path}${suffix}`, found: part };
    }
    return undefined;
  } catch (error) {
    return {
      path: `${path}${name}`,
      found: undefined,
      why: error instanceof Error ? error.message : describeValue(error),
    };
  }
}

/** What a value is made of, each with how it is reached from there. */
function* partsOf(value: unknown): Generator<readonly [suffix: string, read: () => unknown]> {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  if (value instanceof Map) {
    for (const [key, held] of value as Map<unknown, unknown>) {
      yield [`.keys() ${describeValue(key)}`, () => key];
      yield [`.get(${describeValue(key)})`, () => held];
    }
  } else if (value instanceof Set) {
    for (const [index, held] of [...(value as Set<unknown>)].entries()) yield [`.values()[${index}]`, () => held];
  } else if (Array.isArray(value) || value instanceof Error || isPlain(value)) {
    const hidden =
      value instanceof Error ? ['name', 'message', 'stack', 'cause', 'errors'].filter(key => key in value) : [];
    // Of an array with holes, what is there.
    for (const key of new Set([...Object.keys(value), ...hidden]))
      yield [
        Array.isArray(value) && /^\d+$/.test(key) ? `[${key}]` : memberName(key),
        () => (value as Record<string, unknown>)[key],
      ];
  }
}

/** Of what is an instance of a class, no part is at fault: it cannot be stored as it is. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

function memberName(key: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function canBeKept(value: unknown): boolean {
  try {
    stringify(value, reducers);
    return true;
  } catch {
    return false;
  }
}

function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return describeValue(value);
  if (isThenable(value)) return 'a promise';
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  if (typeof name === 'string' && name !== '' && name !== 'Object') return `an instance of ${name}`;
  if (Object.hasOwn(value, '__proto__')) return 'an object with a member named "__proto__"';
  const hasSymbols = Object.getOwnPropertySymbols(value).some(key =>
    Object.prototype.propertyIsEnumerable.call(value, key),
  );
  return hasSymbols ? 'an object with a symbol for a key' : 'an object of a kind of its own';
}

function remedy(value: unknown): string {
  if (typeof value === 'object' && value !== null && isThenable(value)) return 'Await it first.';
  return 'Return plain data: leave it out, or copy the fields you need.';
}

function isThenable(value: object): boolean {
  return 'then' in value && typeof value.then === 'function';
}
