import { BatchStatus } from '../../common/status.ts';
import type { Colouring } from './map-paint.ts';
import type { Tile } from './map-layout.ts';

interface Shown {
  readonly statuses: Uint8Array;
  readonly colouring?: Colouring | undefined;
  readonly isHighlighted?: ((index: number) => boolean) | undefined;
  /** Batches in which other batches failed, whatever they came to themselves. */
  readonly failedInside?: ((index: number) => boolean) | undefined;
}

/**
 * The batch that is meant by pointing at a tile: what the tile shows, of all that it stands for. Among the highlighted
 * ones, where there are any, the one that gives the colour, or one that failed, or else the first.
 */
export function batchOfTile({ first, count }: Tile, shown: Shown): number {
  const all = Array.from({ length: count }, (_, at) => first + at);
  const highlighted = shown.isHighlighted ? all.filter(shown.isHighlighted) : [];
  const candidates = highlighted.length > 0 ? highlighted : all;
  const { colouring } = shown;
  if (colouring)
    return candidates.reduce((most, index) => (colouring.weight(index) > colouring.weight(most) ? index : most));
  const failed = candidates.find(index => shown.statuses[index] === BatchStatus.failed);
  return failed ?? candidates.find(index => shown.failedInside?.(index)) ?? candidates[0] ?? first;
}

/** How many of a tile's batches failed, and in how many others a batch did. */
export function failuresOfTile({ first, count }: Tile, { statuses, failedInside }: Shown): number {
  let failures = 0;
  for (let index = first; index < first + count; index++)
    if (statuses[index] === BatchStatus.failed || failedInside?.(index)) failures += 1;
  return failures;
}
