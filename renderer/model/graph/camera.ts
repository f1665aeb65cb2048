import type { Layout } from './geometry.ts';
import type { Plan } from './plan.ts';
import type { Size } from './sizes.ts';

export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export const CLOSEST = 2;
export const FARTHEST = 0.1;
/** A small graph is not blown up to fill the screen. */
const CLOSEST_FIT = 1.1;
const MARGIN = 24;

/** The camera that shows the whole, in the middle. */
export function cameraFor(plan: Plan, layout: Layout, { width, height }: Size): Camera {
  const cards = [...layout.nodes].flatMap(([id, placed]) => (plan.nodes.get(id)?.parent === undefined ? [placed] : []));
  const left = Math.min(...cards.map(({ x }) => x));
  const top = Math.min(...cards.map(({ y }) => y));
  const size = {
    width: Math.max(...cards.map(card => card.x + card.width)) - left,
    height: Math.max(...cards.map(card => card.y + card.height)) - top,
  };
  const fit = Math.min((width - 2 * MARGIN) / size.width, (height - 2 * MARGIN) / size.height);
  const zoom = Math.min(CLOSEST_FIT, Math.max(FARTHEST, fit));
  return { x: (width - size.width * zoom) / 2 - left * zoom, y: (height - size.height * zoom) / 2 - top * zoom, zoom };
}
