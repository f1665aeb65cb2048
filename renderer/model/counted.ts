import { BATCH_STATUS_NAMES, batchStatusName, type BatchStatusName } from '../../common/status.ts';
import type { ReadonlyRanges } from '../../common/ranges.ts';
import type { BatchMap } from './run-model.ts';
import { statusCounts } from './status-counts.ts';

export type StatusCounts = Readonly<Record<BatchStatusName, number>>;

/**
 * How selected batches stood when they were selected. Who acts on what was counted acts on what they have read: what has changed
 * since is told beside it, and never mixed in.
 */
export interface Counted {
  readonly at: number;
  /** Where they were selected by their places. */
  readonly places?: {
    readonly counts: StatusCounts;
    /** The status of each, in the order of the ranges: one byte each. */
    readonly statuses: readonly Uint8Array[];
  };
}

/** Counts selected batches. @param at When */
export function countBatches(
  map: Pick<BatchMap, 'statuses' | 'length'> | undefined,
  ranges: ReadonlyRanges | undefined,
  at: number,
): Counted {
  if (!map || !ranges) return { at };
  return {
    at,
    places: {
      counts: statusCounts(map, ranges),
      statuses: ranges.map(([from, to]) => map.statuses.slice(from, Math.min(to + 1, map.length))),
    },
  };
}

/** How many of the counted batches have got each status since: each is counted where it stands now, however it got there. */
export function changedSince(
  { places }: Counted,
  map: Pick<BatchMap, 'statuses' | 'length'>,
  ranges: ReadonlyRanges,
): StatusCounts {
  const counts = Object.fromEntries(BATCH_STATUS_NAMES.map(name => [name, 0])) as Record<BatchStatusName, number>;
  ranges.forEach(([from], place) => {
    const before = places?.statuses[place];
    if (!before) return;
    for (let at = 0; at < before.length; at++) {
      const now = map.statuses[from + at] ?? 0;
      if (now !== before[at]) counts[batchStatusName(now)] += 1;
    }
  });
  return counts;
}
