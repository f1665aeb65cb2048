import type { Counts } from './counts.ts';
import type { RunCounts } from './run-summary.ts';
import {
  batchStatusName,
  BatchStatus,
  isInFlight,
  stepStatusName,
  type BatchStatusName,
  type RunStatus,
  type StepStatusName,
} from './status.ts';

/*
 * A process that ends without a word leaves what it had begun marked as running. Nothing runs once nobody works on a run:
 * its batches wait to be begun again, its steps were interrupted, and so was the run.
 */

export function runStatusNow(stored: RunStatus, isLive: boolean): RunStatus {
  return stored === 'running' && !isLive ? 'interrupted' : stored;
}

export function batchStatusNow(stored: number, isLive: boolean): BatchStatusName {
  return isInFlight(stored) && !isLive ? 'waiting' : batchStatusName(stored);
}

export function stepStatusNow(stored: number, isLive: boolean): StepStatusName {
  const name = stepStatusName(stored);
  return name === 'running' && !isLive ? 'interrupted' : name;
}

export function countsAtRest(counts: Counts): Counts {
  return { ...counts, waiting: counts.waiting + counts.running, running: 0 };
}

export function runCountsAtRest({ items, batches, nodes }: RunCounts): RunCounts {
  return {
    items: countsAtRest(items),
    batches: countsAtRest(batches),
    nodes: nodes.map(node => ({ ...node, items: countsAtRest(node.items), batches: countsAtRest(node.batches) })),
  };
}

/** Statuses as bytes, changed in place. */
export function statusBytesAtRest<Bytes extends Uint8Array>(statuses: Bytes): Bytes {
  for (const [index, status] of statuses.entries()) if (isInFlight(status)) statuses[index] = BatchStatus.waiting;
  return statuses;
}

/** Changes counts in place: what still waits when a run is cancelled is cancelled with it. */
export function cancelWaiting(counts: Counts): void {
  counts.cancelled += counts.waiting;
  counts.waiting = 0;
}
