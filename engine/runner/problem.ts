import { codeFrameOf } from '../load/frames.ts';
import { LoadError } from '../load/load-error.ts';
import type { SourceFile } from '../load/sources.ts';
import { shownLocation } from '../paths.ts';
import { StoreError } from '../store/open.ts';
import { RunTakenError } from '../store/leases.ts';
import { NotDataError, UnreadableError } from '../store/codec.ts';
import { PayloadError } from '../run/payload.ts';
import { RerunError } from '../run/rerun/rerun.ts';
import { RunStateError } from '../store/run-state-error.ts';
import { toStoredError } from '../run/stored-error.ts';
import { WorkflowError } from '../workflow/errors.ts';
import type { Problem } from './protocol.ts';

/** Chosen wrongly, or not at all: which workflow, which run. */
export class ChoiceError extends Error {
  override readonly name = 'ChoiceError';
}

const TOLD_AS_THEY_ARE = [
  StoreError,
  RunTakenError,
  NotDataError,
  UnreadableError,
  PayloadError,
  RerunError,
  RunStateError,
  ChoiceError,
];

/** What to tell of an error that was foreseen; undefined for one that was not, which is then a defect of ours. */
export function toProblem(error: unknown, sources: readonly SourceFile[]): Problem | undefined {
  if (error instanceof LoadError) {
    const { name, message, file, line, column, codeFrame } = error;
    return { name, message, file, line, column, codeFrame };
  }
  if (error instanceof WorkflowError) {
    const { name, message, at } = error;
    if (!at) return { name, message };
    const { file, line, column } = at;
    return {
      name,
      message: `${shownLocation(file, line, column)}: ${message}`,
      file,
      line,
      column,
      codeFrame: codeFrameOf(file, sources, line, column),
    };
  }
  if (error instanceof Error && TOLD_AS_THEY_ARE.some(kind => error instanceof kind))
    return { name: error.name, message: error.message };
  return undefined;
}

/** What to tell of an error that was not foreseen: that it is ours, not the author's, and with what it can be mended. Never a stack. */
export function toDefect(error: unknown): Problem {
  const { name, message, at } = toStoredError(error);
  const where =
    error instanceof Error
      ? error.stack
          ?.split('\n')
          .find(line => /\/(engine|host)\//.test(line))
          ?.trim()
      : undefined;
  return {
    name,
    message: at
      ? `${message} (${at.file}:${at.line})`
      : `${message}. This is a defect of Cronflow${where ? ` (${where})` : ''}; please report it.`,
  };
}
