/*
 * Amounts (`conserve`) are summed exactly, as whole millionths: floating-point sums drift, and then 0.1 + 0.2 is not 0.3. Outside of
 * the engine they are decimal texts, `1204500.25`.
 */

const DECIMALS = 6;

/** The most that one batch may hold, so that sums fit into the 64-bit integers of SQLite. */
export const LARGEST_AMOUNT = 1e12;

/** A number as whole millionths; what is smaller is rounded. */
export function toMillionths(value: number): bigint {
  return BigInt(value.toFixed(DECIMALS).replace('.', ''));
}

/** `-1204500.25`, without zeros at the end. */
export function decimalText(millionths: bigint): string {
  const digits = String(millionths < 0n ? -millionths : millionths).padStart(DECIMALS + 1, '0');
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '');
  return `${millionths < 0n ? '-' : ''}${digits.slice(0, -DECIMALS)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** A decimal text as whole millionths. */
export function millionthsOf(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return BigInt(`${whole}${fraction.padEnd(DECIMALS, '0')}`);
}

/** What the items of a batch node come to, and how that is divided among its batches. Decimal texts. */
export interface NodeAmounts {
  /** Path of the batch node. */
  readonly path: string;
  /** `€`, `kg`; '' where the author gives none. */
  readonly unit: string;
  /** Of all items that were read. */
  readonly total: string;
  readonly succeeded: string;
  readonly failed: string;
  readonly setAside: string;
  readonly running: string;
  readonly waiting: string;
  readonly cancelled: string;
  /** Batches whose amount is unknown, because `conserve` failed for one of their items. */
  readonly unknown: number;
  /** Items set aside for which it failed. */
  readonly unknownItems: number;
  /** Whether the total is the sum of the parts. */
  readonly isBalanced: boolean;
}

const PARTS = [
  ['succeeded', 'done'],
  ['failed', 'failed'],
  ['setAside', 'set aside'],
  ['running', 'running'],
  ['waiting', 'waiting'],
  ['cancelled', 'cancelled'],
] as const satisfies readonly (readonly [keyof NodeAmounts, string])[];

/** `€ 1,204,500 = € 1,180,000 done + € 24,500 failed`. What does not balance says so. */
export function amountsText(amounts: NodeAmounts): string {
  const { unit, total, unknown, unknownItems, isBalanced } = amounts;
  const parts = PARTS.filter(([part]) => amounts[part] !== '0').map(
    ([part, word]) => `${amountText(amounts[part], unit)} ${word}`,
  );
  const sum = `${amountText(total, unit)} ${isBalanced ? '=' : '≠'} ${parts.length === 0 ? amountText('0', unit) : parts.join(' + ')}`;
  const unknowns = [
    ...(unknown > 0 ? [`${unknown} ${unknown === 1 ? 'batch' : 'batches'}`] : []),
    ...(unknownItems > 0 ? [`${unknownItems} ${unknownItems === 1 ? 'item' : 'items'}`] : []),
  ];
  const without = unknowns.length === 0 ? '' : `, without ${unknowns.join(' and ')} of unknown amount`;
  return `${sum}${without}${isBalanced ? '' : ': does not add up'}`;
}

/** `€ 1,204.50`, `12.5 kg`: a sign stands before, a word after. */
export function amountText(decimal: string, unit: string): string {
  const [whole = '', fraction] = decimal.split('.');
  const figure = `${whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',')}${fraction === undefined ? '' : `.${fraction.padEnd(2, '0')}`}`;
  if (unit === '') return figure;
  return /^\p{Sc}$/u.test(unit) ? `${unit} ${figure}` : `${figure} ${unit}`;
}
