import { clock } from '../../common/format.ts';

/* When a run ends, as a time of day: never more exact than it is known. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** `14:20:54`, of an hour and more `14:20`. */
function timeOfDay(at: number, withSeconds: boolean): string {
  return withSeconds ? clock(at) : clock(at).slice(0, 5);
}

export interface ExpectedEnd {
  /** `about 14:20:54` */
  readonly about: string;
  /** `:50 to 21:10`: what is the same as in `about` is left out. Undefined where both are the same. */
  readonly range: string | undefined;
}

/** @param left Milliseconds, from and to, at the moment `now` */
export function expectedEnd([from, to]: readonly [number, number], now: number): ExpectedEnd {
  const withSeconds = to < HOUR;
  const days = Math.floor((now + to - new Date(now).setHours(0, 0, 0, 0)) / (24 * HOUR));
  const about = timeOfDay(now + (from + to) / 2, withSeconds);
  const [first, last] = [timeOfDay(now + from, withSeconds), timeOfDay(now + to, withSeconds)];
  return {
    about: `about ${about}${days > 0 ? ` in ${days} ${days === 1 ? 'day' : 'days'}` : ''}`,
    range: first === last ? undefined : `${shortened(first, about)} to ${shortened(last, about)}`,
  };
}

/** Without the leading parts that are the same: `:50` where only the last differs, `21:10` where the last two do. */
function shortened(text: string, like: string): string {
  const parts = text.split(':');
  const same = like.split(':');
  let at = 0;
  while (at < parts.length - 1 && parts[at] === same[at]) at += 1;
  const rest = parts.slice(at).join(':');
  return at === parts.length - 1 && at > 0 ? `:${rest}` : rest;
}
