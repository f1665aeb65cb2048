import type { Size } from './sizes.ts';

/*
 * Where everything goes. A chain is laid out in rows and read like a text (rows.ts); what forks is laid out by ELK, and is
 * then one piece of its row. Boxes go from the innermost out, so that each has its size when the one around it is laid
 * out. Places are relative to the box a card stands in; lines are in the plane of the whole.
 */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedCard extends Point, Size {}

export interface Line {
  readonly points: readonly Point[];
  /** The middle of its label, and the width there is for it. */
  readonly label?: (Point & { readonly width: number }) | undefined;
}

export interface Layout {
  readonly nodes: ReadonlyMap<string, PlacedCard>;
  readonly edges: ReadonlyMap<string, Line>;
  /** What begins a row, by the box it is in; '' is the whole. */
  readonly breaks: ReadonlyMap<string, ReadonlySet<string>>;
}
/** As near to a corner as a line may meet a card. */
const CORNER = 24;
/** A box this wide is met where the line comes from; anything narrower in its middle. */
const WIDE = 300;

/** To the side; where the heights differ, with a step in the middle. */
export function horizontalLine(from: Point, to: Point): readonly Point[] {
  if (Math.abs(from.y - to.y) < 1) return [from, to];
  const x = (from.x + to.x) / 2;
  return [from, { x, y: from.y }, { x, y: to.y }, to];
}

/** Where a line that comes down at x meets a card; what comes to a point is met there. */
export function nearestX(x: number, { x: left, width }: PlacedCard, atPoint: boolean): number {
  if (atPoint || width < 2 * CORNER) return left + width / 2;
  const nearest = Math.min(Math.max(x, left + CORNER), left + width - CORNER);
  return nearest === x || width >= WIDE ? nearest : left + width / 2;
}

export function translate(a: Point, b: Point): Point {
  return { x: a.x + b.x, y: a.y + b.y };
}

export function moved({ points, label }: Line, by: Point): Line {
  return { points: points.map(point => translate(point, by)), label: label && { ...label, ...translate(label, by) } };
}
