import type { Overlay } from '../../host/api/api.ts';
import { BatchStatus } from '../../common/status.ts';
import type { BatchMap } from './run-model.ts';
import { timeScale, type TimeScale } from './time-scale.ts';

export type BatchTimes = Extract<Overlay, { by: 'times' }>;
type Times = Pick<BatchTimes, 'starts' | 'ends' | 'earlier'>;

/** A pause is shortened when it is longer than this part of the time in which something ran. */
const LONG_PAUSE = 0.05;

/**
 * The statuses a node's batches had at a time of the run: waiting, running, then what they came to. One that failed stays
 * failed until its re-run begins.
 */
export function statusesAt(
  map: Pick<BatchMap, 'statuses' | 'length'>,
  { starts, ends, earlier }: Times,
  at: number,
): Uint8Array {
  const statuses = new Uint8Array(map.length);
  for (let index = 0; index < map.length; index++) {
    const start = starts[index] ?? -1;
    if (start < 0 || at < start) continue;
    const end = ends[index] ?? -1;
    statuses[index] = end < 0 || at >= end ? (map.statuses[index] ?? BatchStatus.waiting) : BatchStatus.running;
  }
  // In the order of the attempts: the last one that had begun counts.
  for (const [place, index] of earlier.indices.entries()) {
    const latest = starts[index] ?? -1;
    const start = earlier.starts[place] ?? -1;
    if (start < 0 || at < start || (latest >= 0 && at >= latest)) continue;
    const end = earlier.ends[place] ?? -1;
    statuses[index] = end >= 0 && at >= end ? (earlier.statuses[place] ?? BatchStatus.waiting) : BatchStatus.running;
  }
  return statuses;
}

/** When the last batch ended, in milliseconds since the run began. */
export function endOf({ ends, earlier }: Times): number {
  return Math.max(1, latestOf(ends), latestOf(earlier.ends));
}

/** Times of the run onto `length` of playback. Pauses in which no batch ran are shortened: a re-run may come days later. */
export function playbackScale(times: Times, length: number): TimeScale {
  const end = endOf(times);
  return timeScale({ from: 0, to: end, gaps: pauses(times, end) }, length);
}

function latestOf(values: Float32Array): number {
  return values.reduce((latest, value) => Math.max(latest, value), 0);
}

/** The spans in which no batch ran, as far as they are long. */
function pauses(times: Times, end: number): [number, number][] {
  const begun = sorted(times.starts, times.earlier.starts);
  const ended = sorted(times.ends, times.earlier.ends);
  const found: [number, number][] = [];
  let paused = 0;
  let idleSince = 0;
  let running = 0;
  let next = 0;
  for (const start of begun) {
    for (let at = ended[next]; at !== undefined && at <= start; at = ended[++next]) {
      running -= 1;
      idleSince = at;
    }
    if (running <= 0 && start > idleSince) {
      found.push([idleSince, start]);
      paused += start - idleSince;
    }
    running += 1;
  }
  const shortest = (end - paused) * LONG_PAUSE;
  return found.filter(([from, to]) => to - from > shortest);
}

function sorted(latest: Float32Array, earlier: Float32Array): Float32Array {
  const all = new Float32Array(latest.length + earlier.length);
  all.set(latest);
  all.set(earlier, latest.length);
  return all.filter(time => time >= 0).sort();
}
