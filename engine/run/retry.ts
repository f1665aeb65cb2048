import type { Scope } from './scope.ts';
import { StopError } from './stop.ts';
import { orAborted } from './waits.ts';
import { isUnstorable } from './unstorable-item.ts';
import { NotDataError } from '../store/codec.ts';
import { EffectError } from './effects/effect-errors.ts';
import { WorkflowError } from '../workflow/errors.ts';
import { parseDuration, type RetryPolicy } from '../workflow/options.ts';
import type { Run } from './run.ts';
import { asError, toStoredError } from './stored-error.ts';

type Asking = Pick<Run, 'log' | 'clock' | 'stopping'>;

/** Another attempt is to be made. */
export interface AnotherAttempt {
  /** Milliseconds that the error asked to wait (`after`); undefined: what the backoff says. */
  readonly asked: number | undefined;
}

/**
 * Whether another attempt is to be made, and what its error asks to wait before; undefined: none is. A value that cannot
 * be stored now cannot be stored the next time, and an effect of which nobody knows stays unknown.
 */
export async function anotherAttempt(
  run: Asking,
  scope: Scope,
  { retryOn, after }: Pick<RetryPolicy, 'retryOn' | 'after'>,
  thrown: unknown,
  attempts: number,
): Promise<AnotherAttempt | undefined> {
  if (thrown instanceof NotDataError || thrown instanceof EffectError || isUnstorable(thrown)) return undefined;
  const ask = async <T>(
    name: string,
    question: (error: Error, attempt: number) => unknown,
    read: (answer: unknown) => T,
  ) => {
    try {
      const answer = question(asError(thrown), attempts);
      return read(answer instanceof Promise ? await orAborted(run, answer, scope) : answer);
    } catch (error) {
      if (error instanceof StopError) throw error;
      // It must not hide the failure.
      const { name: kind, message } = toStoredError(error);
      const text = error instanceof WorkflowError ? message : `${name} threw ${kind}: ${message}`;
      run.log.add({ at: run.clock.now(), level: 'error', text }, undefined);
      return undefined;
    }
  };
  if (retryOn && !(await ask('retryOn', retryOn, Boolean))) return undefined;
  return { asked: after && (await ask('after', after, answer => parseAsked(answer, run.clock.now()))) };
}

/** Milliseconds of what an `after` has returned; undefined where it leaves that to the backoff. @throws WorkflowError */
function parseAsked(answer: unknown, now: number): number | undefined {
  if (answer === undefined || answer === null) return undefined;
  const wait = answer instanceof Date ? Math.max(0, answer.getTime() - now) : answer;
  return parseDuration(wait, 'What after has returned');
}

/** Milliseconds to wait after so many attempts, where the error asked for nothing. With jitter, between half of it and all of it. */
export function backoff(policy: RetryPolicy, attempts: number, random: () => number = Math.random): number {
  const factor = { fixed: 1, linear: attempts, exponential: policy.multiplier ** (attempts - 1) }[policy.strategy];
  const full = Math.min(policy.delay * factor, policy.maxDelay);
  return policy.jitter ? full * (0.5 + random() / 2) : full;
}
