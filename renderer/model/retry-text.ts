import { counted, duration, number } from '../../common/format.ts';
import type { AttemptRow, StepProgress, StoredError } from '../../host/api/api.ts';

/** `109 retries`: attempts that a `retry` has made. */
export function retriesText(retries: number): string {
  return counted(retries, ['retry', 'retries']);
}

/** `87 retries, 31 s waiting`: what retries have cost a run, or '' where there were none. Waits at a time are added up. */
export function triedText(steps: readonly Pick<StepProgress, 'retries' | 'waited'>[]): string {
  const retries = steps.reduce((sum, step) => sum + step.retries, 0);
  const waited = steps.reduce((sum, step) => sum + step.waited, 0);
  const parts = [retries > 0 && retriesText(retries), waited > 0 && `${duration(waited)} waiting`];
  return parts.filter(part => part !== false).join(', ');
}

/** `2 retrying, next in 3 s`. */
export function retryingText(retrying: number, nextAt: number | undefined, now: number | undefined): string {
  const next = nextText(nextAt, now);
  return `${number(retrying)} retrying${next === '' ? '' : `, ${next}`}`;
}

/** `next in 3 s`; '' where it is not known, or due. */
export function nextText(nextAt: number | undefined, now: number | undefined): string {
  return nextAt === undefined || now === undefined || nextAt <= now ? '' : `next in ${secondsText(nextAt - now)}`;
}

type Waiting = Pick<AttemptRow, 'status' | 'startedAt' | 'endedAt' | 'waitsUntil'> & {
  readonly error?: Pick<StoredError, 'name' | 'askedToWait'> | undefined;
};

/** What a step waits for around one of its attempts, or waited for. @param isLatest No other attempt of the step follows */
export function waitText(
  { status, startedAt, endedAt, waitsUntil, error }: Waiting,
  isLatest: boolean,
  isLive: boolean,
  now: number,
): string | undefined {
  if (waitsUntil === undefined) return undefined;
  const left = secondsText(waitsUntil - now);
  if (status === 'running') return waitsUntil > now ? `Its delay is over in ${left}` : undefined;
  if (status !== 'failed') return undefined;
  const as = askedText(error);
  if (isLatest && isLive) return `Next attempt ${waitsUntil > now ? `in ${left}` : 'now'}${as}`;
  const wait = duration(Math.max(0, waitsUntil - (endedAt ?? startedAt)));
  return isLatest ? `The next attempt was to follow after ${wait}${as}` : `Waited ${wait} for the next attempt${as}`;
}

/** Who asked for the wait, if the retry did not choose it: `, as the RateLimitError asked`. */
export function askedText(error: Pick<StoredError, 'name' | 'askedToWait'> | undefined): string {
  return askedByText(error?.askedToWait === undefined ? undefined : error.name);
}

/** @param name Of the error that asked for it */
export function askedByText(name: string | undefined): string {
  return name === undefined ? '' : `, as the ${name} asked`;
}

/** Whole seconds, as a countdown shows them: the last one is 1. */
export function secondsText(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return seconds < 60 ? `${seconds} s` : duration(seconds * 1000);
}
