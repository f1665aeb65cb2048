import type { SourceLocation } from './source-location.ts';

/** What varies between failures with the same cause: quoted values and numbers. */
export const VARYING = /(["'`])(?:(?!\1).){0,200}\1|\d+(?:[.,]\d+)*/g;

/** So much of a message is compared. */
const COMPARED = 500;

/** What tells one cause of failure from another. */
export interface CauseParts {
  readonly name: string;
  readonly at?: Pick<SourceLocation, 'file' | 'line'> | undefined;
  readonly message: string;
  /** The innermost reasons of an error that has causes: other reasons are other causes of failure. */
  readonly reasons?: readonly string[];
  /** `code`, `status` and the like, of the error and of its causes: compared as they are. */
  readonly codes?: readonly string[];
}

/**
 * Failures with the same cause differ in numbers and quoted values only. A cause is looked up by this text, so it has
 * nothing in it that SQLite would return changed, such as half a character at the end of a shortened message.
 */
export function fingerprintOf({ name, at, message, reasons = [], codes = [] }: CauseParts): string {
  const shapes = [message, ...reasons].map(shapeOf);
  const text = `${name} ${at ? `${at.file}:${at.line}` : ''} ${shapes.join(' ← ')}`;
  return (codes.length > 0 ? `${text} [${codes.join(' ')}]` : text).replaceAll('\0', ' ').toWellFormed();
}

function shapeOf(message: string): string {
  return message.slice(0, COMPARED).replace(VARYING, part => (/^\d/.test(part) ? '#' : '…'));
}
