import { BatchStatus } from '../../common/status.ts';
import { layoutMap, type MapLayout, type Tile, type Window } from './map-layout.ts';

/*
 * The strip beside a map of small tiles, with a mark for each row in which a batch failed. It is what is seen of a few
 * failures among very many from across a room, and the way to them.
 */

/** In CSS pixels: the marks, and what stands between them and the tiles. */
const MARK = 9;
const GUTTER = MARK + 5;
/** Larger tiles are seen without it. */
const LARGEST_CELL = 6;

/** The layout of a map, with a strip at its right edge where tiles are small. */
export function layoutWithGutter(
  window: Window,
  width: number,
  height: number,
  largest?: number,
  room?: number,
): MapLayout {
  const whole = layoutMap(window, width, height, largest, room);
  if (whole.cell > LARGEST_CELL || width <= 4 * GUTTER) return whole;
  return { ...layoutMap(window, width - GUTTER, height, largest, room), gutter: { left: width - MARK, width: MARK } };
}

/** The batches of the row beside whose mark a point is; undefined where the point is not in the strip. */
export function gutterAt(layout: MapLayout, x: number, y: number): Tile | undefined {
  const { gutter, window, cell, columns, perTile } = layout;
  if (!gutter || x < gutter.left || y < 0) return undefined;
  const row = columns * perTile;
  const first = window.from + Math.floor(y / cell) * row;
  const end = window.from + window.count;
  return first < end ? { first, count: Math.min(row, end - first) } : undefined;
}

/** The rows, from the top, in which a batch failed, or one inside it did. */
export function* failedRows(
  { window, columns, perTile }: MapLayout,
  statuses: Uint8Array,
  failedInside?: (index: number) => boolean,
): Generator<number> {
  const row = columns * perTile;
  const end = window.from + window.count;
  // Found without looking at each batch: among ten million that would be felt.
  const nextFailed = (from: number) => {
    const found = statuses.indexOf(BatchStatus.failed, from);
    return found < 0 ? end : found;
  };
  let next = nextFailed(window.from);
  for (let at = 0, first = window.from; first < end; at++, first += row) {
    const after = Math.min(end, first + row);
    if (next < first) next = nextFailed(first);
    if (next < after || (failedInside && isAnyInside(first, after, failedInside))) yield at;
  }
}

/** Whether a batch of the window failed, or one inside it did. */
export function isAnyFailed(
  layout: MapLayout,
  statuses: Uint8Array,
  failedInside?: (index: number) => boolean,
): boolean {
  return failedRows(layout, statuses, failedInside).next().done === false;
}

function isAnyInside(first: number, after: number, failedInside: (index: number) => boolean): boolean {
  for (let index = first; index < after; index++) if (failedInside(index)) return true;
  return false;
}
