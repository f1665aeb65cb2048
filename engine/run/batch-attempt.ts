import type { StoredError } from '../../common/stored-error.ts';
import type { BatchNode } from '../workflow/nodes.ts';
import type { Run } from './run.ts';
import type { Scope } from './scope.ts';
import { TimeoutError } from './stop.ts';
import { toStoredError } from './stored-error.ts';

/* What an attempt of a batch, and a probe of it, have in common. */

/** Ends a batch that takes longer than its timeout. Returns a function that cancels this. */
export function startBatchTimeout(
  { stopping, clock }: Pick<Run, 'stopping' | 'clock'>,
  { kind, policy: { timeout } }: BatchNode,
  scope: Scope,
): (() => void) | undefined {
  if (timeout === undefined) return undefined;
  const what = kind === 'batch' ? 'batch' : 'item';
  return clock.after(timeout, () =>
    stopping.abortScope(scope, new TimeoutError(`The ${what} took longer than its timeout of ${timeout} ms`)),
  );
}

/** A batch's error is its step's; with the batch's `explain` where the step has none. */
export function inBatchWords({ explain }: BatchNode, thrown: unknown, error: StoredError): StoredError {
  const { stack: _stack, ...stored } = error;
  return stored.explain === undefined && explain
    ? { ...stored, explain: toStoredError(thrown, explain).explain }
    : stored;
}
