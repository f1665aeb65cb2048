import type { Point } from './geometry.ts';

/** A line as a path, its corners rounded. */
export function pathOf(points: readonly Point[], radius = 9): string {
  const [start, ...rest] = points;
  if (!start) return '';
  let path = `M${start.x} ${start.y}`;
  let from = start;
  for (const [index, at] of rest.entries()) {
    const to = rest[index + 1];
    if (!to) {
      path += `L${at.x} ${at.y}`;
      break;
    }
    const before = towards(at, from, radius);
    const after = towards(at, to, radius);
    path += `L${before.x} ${before.y}Q${at.x} ${at.y} ${after.x} ${after.y}`;
    from = at;
  }
  return path;
}

/** A point on the way from one to the other, at most half way. */
function towards(from: Point, to: Point, distance: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const part = length === 0 ? 0 : Math.min(distance, length / 2) / length;
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}
