import { wholeIndex } from '../common/set-aside.ts';
import type { FailedBatchToSearch } from '../engine/store/searches.ts';
import { batchSelection } from './arguments.ts';
import { UsageError } from './usage.ts';

/* The one failed batch that a command executes, and its items. */

/** `--batches` of a command that takes one failed batch. @throws UsageError */
export function batchesOf(given: string | undefined): 'failed' | readonly number[] {
  const batches = batchSelection(given);
  if (batches === 'all') throw new UsageError('--batches all: this command takes one failed batch.');
  return batches;
}

export function onlyOne(batches: readonly FailedBatchToSearch[]): FailedBatchToSearch {
  const [only, ...others] = batches;
  if (only && others.length === 0) return only;
  throw new UsageError(
    only
      ? `${batches.length} failed batches match, and this command takes one: choose it with --batches <index>, and --node <name>.`
      : 'No failed batch matches: this command executes one that has failed.',
  );
}

/**
 * The chosen items, or all: indices among those that the batch was created with.
 * @param gone What is set aside of it
 * @throws UsageError
 */
export function itemsOf(given: string | undefined, count: number, gone: readonly number[]): number[] {
  if (given === undefined) return Array.from({ length: count }, (_, index) => wholeIndex(index, gone));
  const items = batchSelection(given);
  const beyond = Array.isArray(items) ? items.find(item => item >= count + gone.length) : undefined;
  const aside = Array.isArray(items) ? items.find(item => gone.includes(item)) : undefined;
  if (aside !== undefined) throw new UsageError(`--items ${given}: item ${aside} of the batch is set aside.`);
  if (!Array.isArray(items) || beyond !== undefined)
    throw new UsageError(
      `--items ${given}: the batch has ${count + gone.length} items. Write indices from 0, such as 0,4,7-9.`,
    );
  return items.toSorted((a, b) => a - b);
}
