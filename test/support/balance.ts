import type { Counts, NodeProgress } from '../../common/counts.ts';

/** Whether every item and every batch of a node is in exactly one place, and none is missing or too many. */
export function isBalanced({ items, batches }: NodeProgress): boolean {
  return [items, batches].every(
    ({ total, ...places }: Counts) =>
      Object.values(places).every(count => count >= 0) &&
      total === Object.values(places).reduce((sum, count) => sum + count, 0),
  );
}
