import type { NodeAmounts } from '../../../common/amounts.ts';
import { decimalText, millionthsOf } from '../../../common/amounts.ts';
import type { Share, SharePart } from './shares.ts';

/* What the items come to, in money or whatever it is: as the counts of items, in shares that add up, or do not. */

export interface AmountShare {
  readonly part: SharePart;
  /** A decimal text: no digit is lost. */
  readonly amount: string;
  /** For the length of its bar only. */
  readonly count: number;
}

const PARTS = [
  ['done', 'succeeded'],
  ['running', 'running'],
  ['waiting', 'waiting'],
  ['cancelled', 'cancelled'],
  ['aside', 'setAside'],
  ['failed', 'failed'],
] as const satisfies readonly (readonly [Share['part'], keyof NodeAmounts])[];

export function amountSharesOf(amounts: NodeAmounts): readonly AmountShare[] {
  return PARTS.map(([part, key]) => ({ part, amount: amounts[key], count: Math.abs(Number(amounts[key])) })).filter(
    ({ amount }) => amount !== '0',
  );
}

/** What the sum lacks of the total, as a decimal text; `0` where it adds up. */
export function missingOf(amounts: NodeAmounts): string {
  const sum = PARTS.reduce((total, [, key]) => total + millionthsOf(amounts[key]), 0n);
  return decimalText(millionthsOf(amounts.total) - sum);
}
