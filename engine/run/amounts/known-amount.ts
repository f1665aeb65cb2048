import type { BatchNode } from '../../workflow/nodes.ts';
import { amountOf, AmountError } from './amount-of.ts';

/** The amount of items that are being split; null where one of them has none: its batch fails with that when it is executed. */
export function knownAmount(node: BatchNode, items: readonly unknown[], position: number): bigint | null {
  try {
    return amountOf(node, items, position);
  } catch (error) {
    if (error instanceof AmountError) return null;
    throw error;
  }
}
