import type { BatchPredicate, Cause, FailureCause, Progress } from '../../host/api/api.ts';
import { BATCH, counted, number } from '../../common/format.ts';
import { isInside } from '../../common/node-paths.ts';
import { isIn, mergeRanges, sizeOf, withoutRange, type Ranges, type ReadonlyRanges } from '../../common/ranges.ts';
import type { Counted } from './counted.ts';
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
  /** How many of them there were when they were selected, where it is told by what has failed: others may have failed since. */
  readonly seen?: number;
  /** The selection as text: `12 batches: title.trim is not a function`. */
  readonly text: string;
  /** Chosen in the table of batches, which then goes on showing the others. */
  readonly fromRows?: true;
  /** What they have in common, where that is why they are selected: `item.country: NL`. */
  readonly why?: string;
  /** How its batches stood when they were selected. */
  readonly counted?: Counted;
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
  return rangesSelection(map, a === b && isIn(base, a) ? withoutRange(base, range) : mergeRanges([...base, range]));
}

/** These batches, as far as there are such; undefined where there are none. */
export function rangesSelection(
  map: Pick<BatchMap, 'node' | 'path' | 'length'>,
  wanted: ReadonlyRanges,
): Selection | undefined {
  const ranges = withoutRange(wanted, [map.length, Number.MAX_SAFE_INTEGER]);
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

/** The map on which the batches of a node stand: their own, or the one of the outermost node around it. In a while there is none. */
export function mapAround<Map extends Pick<BatchMap, 'node' | 'path'>>(
  maps: Iterable<Map>,
  path: string,
): Map | undefined {
  return [...maps].find(map => path === map.path || isInside(path, map.path));
}

/** `12 batches: title.trim is not a function`. */
export function textOfCause({ batches, message }: FailureCause): string {
  return `${counted(batches, BATCH)}: ${message}`;
}

/** The batches that failed for a cause, on the map where they stand. */
export function causeSelection(
  cause: FailureCause,
  maps: Iterable<Pick<BatchMap, 'node' | 'path'>>,
): Selection | undefined {
  const map = mapAround(maps, cause.path);
  const { node, path, fingerprint, batches } = cause;
  return (
    map && {
      node: map.node,
      path,
      where: { fingerprint },
      cause: { node, fingerprint },
      count: batches,
      seen: batches,
      text: textOfCause(cause),
    }
  );
}

export function isCause({ node, fingerprint }: FailureCause, cause: Cause | undefined): boolean {
  return node === cause?.node && fingerprint === cause.fingerprint;
}

/** All failed batches of a node. */
export function failedSelection(node: number, path: string, failed: number): Selection | undefined {
  if (failed === 0) return undefined;
  const text = `${counted(failed, ['failed batch', 'failed batches'])}`;
  return { node, path, where: { statuses: ['failed'] }, count: failed, seen: failed, text };
}

/**
 * What a selection has become: those that have failed for its cause by now, or that have its status. Undefined when there
 * are none left, so that nothing stays dimmed for them. A selection of places stays.
 */
export function renewed(
  selection: Selection | undefined,
  causes: readonly FailureCause[],
  nodes: Progress['nodes'],
): Selection | undefined {
  if (!selection) return undefined;
  if (selection.cause) {
    const found = causes.find(cause => isCause(cause, selection.cause));
    if (!found) return undefined;
    const now = grown(selection, found.batches);
    return sameOr(selection, { ...selection, ...now, text: textOfCause({ ...found, batches: now.seen }) });
  }
  if (!selection.where.statuses) return selection;
  const failed = nodes.find(({ node }) => node === selection.node)?.batches.failed ?? 0;
  const now = grown(selection, failed);
  const looked = failedSelection(selection.node, selection.path, now.seen);
  return looked && sameOr(selection, { ...selection, ...now, text: looked.text });
}

/** Fewer are all known. */
function grown({ seen }: Selection, count: number): Required<Pick<Selection, 'count' | 'seen'>> {
  return { count, seen: Math.min(seen ?? count, count) };
}

/** A new object would be drawn anew. */
function sameOr(before: Selection, now: Selection): Selection {
  return before.count === now.count && before.seen === now.seen && before.text === now.text ? before : now;
}
