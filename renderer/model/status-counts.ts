import { BATCH_STATUS_NAMES, type BatchStatusName } from '../../common/status.ts';
import type { ReadonlyRanges } from '../../common/ranges.ts';
import type { BatchMap } from './run-model.ts';

/**
 * How many batches of a map have each status: what the map shows, also which of them are retrying.
 * @param ranges Only these batches
 */
export function statusCounts(
  { statuses, length }: Pick<BatchMap, 'statuses' | 'length'>,
  ranges: ReadonlyRanges = [[0, length - 1]],
): Record<BatchStatusName, number> {
  const counts = new Uint32Array(BATCH_STATUS_NAMES.length);
  for (const [from, to] of ranges)
    for (let index = from; index <= Math.min(to, length - 1); index++) {
      const status = statuses[index] ?? 0;
      counts[status] = (counts[status] ?? 0) + 1;
    }
  return Object.fromEntries(BATCH_STATUS_NAMES.map((name, status) => [name, counts[status] ?? 0])) as Record<
    BatchStatusName,
    number
  >;
}
