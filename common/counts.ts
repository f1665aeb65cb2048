import { BatchStatus } from './status.ts';
import type { Counts, NodeProgress } from './counts-types.ts';

export type { Counts, NodeProgress } from './counts-types.ts';

const FIELD: Readonly<Record<number, Exclude<keyof Counts, 'total'> | undefined>> = {
  [BatchStatus.waiting]: 'waiting',
  [BatchStatus.running]: 'running',
  [BatchStatus.succeeded]: 'succeeded',
  [BatchStatus.failed]: 'failed',
  [BatchStatus.cancelled]: 'cancelled',
  [BatchStatus.retrying]: 'waiting',
  [BatchStatus.setAside]: 'setAside',
};

export function noCounts(): Counts {
  return { total: 0, succeeded: 0, failed: 0, setAside: 0, running: 0, waiting: 0, cancelled: 0 };
}

/** How many have come to an end, whatever it was. */
export function ended({ succeeded, failed, setAside, cancelled }: Counts): number {
  return succeeded + failed + setAside + cancelled;
}

/** Adds `batches` batches holding `items` items to a node's counts in the given status. */
export function count(node: NodeProgress, status: number, batches: number, items: number): void {
  const field = FIELD[status];
  if (!field) return;
  node.batches[field] += batches;
  node.batches.total += batches;
  node.items[field] += items;
  node.items.total += items;
}

/** A batch of `items` items goes from one status to another. */
export function move(node: NodeProgress, from: number, to: number, items: number): void {
  count(node, from, -1, -items);
  count(node, to, 1, items);
}

/** The sum of several nodes' counts. */
export function sum(nodes: Iterable<NodeProgress>): { batches: Counts; items: Counts } {
  const all = { batches: noCounts(), items: noCounts() };
  for (const node of nodes) {
    for (const field of Object.keys(all.batches) as (keyof Counts)[]) {
      all.batches[field] += node.batches[field];
      all.items[field] += node.items[field];
    }
  }
  return all;
}
