import { decode } from '../../store/codec.ts';
import type { BatchNode } from '../../workflow/nodes.ts';
import { knownAmount } from '../amounts/known-amount.ts';
import type { Run } from '../run.ts';
import { labelOf } from './label.ts';

/**
 * Notes what the author calls the items that are set aside of a node's batches, and what they come to. Whoever set them aside did
 * not have the author's code.
 */
export function describeSetAside(
  { stored, journal, writer }: Pick<Run, 'stored' | 'journal' | 'writer'>,
  node: BatchNode,
  of: { readonly node: number; readonly parent: number },
): void {
  const { label, policy } = node;
  if (!label && !policy.conserve) return;
  for (const { scope, item, position, value } of stored.batches.undescribedItems(of.node, of.parent)) {
    const decoded = decode(value);
    const name = labelOf(label, decoded) ?? null;
    const amount = policy.conserve ? knownAmount(node, [decoded], position) : null;
    const unit = policy.conserve?.unit ?? '';
    journal.write(() => writer.describesSetAside({ ...of, scope }, item, name, amount, unit));
  }
}
