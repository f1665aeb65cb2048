import type { RunSummary } from '../../common/run-summary.ts';
import type { StoredError } from '../../common/stored-error.ts';
import { describeValue } from '../workflow/errors.ts';
import type { Hooks } from '../workflow/nodes.ts';
import type { Run } from './run.ts';
import { toStoredError } from './stored-error.ts';

/** A hook that has not settled by then is not waited for: the process is about to end. */
export const HOOK_WITHIN_MS = 10_000;

/**
 * Calls `hooks.onSuccess` or `hooks.onFailure` of a run whose end is stored. Whatever becomes of the hook, the run has
 * ended as it has: what goes wrong is a warning in its log. Never rejects.
 */
export async function runEndHook(run: Run, hooks: Hooks, summary: RunSummary): Promise<void> {
  const name = summary.status === 'completed' ? 'onSuccess' : summary.status === 'failed' ? 'onFailure' : undefined;
  const hook = name && hooks[name];
  if (!hook) return;
  const warn = (text: string) => run.log.add({ at: run.clock.now(), level: 'warn', text }, undefined);
  const abort = new AbortController();
  const late = Promise.withResolvers<void>();
  const cancelTimer = run.clock.after(HOOK_WITHIN_MS, () => {
    abort.abort(new Error(`hooks.${name} had ${HOOK_WITHIN_MS / 1000} s`));
    warn(`hooks.${name} did not end within ${HOOK_WITHIN_MS / 1000} s and is not waited for. The run has ended.`);
    late.resolve();
  });
  run.inFlight.asking += 1;
  try {
    await Promise.race([hook(contextOf(run, summary, abort.signal) as never), late.promise]);
  } catch (error) {
    const { message, at } = toStoredError(error);
    warn(`hooks.${name} failed: ${message}${at ? ` (${at.file}:${at.line})` : ''}. The run has ended as it has.`);
  } finally {
    run.inFlight.asking -= 1;
    cancelTimer();
  }
}

function contextOf(run: Run, { status, output, error, items, batches }: RunSummary, signal: AbortSignal): object {
  return {
    payload: run.facts.payload,
    run: run.facts.info,
    status,
    last: output,
    error: error && errorOf(error),
    items,
    batches,
    signal,
    state: {
      get(key: string, fallback?: unknown): unknown {
        if (typeof key !== 'string') throw new TypeError(`state.get(${describeValue(key)}): a key is a text.`);
        return run.state.value(key) ?? fallback;
      },
    },
  };
}

/** As it is stored: the one that was thrown may have been thrown in another process. */
function errorOf({ name, message, fields, stack }: StoredError): Error {
  return Object.assign(new Error(message), fields, { name, ...(stack !== undefined && { stack }) });
}
