import { amountsText, type NodeAmounts } from '../../../common/amounts.ts';
import { UnreadableError } from '../../store/codec.ts';
import { describeValue } from '../../workflow/errors.ts';

/** What went in has come out, or is known to have failed. A run of which that is not so must not complete. @throws UnreadableError */
export function checkAmounts(nodes: readonly NodeAmounts[]): void {
  const wrong = nodes.find(({ isBalanced }) => !isBalanced);
  if (wrong)
    throw new UnreadableError(`The amounts of ${describeValue(wrong.path)} do not add up: ${amountsText(wrong)}`);
}
