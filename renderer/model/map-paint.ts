import { BATCH_STATUS_NAMES, BatchStatus, batchStatusName, GLYPH } from '../../common/status.ts';
import { failedRows, isAnyFailed } from './map-gutter.ts';
import { GLYPH_CELL, LEAST_FAILURE, type MapLayout } from './map-layout.ts';

/** What tiles are coloured by, where it is not their status. */
export interface Colouring {
  /** Colour of a batch, as #RRGGBB. */
  colour(index: number): string;
  /** Of several batches in one tile, the one with the most of it gives the colour. */
  weight(index: number): number;
  /** One character in a tile of its own that is large enough for it; '' for none: so that nothing is told by colour alone. */
  sign?(index: number): string;
  /** Whether a batch's tile is striped. */
  isStriped?(index: number): boolean;
  /** Batches whose items have several values: their tiles have a dark corner. */
  isMixed?(index: number): boolean;
}

export interface PaintInput {
  readonly layout: MapLayout;
  readonly statuses: Uint8Array;
  readonly colours: readonly string[];
  /** Instead of the status, where the map is coloured by something else. */
  readonly colouring?: Colouring | undefined;
  /** Batches that stand out; the others are dimmed. */
  readonly isHighlighted?: ((index: number) => boolean) | undefined;
  /** Batches that succeeded and are far from their like. */
  readonly odd?: readonly number[] | undefined;
  /** Batches in which other batches failed: their tiles have a wedge, whatever they came to themselves. */
  readonly failedInside?: ((index: number) => boolean) | undefined;
  readonly current?: number | undefined;
  readonly outlineColour: string;
}

/** As much of a canvas's context as is painted with: so that it can be tried without a page. */
interface Canvas {
  fillStyle: unknown;
  strokeStyle: unknown;
  lineWidth: number;
  globalAlpha: number;
  font: string;
  textAlign: unknown;
  textBaseline: unknown;
  fillRect(x: number, y: number, width: number, height: number): void;
  strokeRect(x: number, y: number, width: number, height: number): void;
  clearRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number): void;
  getTransform(): { readonly a: number };
  createImageData(width: number, height: number): Pixmap;
  putImageData(image: Pixmap, x: number, y: number): void;
}

interface Pixmap {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** Paints the map. A failure never vanishes: a tile that stands for several batches shows a corner for those that failed. */
export function paintMap(canvas: Canvas, width: number, height: number, input: PaintInput): void {
  canvas.clearRect(0, 0, width, height);
  if (input.layout.perTile > 1) paintPixels(canvas, width, height, pixels => paintShared(pixels, input));
  else if (input.layout.cell <= LARGEST_PIXEL_CELL)
    paintPixels(canvas, width, height, pixels => paintSmall(pixels, input));
  else paintEach(canvas, input);
  paintOdd(canvas, input);
  paintGutter(canvas, input);
  paintCurrent(canvas, width, height, input);
}

/** An amber corner, at the top left where no other is, on each batch that is far from its like. It is never too small to be seen. */
function paintOdd(canvas: Canvas, { layout, odd, colours }: PaintInput): void {
  const { window, cell, gap, columns, perTile } = layout;
  canvas.fillStyle = colours[BatchStatus.retrying] ?? '';
  const size = Math.max(LEAST_FAILURE, Math.round((cell - gap) * 0.45));
  for (const index of odd ?? []) {
    if (index < window.from || index >= window.from + window.count) continue;
    const tile = Math.floor((index - window.from) / perTile);
    for (let y = 0; y < size; y++)
      canvas.fillRect((tile % columns) * cell, Math.floor(tile / columns) * cell + y, size - y, 1);
  }
}

/** Up to this size tiles are written as pixels: a hundred thousand of them take a millisecond or two instead of thirty. */
const LARGEST_PIXEL_CELL = 6;

/** The ground of the map: the corner of a tile whose batch has several values. */
const MIXED = '#0f141b';

const BRIGHT = 255;
const DIM = 72;
const QUIET = 130;

/** The canvas as pixels of the device, past its own transform. */
interface Pixels {
  readonly pixels: Uint32Array;
  readonly stride: number;
  readonly ratio: number;
}

function paintPixels(canvas: Canvas, width: number, height: number, paint: (pixels: Pixels) => void): void {
  const ratio = canvas.getTransform().a;
  const image = canvas.createImageData(Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio)));
  paint({ pixels: new Uint32Array(image.data.buffer), stride: image.width, ratio });
  canvas.putImageData(image, 0, 0);
}

function paintSmall(
  { pixels, stride, ratio }: Pixels,
  { layout, statuses, colours, colouring, isHighlighted, failedInside }: PaintInput,
): void {
  const { window, cell, gap, columns } = layout;
  const size = Math.max(1, Math.round((cell - gap) * ratio));
  const wedge = Math.min(size, wedgeOf(size, ratio, 0.36));
  const [palette, dimmed] = [colours.map(colour => rgba(colour, BRIGHT)), colours.map(colour => rgba(colour, DIM))];
  for (let tile = 0; tile < window.count; tile++) {
    const index = window.from + tile;
    const bright = !isHighlighted || isHighlighted(index);
    const colour = colouring
      ? rgba(colouring.colour(index), bright ? BRIGHT : DIM)
      : ((bright ? palette : dimmed)[statuses[index] ?? 0] ?? 0);
    const left = Math.round((tile % columns) * cell * ratio);
    const top = Math.round(Math.floor(tile / columns) * cell * ratio);
    for (let y = top; y < top + size; y++) pixels.fill(colour, y * stride + left, y * stride + left + size);
    if (colouring?.isStriped?.(index)) stripePixels({ pixels, stride, ratio }, left, top, size);
    if (colouring ? !colouring.isMixed?.(index) : !failedInside?.(index)) continue;
    const failed = colouring ? rgba(MIXED, BRIGHT) : ((bright ? palette : dimmed)[BatchStatus.failed] ?? 0);
    for (let y = 0; y < wedge; y++)
      pixels.fill(failed, (top + y) * stride + left + size - wedge + y, (top + y) * stride + left + size);
  }
}

/** Every other diagonal of a tile shows the ground, so that stripes are seen in as little as four pixels. */
function stripePixels({ pixels, stride, ratio }: Pixels, left: number, top: number, size: number): void {
  const width = Math.max(1, Math.round(ratio));
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) if (Math.floor((x + y) / width) % 3 === 2) pixels[(top + y) * stride + left + x] = 0;
}

/** How long the sides of a wedge are: by the share of those that failed, and never so small that it is not seen. */
function wedgeOf(size: number, ratio: number, share: number): number {
  return Math.max(Math.round(LEAST_FAILURE * ratio), Math.round(size * Math.sqrt(share)));
}

/** `#RRGGBB` as a pixel: little-endian, alpha first. */
function rgba(colour: string, alpha: number): number {
  const value = Number.parseInt(colour.slice(1, 7), 16);
  return ((alpha << 24) | ((value & 0xff) << 16) | (value & 0xff00) | (value >> 16)) >>> 0;
}

function paintEach(
  canvas: Canvas,
  { layout, statuses, colours, colouring, isHighlighted, failedInside }: PaintInput,
): void {
  const { window, cell, gap, columns } = layout;
  const size = cell - gap;
  const withGlyph = cell >= GLYPH_CELL && (!colouring || colouring.sign !== undefined);
  if (withGlyph) {
    canvas.font = `700 ${Math.round(size * 0.7)}px system-ui, sans-serif`;
    canvas.textAlign = 'center';
    canvas.textBaseline = 'middle';
  }
  // Tiles of one colour after the other: changing the colour is what costs.
  for (const [colour, indices] of byColour(
    window.from,
    window.count,
    index => colouring?.colour(index) ?? colours[statuses[index] ?? 0] ?? '',
  )) {
    canvas.fillStyle = colour;
    for (const index of indices) {
      const tile = index - window.from;
      const x = (tile % columns) * cell;
      const y = Math.floor(tile / columns) * cell;
      canvas.globalAlpha = isHighlighted && !isHighlighted(index) ? 0.28 : 1;
      canvas.fillRect(x, y, size, size);
    }
  }
  if (colouring?.isStriped)
    for (let index = window.from; index < window.from + window.count; index++)
      if (colouring.isStriped(index)) stripe(canvas, layout, index - window.from);
  const isMarked = colouring ? colouring.isMixed : failedInside;
  if (isMarked) {
    canvas.fillStyle = colouring ? MIXED : (colours[BatchStatus.failed] ?? '');
    const wedge = Math.round(size * 0.6);
    for (let index = window.from; index < window.from + window.count; index++) {
      if ((!colouring && statuses[index] === BatchStatus.failed) || !isMarked(index)) continue;
      const tile = index - window.from;
      canvas.globalAlpha = isHighlighted && !isHighlighted(index) ? 0.28 : 1;
      for (let y = 0; y < wedge; y++)
        canvas.fillRect(
          (tile % columns) * cell + size - wedge + y,
          Math.floor(tile / columns) * cell + y,
          wedge - y,
          1,
        );
    }
  }
  canvas.globalAlpha = 1;
  if (!withGlyph) return;
  canvas.fillStyle = '#06120f';
  for (let tile = 0; tile < window.count; tile++) {
    const index = window.from + tile;
    const sign = colouring
      ? (colouring.sign?.(index) ?? '')
      : GLYPH[batchStatusName(statuses[index] ?? BatchStatus.waiting)];
    if (sign === '') continue;
    const x = (tile % columns) * cell + size / 2;
    const y = Math.floor(tile / columns) * cell + size / 2 + 0.5;
    canvas.fillText(sign, x, y);
  }
}

/** Stripes of the ground over a tile, around the place of its sign. */
function stripe(canvas: Canvas, { cell, gap, columns }: MapLayout, tile: number): void {
  const size = cell - gap;
  const [left, top] = [(tile % columns) * cell, Math.floor(tile / columns) * cell];
  const [width, period] = [Math.max(1, Math.round(size / 8)), Math.max(3, Math.round(size / 3.2))];
  const isSignThere = (x: number, y: number) =>
    cell >= GLYPH_CELL && Math.abs(x - size / 2) < size * 0.32 && Math.abs(y - size / 2) < size * 0.42;
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      if ((x + y) % period < width && !isSignThere(x, y)) canvas.clearRect(left + x, top + y, 1, 1);
}

function byColour(from: number, count: number, colourOf: (index: number) => string): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (let index = from; index < from + count; index++) {
    const colour = colourOf(index);
    const group = groups.get(colour);
    if (group) group.push(index);
    else groups.set(colour, [index]);
  }
  return groups;
}

/**
 * Tiles that stand for several batches: their most frequent state, and in the corner a square for those that failed, or a
 * wedge where only batches inside them did; or what stands out most among them, where the map is coloured by something
 * else. Where some batches of a tile are highlighted, the tile shows only those.
 */
function paintShared(
  { pixels, stride, ratio }: Pixels,
  { layout, statuses, colours, colouring, isHighlighted, failedInside }: PaintInput,
): void {
  const { window, cell, gap, columns, perTile } = layout;
  const size = Math.max(1, Math.round((cell - gap) * ratio));
  const end = window.from + window.count;
  const seen = new Uint32Array(BATCH_STATUS_NAMES.length);
  const [palette, dimmed] = [colours.map(colour => rgba(colour, BRIGHT)), colours.map(colour => rgba(colour, DIM))];
  // Among thousands of bright tiles a few others would not be seen: where something failed, what succeeded stands back.
  if (!isHighlighted && isAnyFailed(layout, statuses, failedInside))
    palette[BatchStatus.succeeded] = rgba(colours[BatchStatus.succeeded] ?? '', QUIET);
  for (let first = window.from, tile = 0; first < end; first += perTile, tile++) {
    const after = Math.min(end, first + perTile);
    seen.fill(0);
    let bright = isHighlighted === undefined;
    let most = first;
    let counted = 0;
    let inside = 0;
    for (let index = first; index < after; index++) {
      const stands = isHighlighted === undefined || isHighlighted(index);
      if (bright && !stands) continue;
      if (!bright && stands) {
        bright = true;
        seen.fill(0);
        counted = 0;
        inside = 0;
        most = index;
      }
      const status = statuses[index] ?? 0;
      seen[status] = (seen[status] ?? 0) + 1;
      counted += 1;
      if (failedInside && status !== BatchStatus.failed && failedInside(index)) inside += 1;
      if (colouring && colouring.weight(index) > colouring.weight(most)) most = index;
    }
    const shades = bright ? palette : dimmed;
    const left = Math.round((tile % columns) * cell * ratio);
    const top = Math.round(Math.floor(tile / columns) * cell * ratio);
    const colour = colouring ? rgba(colouring.colour(most), bright ? BRIGHT : DIM) : (shades[mostOf(seen)] ?? 0);
    for (let y = 0; y < size; y++) pixels.fill(colour, (top + y) * stride + left, (top + y) * stride + left + size);
    if (colouring?.isStriped?.(most)) stripePixels({ pixels, stride, ratio }, left, top, size);
    const failed = seen[BatchStatus.failed] ?? 0;
    if (failed + inside === 0 || colouring) continue;
    const side = Math.min(size, wedgeOf(size, ratio, (failed + inside) / counted));
    // A square for those that failed themselves: half of it would be lost across a room.
    const slope = failed > 0 ? 0 : 1;
    for (let y = 0; y < side; y++)
      pixels.fill(
        shades[BatchStatus.failed] ?? 0,
        (top + y) * stride + left + size - side + slope * y,
        (top + y) * stride + left + size,
      );
  }
}

function mostOf(seen: Uint32Array): number {
  let most = 0;
  for (let status = 1; status < seen.length; status++) if ((seen[status] ?? 0) > (seen[most] ?? 0)) most = status;
  return most;
}

function paintGutter(canvas: Canvas, { layout, statuses, colours, failedInside }: PaintInput): void {
  const { gutter, cell, gap } = layout;
  if (!gutter) return;
  canvas.fillStyle = colours[BatchStatus.failed] ?? '';
  for (const row of failedRows(layout, statuses, failedInside))
    canvas.fillRect(gutter.left, row * cell, gutter.width, cell - gap);
}

function paintCurrent(
  canvas: Canvas,
  width: number,
  height: number,
  { layout, current, outlineColour: strong }: PaintInput,
): void {
  if (current === undefined || current < layout.window.from || current >= layout.window.from + layout.window.count)
    return;
  const tile = Math.floor((current - layout.window.from) / layout.perTile);
  const size = Math.max(layout.cell - layout.gap, 4);
  const x = (tile % layout.columns) * layout.cell;
  const y = Math.floor(tile / layout.columns) * layout.cell;
  // A line of 2 px is 1 px on either side of its path: at the edges of the map it moves in, or half of it is not seen.
  const [left, top] = [Math.max(1, x - 1), Math.max(1, y - 1)];
  const [right, bottom] = [Math.min(width - 1, x + size + 1), Math.min(height - 1, y + size + 1)];
  canvas.strokeStyle = strong;
  canvas.lineWidth = 2;
  canvas.strokeRect(left, top, right - left, bottom - top);
}
