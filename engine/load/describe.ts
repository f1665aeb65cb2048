import { inspect } from 'node:util';

/**
 * Reads a property of anything that was thrown. It may be a getter that throws, a Proxy, a revoked one: what can't be
 * read is not there, and the failure of reading it must not take the place of the error that is being reported.
 */
export function read(value: unknown, key: PropertyKey): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  try {
    return Reflect.get(value, key);
  } catch {
    return undefined;
  }
}

export function readString(value: unknown, key: PropertyKey): string | undefined {
  const found = read(value, key);
  return typeof found === 'string' ? found : undefined;
}

/** `instanceof` for anything that was thrown: a Proxy may throw when it is asked. */
export function isA<T>(value: unknown, type: abstract new (...args: never[]) => T): value is T {
  try {
    return value instanceof type;
  } catch {
    // A proxy that throws when it is inspected is not one of the errors that we know.
    return false;
  }
}

const maxMessageLength = 10_000;

/** The name and message of anything that was thrown; something that is no error has no name, and its value is its message. */
export function describeError(error: unknown): { name: string | undefined; message: string } {
  const message = readString(error, 'message');
  if (message !== undefined) return { name: readString(error, 'name') || 'Error', message: clip(message) };
  return { name: undefined, message: clip(typeof error === 'string' ? error : shown(error)) };
}

/** `name: message`, as the first line of a stack has it. */
export function headline(error: unknown): string {
  const { name, message } = describeError(error);
  if (name === undefined) return message;
  return message === '' ? name : `${name}: ${message}`;
}

function shown(value: unknown): string {
  try {
    return inspect(value, { depth: 2, maxArrayLength: 20, maxStringLength: maxMessageLength });
  } catch {
    // inspect calls the value's own code (getters of a class, [inspect.custom]), which may throw.
    return `a value of type ${typeof value} that can't be shown`;
  }
}

function clip(text: string): string {
  if (text.length <= maxMessageLength) return text;
  return `${text.slice(0, maxMessageLength)}… (${text.length - maxMessageLength} more characters)`;
}
