import { shortIndices } from '../../../../common/set-aside.ts';
import type { Answer } from '../../../run/probe/answer.ts';
import type { Clock } from '../../../run/clock.ts';
import type { startRunner } from '../../parent.ts';
import type { Problem, ProbeTask } from '../../protocol.ts';
import { NotProbed, ProbeProcess, type DebuggerNews } from '../probe-process.ts';

export interface DebugBatchOptions {
  readonly task: ProbeTask;
  /** The batch. */
  readonly scope: number;
  /**
   * Which items of those that it was created with. Undefined: all, with the recorded results of the steps before.
   * @param count How many it has now, without those that are set aside (`gone`)
   */
  readonly choose: (count: number, gone: readonly number[]) => readonly number[] | undefined;
  /** The path or the id of a step. @default The one that has failed */
  readonly step?: string | undefined;
  readonly start: typeof startRunner;
  readonly signal: AbortSignal;
  readonly clock: Pick<Clock, 'after'>;
  /** Asked before plain code is executed. */
  readonly mayExecute: () => Promise<boolean>;
  readonly onNews: (news: DebuggerNews) => void;
}

export type DebugEnd =
  | { readonly kind: 'executed'; readonly answer: Answer }
  | { readonly kind: 'not-allowed' }
  | { readonly kind: 'stopped' }
  /** No debugger has been attached. */
  | { readonly kind: 'not-attached' }
  | { readonly kind: 'refused'; readonly problem: Problem };

/** So long a debugger is waited for: what is open at a port is not left there for ever. */
export const WAITS_MINUTES = 10;

/** Executes a failed batch in a process that waits for a debugger, and stops in it at the failing step. Nothing of it is stored. */
export async function debugBatch(options: DebugBatchOptions): Promise<DebugEnd> {
  const { task, scope, choose, step, start, signal, clock, mayExecute, onNews } = options;
  const process = new ProbeProcess({ debugger: 'unlisted', ...task }, start);
  let ended: 'stopped' | 'not-attached' | undefined;
  let cancelWait: (() => void) | undefined;
  const end = (as: 'stopped' | 'not-attached') => {
    ended ??= as;
    process.end();
  };
  const onAbort = () => end('stopped');
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  try {
    const { isPure, gone, items: count } = await process.open(scope);
    const items = choose(count, gone);
    if (!isPure && !(await mayExecute())) return { kind: 'not-allowed' };
    const answer = await process.debug(items && shortIndices(items, gone), step, news => {
      cancelWait?.();
      cancelWait =
        news.type === 'debugger' ? clock.after(WAITS_MINUTES * 60_000, () => end('not-attached')) : undefined;
      onNews(news);
    });
    return ended ? { kind: ended } : { kind: 'executed', answer };
  } catch (error) {
    if (ended) return { kind: ended };
    if (error instanceof NotProbed) return { kind: 'refused', problem: error.problem };
    throw error;
  } finally {
    cancelWait?.();
    signal.removeEventListener('abort', onAbort);
    process.end();
  }
}
