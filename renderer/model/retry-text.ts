import { counted, duration, number } from '../../common/format.ts';
import type { AttemptRow } from '../../host/api/api.ts';

/** `109 retries`: attempts that a `retry` has made. */
export function retriesText(retries: number): string {
  return counted(retries, ['retry', 'retries']);
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

/** What a step waits for around one of its attempts, or waited for. @param isLatest No other attempt of the step follows */
export function waitText(
  { status, startedAt, endedAt, waitsUntil }: Pick<AttemptRow, 'status' | 'startedAt' | 'endedAt' | 'waitsUntil'>,
  isLatest: boolean,
  isLive: boolean,
  now: number,
): string | undefined {
  if (waitsUntil === undefined) return undefined;
  const left = secondsText(waitsUntil - now);
  if (status === 'running') return waitsUntil > now ? `Its delay is over in ${left}` : undefined;
  if (status !== 'failed') return undefined;
  if (isLatest && isLive) return waitsUntil > now ? `Next attempt in ${left}` : 'Next attempt now';
  const wait = duration(Math.max(0, waitsUntil - (endedAt ?? startedAt)));
  return isLatest ? `The next attempt was to follow after ${wait}` : `Waited ${wait} for the next attempt`;
}

/** Whole seconds, as a countdown shows them: the last one is 1. */
function secondsText(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return seconds < 60 ? `${seconds} s` : duration(seconds * 1000);
}
