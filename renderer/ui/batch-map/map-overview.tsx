import { useRef } from 'react';
import { number } from '../../../common/format.ts';
import { layoutWithGutter } from '../../model/map-gutter.ts';
import { tileAt, type MapLayout, type Window } from '../../model/map-layout.ts';
import type { PaintInput } from '../../model/map-paint.ts';
import type { BatchMap, RunModel } from '../../model/run-model.ts';
import { usePainting } from './use-painting.ts';

interface Props {
  readonly model: RunModel | undefined;
  readonly map: BatchMap;
  readonly width: number;
  readonly height: number;
  /** The part of the map that is seen below. */
  readonly window: Window;
  /** What tiles look like, as below. */
  readonly look: () => Omit<PaintInput, 'layout' | 'statuses'>;
  /** What `look` is made from. */
  readonly parts: readonly unknown[];
  readonly onPan: (from: number) => void;
}

/** The whole of a zoomed map, small, with a frame around the part that is seen. A click or a drag moves the frame. */
export function MapOverview({ model, map, width, height, window, look, parts, onPan }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const total = map.length;
  const layout = layoutWithGutter({ from: 0, count: total }, width, height);
  usePainting(model, map, canvas, width, height, () => ({ ...look(), layout, statuses: map.statuses }), [
    ...parts,
    total,
  ]);
  const moveTo = (event: React.PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const x = Math.max(0, event.clientX - box.left);
    const tile = tileAt(layout, x, Math.max(0, Math.min(height - 1, event.clientY - box.top)));
    onPan((tile?.first ?? total) - Math.floor(window.count / 2));
  };
  return (
    <div
      className="map-overview"
      role="slider"
      tabIndex={0}
      aria-label="Part of the map"
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={Math.max(0, total - window.count)}
      aria-valuenow={window.from}
      aria-valuetext={`${number(window.from)} to ${number(window.from + window.count - 1)} of ${number(total)}`}
      style={{ width, height }}
      onPointerDown={event => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        moveTo(event);
      }}
      onPointerMove={event => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) moveTo(event);
      }}
      onKeyDown={event => {
        const to = keyTarget(event.key, window, total);
        if (to === undefined) return;
        event.preventDefault();
        onPan(to);
      }}
    >
      <canvas ref={canvas} aria-hidden style={{ width, height }} />
      <i style={frameOf(layout, window)} />
    </div>
  );
}

/** A quarter of what is seen by an arrow, all of it by a page: a batch a key press leads nowhere among a million. */
function keyTarget(key: string, { from, count }: Window, total: number): number | undefined {
  switch (key) {
    case 'Home':
      return 0;
    case 'End':
      return total;
  }
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, PageDown: 4, PageUp: -4 }[key];
  return by === undefined ? undefined : Math.max(0, from + by * Math.max(1, Math.round(count / 4)));
}

/** Around the tiles of a window, and never so small that it is not seen. */
function frameOf({ perTile, columns, cell }: MapLayout, { from, count }: Window) {
  const [first, last] = [Math.floor(from / perTile), Math.floor((from + count - 1) / perTile)];
  const [top, bottom] = [Math.floor(first / columns), Math.floor(last / columns)];
  const isOneRow = top === bottom;
  return {
    top: top * cell - 1,
    height: (bottom - top + 1) * cell + 1,
    left: isOneRow ? (first % columns) * cell - 1 : 0,
    width: isOneRow ? Math.max(8, (last - first + 1) * cell + 1) : columns * cell,
  };
}
