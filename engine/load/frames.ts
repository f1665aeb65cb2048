import { isAbsolute } from 'node:path';

import { headline, read, readString } from './describe.ts';
import { isEngineFile, isLibraryFile } from '../paths.ts';
import { parseStack } from './stack.ts';

export { codeFrame, codeFrameOf } from './code-frame.ts';
export { describeError } from './describe.ts';

/** A line of a stack that a user can open: in their own files, or in a library that they installed. */
export interface Frame {
  /** Absolute. */
  file: string;
  line: number;
  column: number;
  fn?: string;
  /** Under node_modules: worth showing, but not where the user looks first. */
  library: boolean;
}

// What is kept of chains of causes and of lists of errors: enough to understand, whatever made them.
const maxRelated = 20;
const maxErrorsOfList = 10;
const maxCleanStack = 32 * 1024;

/**
 * The frames of an error, or of anything else that was thrown, without Node's internals and without the engine's own.
 * Node has put them into the user's lines by then. Never throws.
 */
export function userFrames(error: unknown): Frame[] {
  const stack = readString(error, 'stack');
  if (stack === undefined) return [];
  return parseStack(stack, readString(error, 'message')).flatMap(({ place, line, column, fn }) => {
    if (!isAbsolute(place) || isEngineFile(place)) return [];
    return { file: place, line, column, ...(fn === undefined ? {} : { fn }), library: isLibraryFile(place) };
  });
}

/**
 * The place in the user's own files where an error came from. An error that came from no line of theirs (`fetch failed`, an
 * AggregateError) is placed by its cause or by the first of its errors that has one. Never throws.
 */
export function topUserFrame(error: unknown): Frame | undefined {
  for (const { error: candidate } of related(error)) {
    const frame = userFrames(candidate).find(({ library }) => !library);
    if (frame !== undefined) return frame;
  }
  return undefined;
}

/** An error as it is kept: name, message, frames of the user's and of libraries, then its causes. Never throws. */
export function cleanStack(error: unknown): string {
  const parts = related(error).map(({ error: one, label }) => {
    const frames = userFrames(one).map(({ file, line, column, fn }) => {
      const place = `${file}:${line}:${column}`;
      return `    at ${fn === undefined ? place : `${fn} (${place})`}`;
    });
    return [label + headline(one), ...frames].join('\n');
  });
  const text = parts.join('\n');
  return text.length <= maxCleanStack ? text : `${text.slice(0, maxCleanStack)}…`;
}

interface Related {
  error: unknown;
  /** How it is introduced: '' for the error itself, then `Caused by: ` and `Error 2 of 5: `. */
  label: string;
}

/** An error, its causes, and the errors it lists (AggregateError), each once: causes can lead back to where they began. */
function related(error: unknown): Related[] {
  const found: Related[] = [];
  const seen = new Set<unknown>();
  const waiting: Related[] = [{ error, label: '' }];
  for (let next = waiting.shift(); next !== undefined && found.length < maxRelated; next = waiting.shift()) {
    if (seen.has(next.error)) continue;
    seen.add(next.error);
    found.push(next);
    waiting.push(...causeOf(next.error), ...listedIn(next.error));
  }
  return found;
}

function causeOf(error: unknown): Related[] {
  const cause = read(error, 'cause');
  return cause === undefined || cause === null ? [] : [{ error: cause, label: 'Caused by: ' }];
}

function listedIn(error: unknown): Related[] {
  const errors = read(error, 'errors');
  const count = read(errors, 'length');
  // Validation libraries keep their issues under the same name: those are no errors, and the message tells of them.
  if (typeof count !== 'number' || readString(read(errors, 0), 'stack') === undefined) return [];
  return Array.from({ length: Math.min(count, maxErrorsOfList) }, (_, index) => ({
    error: read(errors, index),
    label: `Error ${index + 1} of ${count}: `,
  }));
}
