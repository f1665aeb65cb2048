import type { BatchPredicate, Cause } from '../../host/api/api.ts';
import { number } from '../../common/format.ts';
import { isIn, mergeRanges, sizeOf, withoutRange, type Ranges } from '../../common/ranges.ts';
import type { BatchMap } from './run-model.ts';

/** Batches selected to act on. They are described by a predicate, never by a list of ids, so a million can be selected. */
export interface Selection {
  /** The outermost batch node, whose map shows them. */
  readonly node: number;
  /** Path of the node whose batches they are: a node inside the outermost one if a cause of failure there is selected. */
  readonly path: string;
  readonly where: BatchPredicate;
  readonly cause?: Cause;
  readonly count: number;
  /** The selection as text: `12 batches: title.trim is not a function`. */
  readonly text: string;
}

/**
 * Adds a range to the ranges selected so far. A single batch that is already selected is removed instead.
 * @param perTile How many batches a tile of the map stands for: the last tile counts as a whole.
 */
export function rangeSelection(
  map: Pick<BatchMap, 'node' | 'path' | 'length'>,
  base: Ranges,
  a: number,
  b: number,
  perTile = 1,
): Selection | undefined {
  const range: [number, number] = [Math.min(a, b), Math.min(map.length - 1, Math.max(a, b) + perTile - 1)];
  const ranges = a === b && isIn(base, a) ? withoutRange(base, range) : mergeRanges([...base, range]);
  const count = sizeOf(ranges);
  if (count === 0) return undefined;
  return {
    node: map.node,
    path: map.path,
    where: { ranges },
    count,
    text: count === 1 ? `batch ${ranges[0]?.[0]}` : `${number(count)} selected batches`,
  };
}
