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

/** So near that no text is under 11 px: the smallest is set in 12 px (cards.css). */
const READABLE = 11 / 12;

/** How wide a graph may be that is readable in a view of this width. */
export function readableWidth(width: number): number {
  return (width - 2 * MARGIN) / READABLE;
}

/** The camera that a graph is first shown with: the whole, as long as it can be read; else its beginning. */
export function firstCamera(plan: Plan, layout: Layout, size: Size): Camera {
  const whole = cameraFor(plan, layout, size);
  if (whole.zoom >= READABLE) return whole;
  const box = boundsOf(topLevel(plan), plan, layout);
  return {
    x: place(box.left, box.right, size.width),
    y: place(box.top, box.bottom, size.height),
    zoom: READABLE,
  };
}

/** In the middle where there is room, else from its beginning on. */
function place(from: number, to: number, room: number): number {
  const length = (to - from) * READABLE;
  return (length <= room - 2 * MARGIN ? (room - length) / 2 : MARGIN) - from * READABLE;
}

/** The camera that shows these nodes as near as can be read; the first of them where they are too far apart. */
export function cameraOn(ids: readonly string[], plan: Plan, layout: Layout, size: Size): Camera {
  const all = boundsOf(ids, plan, layout);
  const fit = Math.min(
    (size.width - 2 * MARGIN) / (all.right - all.left),
    (size.height - 2 * MARGIN) / (all.bottom - all.top),
  );
  const zoom = Math.max(READABLE, Math.min(CLOSEST_FIT, fit));
  const { left, right, top, bottom } = fit >= READABLE ? all : boundsOf(ids.slice(0, 1), plan, layout);
  return { x: size.width / 2 - ((left + right) / 2) * zoom, y: size.height / 2 - ((top + bottom) / 2) * zoom, zoom };
}

function topLevel(plan: Plan): readonly string[] {
  return [...plan.nodes.values()].flatMap(({ id, parent }) => (parent === undefined ? [id] : []));
}

/** Where nodes are on the plane: a layout has the place of each within the box it stands in. */
function boundsOf(ids: readonly string[], plan: Plan, layout: Layout) {
  const boxes = ids.flatMap(id => {
    const placed = layout.nodes.get(id);
    if (!placed) return [];
    let [x, y] = [placed.x, placed.y];
    for (let box = plan.nodes.get(id)?.parent; box !== undefined; box = plan.nodes.get(box)?.parent) {
      x += layout.nodes.get(box)?.x ?? 0;
      y += layout.nodes.get(box)?.y ?? 0;
    }
    return [{ left: x, top: y, right: x + placed.width, bottom: y + placed.height }];
  });
  return {
    left: Math.min(...boxes.map(({ left }) => left)),
    top: Math.min(...boxes.map(({ top }) => top)),
    right: Math.max(...boxes.map(({ right }) => right)),
    bottom: Math.max(...boxes.map(({ bottom }) => bottom)),
  };
}

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
