import { useRef, useState } from 'react';
import { tileAt, type MapLayout, type Tile } from '../../model/map-layout.ts';
import type { Ranges } from '../../../common/ranges.ts';
import type { BatchMap } from '../../model/run-model.ts';
import { gutterAt } from '../../model/map-gutter.ts';
import type { useMapPan } from './use-map-pan.ts';
import { inspect, select } from '../../stores/actions.ts';
import { studio } from '../../stores/studio.ts';
import { rangeSelection } from '../../model/selection.ts';

interface Pointed {
  readonly pan: ReturnType<typeof useMapPan>;
  /** The batch node's number in the run. */
  readonly node: number;
  readonly map: BatchMap | undefined;
  readonly layout: React.RefObject<MapLayout | undefined>;
  /** Which of the batches of a tile is meant by pointing at it. */
  readonly batchOf: (tile: Tile) => number;
  readonly isHighlighted: ((index: number) => boolean) | undefined;
}

/** Click inspects, drag selects a range, Shift adds or takes away, double click goes to the error. */
export function useMapPointer({ node, map, layout, batchOf, isHighlighted, pan }: Pointed) {
  const [hover, setHover] = useState<{ tile: Tile; x: number; y: number }>();
  const drag = useRef<{ from: number; x: number; y: number; moved: boolean; base: Ranges }>(undefined);
  const at = (event: React.PointerEvent | React.MouseEvent): Tile | undefined =>
    layout.current && tileAt(layout.current, event.nativeEvent.offsetX, event.nativeEvent.offsetY);
  /** A mark at the edge stands for its row; a drag that ends there does not. */
  const pointedAt = (event: React.PointerEvent | React.MouseEvent): Tile | undefined =>
    (layout.current && gutterAt(layout.current, event.nativeEvent.offsetX, event.nativeEvent.offsetY)) ?? at(event);

  const handlers = {
    onPointerEnter: pan.onEnter,
    onPointerDown: (event: React.PointerEvent) => {
      if (pan.begins(event)) return;
      const tile = at(event);
      if (tile === undefined || event.button !== 0) return;
      event.stopPropagation();
      event.currentTarget.setPointerCapture(event.pointerId);
      const selection = studio.getState().selection;
      const base = event.shiftKey && selection?.node === node ? (selection.where.ranges ?? []) : [];
      drag.current = {
        from: tile.first,
        x: event.clientX,
        y: event.clientY,
        moved: event.shiftKey,
        base: base as Ranges,
      };
    },
    onPointerMove: (event: React.PointerEvent) => {
      if (pan.moves(event)) return setHover(undefined);
      const tile = at(event);
      const pointed = pointedAt(event);
      setHover(pointed && { tile: pointed, x: event.nativeEvent.offsetX, y: event.nativeEvent.offsetY });
      if (!drag.current || tile === undefined || !map) return;
      // By the way of the hand, not of the batches: while a stream goes on they move under it.
      if (Math.hypot(event.clientX - drag.current.x, event.clientY - drag.current.y) > 4) drag.current.moved = true;
      if (drag.current.moved)
        select(rangeSelection(map, drag.current.base, drag.current.from, tile.first, layout.current?.perTile ?? 1));
    },
    onPointerUp: (event: React.PointerEvent) => {
      if (pan.ends()) return undefined;
      const tile = at(event);
      const began = drag.current;
      drag.current = undefined;
      if (!began || tile === undefined || !map) return undefined;
      if (began.moved)
        return select(rangeSelection(map, began.base, began.from, tile.first, layout.current?.perTile ?? 1));
      const index = batchOf(pointedAt(event) ?? tile);
      // One of those that stand out is looked at while they go on standing out.
      if (!isHighlighted?.(index)) select(undefined);
      return inspect({ kind: 'batch', node, index });
    },
    onPointerLeave: () => {
      pan.onLeave();
      setHover(undefined);
    },
    onDoubleClick: (event: React.MouseEvent) => {
      const tile = pointedAt(event);
      if (tile !== undefined) inspect({ kind: 'batch', node, index: batchOf(tile) }, 'error');
    },
  };
  return { handlers, hovered: hover?.tile, x: hover?.x ?? 0, y: hover?.y ?? 0 };
}
