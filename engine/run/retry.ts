import type { Scope } from './scope.ts';
import { StopError } from './stop.ts';
import { orAborted } from './waits.ts';
import { isUnstorable } from './unstorable-item.ts';
import { NotDataError } from '../store/codec.ts';
import { EffectError } from './effects/effect-errors.ts';
import type { RetryPolicy } from '../workflow/options.ts';
import type { Run } from './run.ts';
import { asError, toStoredError } from './stored-error.ts';

/**
 * Whether another attempt is to be made. A value that cannot be stored now cannot be stored the next time, and an effect
 * of which nobody knows stays unknown. A `retryOn`
 * that throws must not hide the failure.
 */
export async function mayRetry(
  run: Pick<Run, 'log' | 'clock' | 'stopping'>,
  scope: Scope,
  { retryOn }: Pick<RetryPolicy, 'retryOn'>,
  thrown: unknown,
  attempts: number,
): Promise<boolean> {
  if (thrown instanceof NotDataError || thrown instanceof EffectError || isUnstorable(thrown)) return false;
  if (!retryOn) return true;
  try {
    const answer: unknown = retryOn(asError(thrown), attempts);
    return Boolean(answer instanceof Promise ? await orAborted(run, answer, scope) : answer);
  } catch (error) {
    if (error instanceof StopError) throw error;
    const { name, message } = toStoredError(error);
    run.log.add({ at: run.clock.now(), level: 'error', text: `retryOn threw ${name}: ${message}` }, undefined);
    return false;
  }
}

/** Milliseconds to wait after so many attempts. With jitter, between half of it and all of it. */
export function backoff(policy: RetryPolicy, attempts: number, random: () => number = Math.random): number {
  const factor = { fixed: 1, linear: attempts, exponential: policy.multiplier ** (attempts - 1) }[policy.strategy];
  const full = Math.min(policy.delay * factor, policy.maxDelay);
  return policy.jitter ? full * (0.5 + random() / 2) : full;
}
