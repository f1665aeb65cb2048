import { useRef, useState } from 'react';
import { batchAt, type MapLayout } from '../../model/map-layout.ts';
import type { Ranges } from '../../../common/ranges.ts';
import type { BatchMap } from '../../model/run-model.ts';
import { inspect, select } from '../../stores/actions.ts';
import { studio } from '../../stores/studio.ts';
import { rangeSelection } from '../../model/selection.ts';

/** Click inspects, drag selects a range, Shift adds or takes away, double click goes to the error. */
export function useMapPointer(node: number, map: BatchMap | undefined, layout: React.RefObject<MapLayout | undefined>) {
  const [hover, setHover] = useState<{ index: number; x: number; y: number }>();
  const drag = useRef<{ from: number; x: number; y: number; moved: boolean; base: Ranges }>(undefined);
  const at = (event: React.PointerEvent | React.MouseEvent): number | undefined =>
    layout.current && batchAt(layout.current, event.nativeEvent.offsetX, event.nativeEvent.offsetY);

  const handlers = {
    onPointerDown: (event: React.PointerEvent) => {
      const index = at(event);
      if (index === undefined || event.button !== 0) return;
      event.stopPropagation();
      event.currentTarget.setPointerCapture(event.pointerId);
      const selection = studio.getState().selection;
      const base = event.shiftKey && selection?.node === node ? (selection.where.ranges ?? []) : [];
      drag.current = { from: index, x: event.clientX, y: event.clientY, moved: event.shiftKey, base: base as Ranges };
    },
    onPointerMove: (event: React.PointerEvent) => {
      const index = at(event);
      setHover(index === undefined ? undefined : { index, x: event.nativeEvent.offsetX, y: event.nativeEvent.offsetY });
      if (!drag.current || index === undefined || !map) return;
      // By the way of the hand, not of the batches: while a stream goes on they move under it.
      if (Math.hypot(event.clientX - drag.current.x, event.clientY - drag.current.y) > 4) drag.current.moved = true;
      if (drag.current.moved)
        select(rangeSelection(map, drag.current.base, drag.current.from, index, layout.current?.perTile ?? 1));
    },
    onPointerUp: (event: React.PointerEvent) => {
      const index = at(event);
      const began = drag.current;
      drag.current = undefined;
      if (!began || index === undefined || !map) return;
      if (began.moved) return select(rangeSelection(map, began.base, began.from, index, layout.current?.perTile ?? 1));
      select(undefined);
      inspect({ kind: 'batch', node, index });
    },
    onPointerLeave: () => setHover(undefined),
    onDoubleClick: (event: React.MouseEvent) => {
      const index = at(event);
      if (index !== undefined) inspect({ kind: 'batch', node, index }, 'error');
    },
  };
  return { handlers, hovered: hover?.index, x: hover?.x ?? 0, y: hover?.y ?? 0 };
}
