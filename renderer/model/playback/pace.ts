import type { IdleTimes } from './idle-times.ts';

/** How fast a playback goes: so many times as fast as the run, or as it takes to have it all in `FIT_MS`. */
export const SPEEDS = ['fit', 1, 2, 5, 10, 30] as const;
export type Speed = (typeof SPEEDS)[number];

export const FIT_MS = 12_000;
/** A shortened span of idle time takes so long to pass, whatever the speed. */
export const IDLE_MS = 600;

export function speedText(speed: Speed): string {
  return speed === 'fit' ? `Whole run in ${FIT_MS / 1_000} s` : `${speed}×`;
}

export function fasterOrSlower(speed: Speed, by: 1 | -1): Speed {
  return SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, SPEEDS.indexOf(speed) + by))] ?? speed;
}

/** Milliseconds of the run that pass in a millisecond of its playback while something ran. */
export function rateOf(speed: Speed, idle: IdleTimes, to: number): number {
  if (speed !== 'fit') return speed;
  const worked = to - idle.reduce((sum, [from, until]) => sum + until - from, 0);
  return worked / Math.max(FIT_MS / 4, FIT_MS - idle.length * IDLE_MS);
}

/** Where a playback is, all in milliseconds, after some time of it. Never past the end. */
export function advanced(
  at: number,
  passed: number,
  { rate, idle, to }: { readonly rate: number; readonly idle: IdleTimes; readonly to: number },
): number {
  let [now, left] = [at, passed];
  while (left > 0 && now < to) {
    const gap = idle.find(([, until]) => until > now);
    const isIdle = gap !== undefined && gap[0] <= now;
    const until = Math.min(to, gap === undefined ? to : isIdle ? gap[1] : gap[0]);
    const pace = isIdle ? (gap[1] - gap[0]) / IDLE_MS : rate;
    const reach = (until - now) / pace;
    if (reach > left) return now + left * pace;
    now = until;
    left -= reach;
  }
  return Math.min(now, to);
}
