import { NEVER, type PartHistory } from '../../../common/history.ts';
import { BatchStatus } from '../../../common/status.ts';

/*
 * How the batches of a node, or the executions of a step, stood at a moment, in units of the history. A run may have a million of
 * them, and a person drags the moment: each answer is a few loops over typed arrays.
 */

type Attempts = Pick<PartHistory, 'starts' | 'ends' | 'statuses' | 'earlier' | 'waits'>;

/**
 * The status of each: waiting, running, then what the attempt came to, up to the next attempt or the moment at which somebody asked
 * for one. @param into Changed in place; those past the history wait
 */
export function statusesAt(
  { starts, ends, statuses, earlier, waits }: Attempts,
  at: number,
  into: Uint8Array = new Uint8Array(starts.length),
): Uint8Array {
  for (let index = 0; index < starts.length; index++)
    into[index] =
      at >= (ends[index] ?? NEVER)
        ? (statuses[index] ?? BatchStatus.waiting)
        : at >= (starts[index] ?? NEVER)
          ? BatchStatus.running
          : BatchStatus.waiting;
  if (into.length > starts.length) into.fill(BatchStatus.waiting, starts.length);
  // In the order in which they began: the last one that had begun counts.
  for (let place = 0; place < earlier.indices.length; place++) {
    const end = earlier.ends[place] ?? NEVER;
    const start = Math.min(earlier.starts[place] ?? NEVER, end);
    if (at < start) break;
    const index = earlier.indices[place] ?? 0;
    if (isLatest(starts, ends, index, at)) continue;
    into[index] =
      at < end
        ? BatchStatus.running
        : at < (earlier.until[place] ?? NEVER)
          ? (earlier.statuses[place] ?? BatchStatus.waiting)
          : BatchStatus.waiting;
  }
  for (let place = 0; place < waits.indices.length; place++) {
    if (at < (waits.starts[place] ?? NEVER) || at >= (waits.ends[place] ?? 0)) continue;
    const index = waits.indices[place] ?? 0;
    if (into[index] === BatchStatus.running) into[index] = BatchStatus.retrying;
  }
  return into;
}

/** Whether the latest attempt of one had begun, or had ended without having begun. */
function isLatest(starts: Uint32Array, ends: Uint32Array, index: number, at: number): boolean {
  return at >= (starts[index] ?? NEVER) || at >= (ends[index] ?? NEVER);
}

/** For each that had failed the place of its cause, from 1; else 0. */
export function causesAt(part: PartHistory, at: number): Uint8Array {
  const { starts, ends, earlier, failed } = part;
  const causes = new Uint8Array(starts.length);
  for (let place = 0; place < failed.indices.length; place++) {
    const index = failed.indices[place] ?? 0;
    if (at >= (ends[index] ?? NEVER)) causes[index] = failed.causes[place] ?? 0;
  }
  for (let place = 0; place < earlier.indices.length; place++) {
    const end = earlier.ends[place] ?? NEVER;
    if (at < Math.min(earlier.starts[place] ?? NEVER, end)) break;
    const index = earlier.indices[place] ?? 0;
    if (isLatest(starts, ends, index, at)) continue;
    const isFailed =
      earlier.statuses[place] === BatchStatus.failed && at >= end && at < (earlier.until[place] ?? NEVER);
    causes[index] = isFailed ? (earlier.causes[place] ?? 0) : 0;
  }
  return causes;
}

/** How many of them, and of their items, have each status. */
export interface Tally {
  /** By BatchStatus. */
  readonly batches: Float64Array;
  readonly items: Float64Array;
}

const STATUSES = Math.max(...Object.values(BatchStatus)) + 1;

/** @param statuses As `statusesAt` has them */
export function tallyOf({ starts, items, aside }: PartHistory, statuses: Uint8Array, at: number): Tally {
  const tally: Tally = { batches: new Float64Array(STATUSES), items: new Float64Array(STATUSES) };
  for (let index = 0; index < starts.length; index++) {
    const status = statuses[index] ?? 0;
    tally.batches[status] = (tally.batches[status] ?? 0) + 1;
    tally.items[status] = (tally.items[status] ?? 0) + (items[index] ?? 0);
  }
  // Those that are set aside now were in their batches before; those that were taken back are in their batches now.
  for (let place = 0; place < aside.indices.length; place++) {
    const [from, to] = [aside.starts[place] ?? NEVER, aside.ends[place] ?? NEVER];
    const isAside = at >= from && at < to;
    const count = aside.items[place] ?? 0;
    const status = statuses[aside.indices[place] ?? 0] ?? 0;
    if (isAside) tally.items[BatchStatus.setAside] = (tally.items[BatchStatus.setAside] ?? 0) + count;
    if (to === NEVER && !isAside) tally.items[status] = (tally.items[status] ?? 0) + count;
    if (to !== NEVER && isAside) tally.items[status] = (tally.items[status] ?? 0) - count;
  }
  return tally;
}
