import { number } from './format.ts';
import type { StoredError } from './stored-error.ts';

/**
 * How an item at fault was found. `marked`: the step named it. `probed`: it fails alone, each time. `together`: it fails only
 * with others. `flaky`: it has failed and passed. `limit` stands for no item: more than so many fail, whichever they are.
 */
export const FOUND = ['marked', 'probed', 'together', 'flaky', 'limit'] as const;
export type Found = (typeof FOUND)[number];

/** An item of a batch that makes it fail. */
export interface Finding {
  /** Its index among the items that the batch was created with. */
  readonly item: number;
  /** Its place in the source of the batch node, from 0. */
  readonly position: number;
  /** What the author calls it. */
  readonly label: string | undefined;
  readonly found: Exclude<Found, 'limit'>;
  readonly error: StoredError;
  /** Which of its members was read last before it failed, where that is known. */
  readonly member?: string | undefined;
  /** The items that it fails together with. */
  readonly others: readonly number[];
}

/**
 * Whether an item that was found stays in its batch when what was found is set aside: of items that fail only together, the first
 * does, because without the others it passes.
 */
export function isLeftInBatch({ found, item, others }: Pick<Finding, 'found' | 'item' | 'others'>): boolean {
  return found === 'together' && others.every(other => other > item);
}

/** Of those in the batches of items at fault that are not at fault themselves: `490 wait with them`. */
export function waitingText({ items, waiting }: { readonly items: number; readonly waiting: number }): string {
  return `${number(waiting)} ${waiting === 1 ? 'waits' : 'wait'} with ${items === 1 ? 'it' : 'them'}`;
}

/** Why what a search has found is not certain, or not all. */
export const UNCERTAIN = ['whole-batch', 'keeps-state', 'effect'] as const;
export type Uncertain = (typeof UNCERTAIN)[number];
