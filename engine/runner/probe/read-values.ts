import type { StoredError } from '../../../common/stored-error.ts';
import { shortIndices } from '../../../common/set-aside.ts';
import type { LineValue } from '../../run/probe/answer.ts';
import type { startRunner } from '../parent.ts';
import type { Problem, ProbeTask } from '../protocol.ts';
import type { ItemToCheck } from './check-items.ts';
import { NotProbed, ProbeProcess } from './probe-process.ts';

export interface ReadValuesOptions {
  readonly task: ProbeTask;
  readonly item: ItemToCheck;
  readonly start: typeof startRunner;
  readonly signal: AbortSignal;
  /** Asked before plain code is executed. */
  readonly mayExecute: () => Promise<boolean>;
}

/** What an item at fault comes to with the code as it is now, with what the line names that it fails on. */
export type ReadValues =
  | { readonly kind: 'fails'; readonly error: StoredError; readonly values: readonly LineValue[] }
  | { readonly kind: 'passes' }
  | { readonly kind: 'needs-effect' }
  | { readonly kind: 'not-allowed' }
  | { readonly kind: 'refused'; readonly problem: Problem };

/** The longest time for it: a debugger session slows the code down. */
const LIMIT_MS = 10_000;

/** What the failing line names for an item at fault, with those that it fails together with. Nothing of it is stored. */
export async function readValues({ task, item, start, signal, mayExecute }: ReadValuesOptions): Promise<ReadValues> {
  const process = new ProbeProcess(task, start);
  const onAbort = () => process.end();
  signal.addEventListener('abort', onAbort);
  try {
    const { isPure, gone } = await process.open(item.scope);
    if (!isPure && !(await mayExecute())) return { kind: 'not-allowed' };
    const answer = await process.probe(shortIndices([item.item, ...item.others], gone), false, LIMIT_MS, true);
    if (!answer.passed) return { kind: 'fails', error: answer.error, values: answer.values ?? [] };
    return { kind: answer.needsEffect === undefined ? 'passes' : 'needs-effect' };
  } catch (error) {
    if (error instanceof NotProbed) return { kind: 'refused', problem: error.problem };
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    process.end();
  }
}
