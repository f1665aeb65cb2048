import { studioTextOf } from '../../common/told.ts';
import { NotTrustedError } from '../trust/folder-guard.ts';
import { OperationError } from '../store/store.ts';
import type { Problem } from './api.ts';

/** Why something has not been done, for a reason that can be shown. */
export type Failed = { ok: false; problem: Problem };

export function succeeded<T>(value: T): { ok: true; value: T } {
  return { ok: true, value };
}

export function failed(problem: Problem): Failed {
  return { ok: false, problem };
}

export function problemOf(error: unknown): Problem {
  if (error instanceof OperationError && error.changed)
    return { name: error.name, message: error.message, changed: error.changed };
  return error instanceof Error
    ? { name: error.name, message: studioTextOf(error) ?? error.message }
    : { name: 'Error', message: String(error) };
}

/** What was asked cannot be done to a run in its present state. */
export function stateProblem(message: string): Problem {
  return { name: 'RunStateError', message };
}

/** Whether an error of the store has a message for people. Any other is a defect of ours. */
export function isForeseen(error: unknown): error is OperationError {
  return error instanceof OperationError && error.defect === undefined;
}

/** Returns an error that has a message for people as a problem. Any other error is thrown on. */
export async function tried<T>(work: () => Promise<T>): Promise<T | Failed> {
  try {
    return await work();
  } catch (error) {
    if (isForeseen(error) || error instanceof NotTrustedError) return failed(problemOf(error));
    throw error;
  }
}
