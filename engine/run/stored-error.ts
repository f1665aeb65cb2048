import { cleanStack, topUserFrame } from '../load/frames.ts';
import type { StoredError } from '../../common/stored-error.ts';
import { describeValue } from '../workflow/errors.ts';
import type { SourceLocation } from '../../common/source-location.ts';

const MAX_MESSAGE = 16_384;
const MAX_CAUSES = 5;

/** What was thrown, as an Error: authors' `retryOn` and `onError` always get one. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(textOf(thrown), { cause: thrown });
}

/**
 * An error as it is stored. Never throws.
 * @param explain The author's words for it.
 * @param node Where the node is defined: the location of an error that has no line of the author's.
 */
export function toStoredError(
  thrown: unknown,
  explain?: ((error: Error) => string) | undefined,
  node?: SourceLocation | undefined,
): StoredError {
  return describe(thrown, explain, node, MAX_CAUSES);
}

function describe(
  thrown: unknown,
  explain: ((error: Error) => string) | undefined,
  node: SourceLocation | undefined,
  causes: number,
): StoredError {
  const frame = topUserFrame(thrown);
  const at = frame ? { file: frame.file, line: frame.line, column: frame.column } : node;
  const isError = isErrorLike(thrown);
  const name = isError ? clip(read(thrown, 'name') ?? 'Error') : 'Thrown';
  const message = clip(isError ? (read(thrown, 'message') ?? 'its message cannot be read') : textOf(thrown));
  const cause = isError && causes > 0 ? readAny(thrown, 'cause') : undefined;
  return {
    name,
    message,
    stack: isError ? cleanStack(thrown) : undefined,
    at,
    explain: explain && inPlainWords(thrown, explain),
    fingerprint: fingerprintOf(name, message, at),
    cause: cause === undefined ? undefined : describe(cause, undefined, undefined, causes - 1),
  };
}

/**
 * Failures with the same cause differ in numbers and quoted values only. A cause is looked up by this text, so it has
 * nothing in it that SQLite would return changed, such as half a character at the end of a shortened message.
 */
export function fingerprintOf(
  name: string,
  message: string,
  at: { readonly file: string; readonly line: number } | undefined,
): string {
  const shape = message
    .slice(0, 500)
    .replace(/(["'`])(?:(?!\1).){0,200}\1/g, '…')
    .replace(/\d+(?:[.,]\d+)*/g, '#');
  return `${name} ${at ? `${at.file}:${at.line}` : ''} ${shape}`.replaceAll('\0', ' ').toWellFormed();
}

function inPlainWords(thrown: unknown, explain: (error: Error) => string): string | undefined {
  try {
    const words: unknown = explain(asError(thrown));
    return typeof words === 'string' && words !== '' ? clip(words) : undefined;
  } catch {
    // An `explain` that throws must not hide the failure.
    return undefined;
  }
}

function textOf(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  if (isErrorLike(thrown)) return read(thrown, 'message') ?? '';
  try {
    const json = typeof thrown === 'object' && thrown !== null ? JSON.stringify(thrown) : undefined;
    return `${describeValue(thrown)} was thrown${json === undefined || json === '{}' ? '' : `: ${json}`}`;
  } catch {
    return `${describeValue(thrown)} was thrown`;
  }
}

function isErrorLike(thrown: unknown): thrown is object {
  if (typeof thrown !== 'object' || thrown === null) return false;
  return (
    thrown instanceof Error ||
    (read(thrown, 'message') !== undefined &&
      (read(thrown, 'name') !== undefined || read(thrown, 'stack') !== undefined))
  );
}

function read(from: object, key: string): string | undefined {
  const value = readAny(from, key);
  return typeof value === 'string' ? value : undefined;
}

function readAny(from: object, key: string): unknown {
  try {
    return Reflect.get(from, key) as unknown;
  } catch {
    // A getter or a Proxy that throws: the error is described by what can be read of it.
    return undefined;
  }
}

function clip(text: string): string {
  return text.length <= MAX_MESSAGE
    ? text
    : `${text.slice(0, MAX_MESSAGE)}… (${text.length - MAX_MESSAGE} more characters)`;
}
