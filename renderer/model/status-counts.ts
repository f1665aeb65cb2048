import { BATCH_STATUS_NAMES, type BatchStatusName } from '../../common/status.ts';
import type { BatchMap } from './run-model.ts';

/** How many batches of a map have each status: what the map shows, also which of them are retrying. */
export function statusCounts({
  statuses,
  length,
}: Pick<BatchMap, 'statuses' | 'length'>): Record<BatchStatusName, number> {
  const counts = new Uint32Array(BATCH_STATUS_NAMES.length);
  for (let index = 0; index < length; index++) {
    const status = statuses[index] ?? 0;
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return Object.fromEntries(BATCH_STATUS_NAMES.map((name, status) => [name, counts[status] ?? 0])) as Record<
    BatchStatusName,
    number
  >;
}
