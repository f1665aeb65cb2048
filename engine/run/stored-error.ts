import { fingerprintOf } from '../../common/fingerprint.ts';
import type { SourceLocation } from '../../common/source-location.ts';
import type { StoredError, StoredReason } from '../../common/stored-error.ts';
import { cleanStack, topUserFrame } from '../load/frames.ts';
import { clip, codesOf, innerMessages, isErrorLike, MAX_MESSAGE, messageOf, reasonOf, textOf } from './error-reason.ts';

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
  const frame = topUserFrame(thrown);
  const at = frame ? { file: frame.file, line: frame.line, column: frame.column } : node;
  const reason = reasonOf(thrown);
  const { name, message } = reason;
  return {
    ...reason,
    message: messageOf(reason),
    stack: isErrorLike(thrown) ? cleanStack(thrown) : undefined,
    at,
    explain: explain && inOtherWords(inPlainWords(thrown, explain), reason),
    fingerprint: fingerprintOf({ name, at, message, reasons: innerMessages(reason), codes: codesOf(reason) }),
  };
}

/** Many an `explain` gives the message for errors that it does not know: it would be shown twice. */
function inOtherWords(words: string | undefined, reason: StoredReason): string | undefined {
  return words === reason.message || words === messageOf(reason) ? undefined : words;
}

function inPlainWords(thrown: unknown, explain: (error: Error) => string): string | undefined {
  try {
    const words: unknown = explain(asError(thrown));
    if (words instanceof Promise) {
      // Whatever it comes to, nobody waits for it.
      words.catch(() => undefined);
      return 'Its explain returned a promise. An explain gives a text at once: it cannot wait for anything.';
    }
    return typeof words === 'string' && words !== '' ? clip(words, MAX_MESSAGE) : undefined;
  } catch (error) {
    // It must not hide the failure, and its author must learn of it.
    const { name, message } = reasonOf(error);
    return clip(`Its explain threw ${name}: ${message}`, MAX_MESSAGE);
  }
}
