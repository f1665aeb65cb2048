/** Part of a node's batches: from a place on, so many. */
export interface Window {
  readonly from: number;
  readonly count: number;
}

/** How batches are laid out on a canvas: in rows, from the top left, in order. */
export interface MapLayout {
  readonly window: Window;
  /** Width and height of a tile in CSS pixels, its gap included. */
  readonly cell: number;
  readonly gap: number;
  readonly columns: number;
  readonly rows: number;
  /** Batches a tile stands for; 1 while there is room. */
  readonly perTile: number;
  /** The strip of marks beside the tiles (map-gutter.ts), in CSS pixels; a map of large tiles has none. */
  readonly gutter?: { readonly left: number; readonly width: number };
}

/** How large a failure is at least, in CSS pixels: a smaller one is not seen on a projector. */
export const LEAST_FAILURE = 4;
/**
 * Sizes a tile may have, largest first, none too small for a failure that is seen. From GLYPH_CELL on there is room for a
 * sign.
 */
const CELLS = [34, 27, 20, 17, 14, 12, 10, 8, 6, 5] as const;
export const GLYPH_CELL = 12;
/** For somebody at a desk; for those across a room there are larger ones. */
const USUAL_CELL = 20;
/** Where a tile must stand for several batches it has room for a wedge of LEAST_FAILURE, and for what it is cut out of. */
const SHARED_CELL = 6;

/**
 * The largest tiles with which all batches of the window fit.
 * @param room For how many there is to be room: more than there are while a stream goes on, so that tiles keep their places.
 */
export function layoutMap(
  window: Window,
  width: number,
  height: number,
  largest: number = USUAL_CELL,
  room = window.count,
): MapLayout {
  for (const cell of cellsUpTo(largest)) {
    const columns = Math.floor(width / cell);
    if (columns > 0 && Math.ceil(room / columns) * cell <= height)
      return { window, cell, gap: gapOf(cell), columns, rows: Math.ceil(window.count / columns), perTile: 1 };
  }
  const columns = Math.max(1, Math.floor(width / SHARED_CELL));
  const tiles = columns * Math.max(1, Math.floor(height / SHARED_CELL));
  const perTile = Math.ceil(room / tiles);
  return {
    window,
    cell: SHARED_CELL,
    gap: gapOf(SHARED_CELL),
    columns,
    rows: Math.ceil(Math.ceil(window.count / perTile) / columns),
    perTile,
  };
}

/** Across a room any size will do that fills the map; at a desk a few sizes, so that tiles seldom change theirs. */
function cellsUpTo(largest: number): readonly number[] {
  const [most] = CELLS;
  if (largest <= most) return CELLS.filter(cell => cell <= largest);
  const any = Array.from({ length: Math.floor(largest) - GLYPH_CELL }, (_, at) => Math.floor(largest) - at);
  return [...any, ...CELLS.filter(cell => cell <= GLYPH_CELL)];
}

function gapOf(cell: number): number {
  if (cell > CELLS[0]) return Math.max(3, Math.round(cell / 13));
  return cell >= 12 ? 3 : 1;
}

/** How high a map of so many batches need be, with tiles as large as they may get; never more than `most`. */
export function heightFor(count: number, width: number, most: number, largest: number = USUAL_CELL): number {
  for (const cell of cellsUpTo(largest)) {
    const height = Math.ceil(count / Math.max(1, Math.floor(width / cell))) * cell;
    if (height <= most) return Math.max(height, cell);
  }
  return most;
}

/** The batches that a tile stands for: from one on, so many. */
export interface Tile {
  readonly first: number;
  readonly count: number;
}

/** The tile at a point; the last one of its row when the point is to the right of it; undefined outside. */
export function tileAt({ window, cell, columns, perTile }: MapLayout, x: number, y: number): Tile | undefined {
  if (x < 0 || y < 0) return undefined;
  const column = Math.min(columns - 1, Math.floor(x / cell));
  const tile = Math.floor(y / cell) * columns + column;
  const first = window.from + tile * perTile;
  const end = window.from + window.count;
  return first < end ? { first, count: Math.min(perTile, end - first) } : undefined;
}

/** A map of so few is not zoomed. */
export const FEWEST_TO_ZOOM = 50;

/** A window that shows fewer (factor < 1) or more batches, with the one at `around` staying about where it is. */
export function zoom(window: Window, factor: number, around: number, total: number): Window {
  const count = Math.round(Math.min(total, Math.max(Math.min(total, FEWEST_TO_ZOOM), window.count * factor)));
  const share = window.count === 0 ? 0 : (around - window.from) / window.count;
  const from = Math.round(Math.min(total - count, Math.max(0, around - share * count)));
  return { from, count };
}

/** The same window farther on, or back; always full. */
export function pan({ from, count }: Window, by: number, total: number): Window {
  return { from: Math.max(0, Math.min(total - count, from + by)), count };
}

/** The window moved as little as need be to have a batch in it, rows staying whole. */
export function panTo(window: Window, index: number, total: number, row: number): Window {
  if (index < window.from) return pan(window, -Math.ceil((window.from - index) / row) * row, total);
  const past = index - (window.from + window.count - 1);
  return past > 0 ? pan(window, Math.ceil(past / row) * row, total) : window;
}
