import { DevalueError, parse, stringify } from 'devalue';
import { inWords } from '../workflow/errors.ts';

/*
 * Values as text. devalue keeps JSON plus Date, Map, Set, BigInt, undefined, NaN and Infinity, -0, typed arrays,
 * RegExp, URL, and repeated or circular references; Buffer and Error are added here.
 */

/** A value holds something that cannot be kept; the message names its path. */
export class NotDataError extends Error {
  override readonly name = 'NotDataError';
}

const reducers = {
  Buffer: (value: unknown) => Buffer.isBuffer(value) && [value.toString('base64')],
  Error: (value: unknown) => value instanceof Error && {
    ...value, name: value.name, message: value.message, stack: value.stack,
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
    const { message, stack, name, errors: listed, ...rest } = data;
    const hidden = { message, stack, name, ...(Array.isArray(listed) && { errors: listed as unknown[] }) };
    for (const [key, value] of Object.entries(hidden)) Object.defineProperty(error, key, { value, configurable: true, writable: true, enumerable: false });
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
    return stringify(value, reducers);
  } catch (error) {
    throw new NotDataError(whyNot(error, what), { cause: error });
  }
}

export function decode(text: string): unknown {
  return parse(text, revivers);
}

function whyNot(error: unknown, what: string): string {
  if (error instanceof DevalueError) {
    return `${what}${error.path} is ${kindOf(error.value)}, which cannot be kept. ${remedy(error.value)}`;
  }
  if (error instanceof RangeError) {
    return /string length/i.test(error.message)
      ? `${what} is too large to be kept (over 512 MB as text). Keep it in a file and return its path, or return less.`
      : `${what} is nested too deeply to be kept. Return a flatter value.`;
  }
  return `${what} could not be read: ${error instanceof Error ? error.message : inWords(error)}`;
}

function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return inWords(value);
  if (isThenable(value)) return 'a promise';
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === 'string' && name !== '' && name !== 'Object' ? `an instance of ${name}` : 'an object of a kind of its own';
}

function remedy(value: unknown): string {
  if (typeof value === 'object' && value !== null && isThenable(value)) return 'Await it first.';
  return 'Return plain data: leave it out, or copy the fields you need.';
}

function isThenable(value: object): boolean {
  return 'then' in value && typeof value.then === 'function';
}
