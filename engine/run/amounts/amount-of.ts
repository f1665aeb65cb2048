import { LARGEST_AMOUNT, toMillionths } from '../../../common/amounts.ts';
import { describeValue } from '../../workflow/errors.ts';
import type { BatchNode } from '../../workflow/nodes.ts';

/** An item has no amount: its batch fails, because what it holds could not be accounted for. */
export class AmountError extends Error {
  override readonly name = 'AmountError';
}

/**
 * What the items of a batch come to, in millionths. Each item is rounded and then they are added: the sum of all batches
 * does not depend on how the items are split. @throws AmountError
 * @param position Of the first of them in the source, from 0
 */
export function amountOf({ policy, id }: BatchNode, items: readonly unknown[], position: number): bigint {
  const { conserve } = policy;
  if (!conserve) return 0n;
  let sum = 0n;
  items.forEach((item, index) => {
    sum += amountOfItem(conserve.of, item, `Item ${position + index} of ${describeValue(id)}, counted from 0`);
  });
  return sum;
}

function amountOfItem(of: (item: unknown) => unknown, item: unknown, which: string): bigint {
  let amount: unknown;
  try {
    amount = of(item);
  } catch (error) {
    throw new AmountError(
      `${which}: its conserve threw ${error instanceof Error ? `${error.name}: ${error.message}` : describeValue(error)}`,
      {
        cause: error,
      },
    );
  }
  if (typeof amount !== 'number' || !Number.isFinite(amount))
    throw new AmountError(`${which}: its conserve gave ${describeValue(amount)}. It gives a number for every item.`);
  if (Math.abs(amount) > LARGEST_AMOUNT)
    throw new AmountError(
      `${which}: its conserve gave ${amount}. The largest amount is ${LARGEST_AMOUNT}; use a larger unit.`,
    );
  return toMillionths(amount);
}
