import type { Overlay } from '../../host/api/api.ts';
import { BatchStatus } from '../../common/status.ts';
import type { BatchMap } from './run-model.ts';

export type BatchTimes = Extract<Overlay, { by: 'times' }>;

/** The statuses a node's batches had at a time of the run: waiting, then running, then what they came to. */
export function statusesAt(
  map: Pick<BatchMap, 'statuses' | 'length'>,
  times: Pick<BatchTimes, 'starts' | 'ends'>,
  at: number,
): Uint8Array {
  const statuses = new Uint8Array(map.length);
  for (let index = 0; index < map.length; index++) {
    const start = times.starts[index] ?? -1;
    const end = times.ends[index] ?? -1;
    if (start < 0 || at < start) statuses[index] = BatchStatus.waiting;
    else if (end < 0 || at >= end) statuses[index] = map.statuses[index] ?? BatchStatus.waiting;
    else statuses[index] = BatchStatus.running;
  }
  return statuses;
}
