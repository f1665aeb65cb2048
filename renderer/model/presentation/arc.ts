import type { Share, SharePart } from './shares.ts';

/* An arc of 240 degrees, open at the bottom, in a square of 100 by 100: its parts are shares of the whole, in order. */

const CENTRE = 50;
const RADIUS = 44;
const FROM = 210;
const SPAN = 240;
/** A part of it is never so small that it is not seen, in degrees. */
const LEAST = 4;

export interface ArcPart {
  readonly part: SharePart;
  /** As `d` of a path. */
  readonly path: string;
}

/** The parts of the arc. What is waiting is the rest, and needs none: the ground is seen. */
export function arcOf(shares: readonly Share[], total: number): readonly ArcPart[] {
  if (total === 0) return [];
  const shown = shares.filter(({ part }) => part !== 'waiting');
  const sizes = shown.map(({ count }) => Math.max(LEAST, (count / total) * SPAN));
  // Where small parts were widened, the others give way.
  const factor = Math.min(1, SPAN / sizes.reduce((sum, size) => sum + size, 0));
  let at = 0;
  return shown.map(({ part }, index) => {
    const from = at;
    at += (sizes[index] ?? 0) * factor;
    return { part, path: arcPath(from, at) };
  });
}

/** The ground of the whole. */
export const ARC_GROUND = arcPath(0, SPAN);

function arcPath(from: number, to: number): string {
  const [x1, y1] = pointAt(from);
  const [x2, y2] = pointAt(to);
  return `M${x1} ${y1}A${RADIUS} ${RADIUS} 0 ${to - from > 180 ? 1 : 0} 1 ${x2} ${y2}`;
}

/** From the lower left clockwise. */
function pointAt(degrees: number): readonly [number, number] {
  const angle = ((FROM - degrees) * Math.PI) / 180;
  return [rounded(CENTRE + RADIUS * Math.cos(angle)), rounded(CENTRE - RADIUS * Math.sin(angle))];
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
