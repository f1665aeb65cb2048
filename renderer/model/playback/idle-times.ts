import { NEVER, type PartHistory } from '../../../common/history.ts';
import type { RunHistory } from '../../../host/api/api.ts';
import { timeScale, type TimeScale } from '../time-scale.ts';

/** Idle time is shortened where it is longer than this part of the time in which something ran. */
const LONG_PAUSE = 0.05;

/** Spans in which nothing ran, in units of the history. */
export type IdleTimes = readonly (readonly [number, number])[];

/** Times of the run onto `length` of the scrubber. Idle time is shortened there: a re-run may come days later. */
export function playbackScale({ to }: Pick<RunHistory, 'to'>, idle: IdleTimes, length: number): TimeScale {
  return timeScale({ from: 0, to: Math.max(1, to), gaps: idle.map(([from, end]) => [from, end]) }, length);
}

/** The long ones of the spans in which neither a batch of the map nor a step ran. */
export function idleTimes({ parts, to }: Pick<RunHistory, 'parts' | 'to'>): IdleTimes {
  const shown = parts.filter(({ of, isMapped }) => of === 'steps' || isMapped);
  const begun = sorted(shown, part => [part.starts, part.earlier.starts], to);
  const ended = sorted(shown, part => [part.ends, part.earlier.ends], to);
  const found: [number, number][] = [];
  let [idle, since, running, next] = [0, 0, 0, 0];
  const end = Math.max(to, 1);
  const pause = (until: number) => {
    if (running > 0 || until <= since) return;
    found.push([since, until]);
    idle += until - since;
  };
  for (const start of begun) {
    for (let at = ended[next]; at !== undefined && at <= start; at = ended[++next]) {
      running -= 1;
      since = at;
    }
    pause(start);
    running += 1;
  }
  // What had not ended did so with the run.
  since = Math.max(since, ended.at(-1) ?? 0);
  running = 0;
  pause(to);
  const shortest = (end - idle) * LONG_PAUSE;
  return found.filter(([from, until]) => until - from > shortest);
}

/** Of those that began; what ended without having begun did not run. */
function sorted(
  parts: readonly PartHistory[],
  times: (part: PartHistory) => readonly [Uint32Array, Uint32Array],
  to: number,
): Uint32Array {
  const all = new Uint32Array(parts.reduce((sum, part) => sum + part.starts.length + part.earlier.starts.length, 0));
  let length = 0;
  for (const part of parts) {
    const [latest, earlier] = times(part);
    length = add(all, length, latest, part.starts, to);
    length = add(all, length, earlier, part.earlier.starts, to);
  }
  return all.subarray(0, length).sort();
}

function add(all: Uint32Array, from: number, times: Uint32Array, starts: Uint32Array, to: number): number {
  let length = from;
  for (let index = 0; index < times.length; index++)
    if (starts[index] !== NEVER) all[length++] = Math.min(times[index] ?? NEVER, to);
  return length;
}
