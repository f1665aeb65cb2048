import { types } from 'node:util';
import type { SourceLocation } from '../../common/source-location.ts';

/** The workflow is written in a way that cannot run: names the thing, its location, and what to do about it. */
export class WorkflowError extends Error {
  override readonly name = 'WorkflowError';
  readonly at: SourceLocation | undefined;

  constructor(message: string, at?: SourceLocation) {
    super(message);
    this.at = at;
  }
}

/**
 * For a text with a lone surrogate. SQLite stores texts as UTF-8, which has no lone surrogates: two different texts
 * could become the same.
 */
export const HALF_A_CHARACTER = 'which holds half a character (a lone surrogate) and cannot be stored';

/** A value in words short enough for a message, whatever it is: `NaN`, `"abc"`, `an object`. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
    case 'number':
    case 'boolean':
      return String(value);
    case 'bigint':
      return `${value}n`;
    case 'function':
      return 'a function';
    case 'symbol':
      return 'a symbol';
    default:
      return types.isPromise(value) ? 'a promise' : Array.isArray(value) ? 'an array' : 'an object';
  }
}
