import { useCallback, useEffect, useState } from 'react';
import { pan, panTo, tileAt, zoom, type MapLayout, type Window } from '../../model/map-layout.ts';
import type { BatchMap } from '../../model/run-model.ts';

interface Zoomable {
  readonly map: BatchMap | undefined;
  readonly canvas: React.RefObject<HTMLCanvasElement | null>;
  readonly layout: React.RefObject<MapLayout | undefined>;
  /** The wheel then belongs to what the map stands on. */
  readonly isOff: boolean;
  /** The batch that is looked at: a zoomed map follows it. */
  readonly current: number | undefined;
}

/** Part of a map: the wheel zooms around the pointer; Shift, or a wheel that goes sideways, moves along the batches. */
export function useMapZoom({ map, canvas, layout, isOff, current }: Zoomable) {
  const [zoomed, setZoomed] = useState<Window>();
  const windowOf = useCallback(
    (length: number): Window => {
      if (!zoomed) return { from: 0, count: length };
      const count = Math.min(zoomed.count, length);
      return { from: Math.min(zoomed.from, length - count), count };
    },
    [zoomed],
  );
  const onWheel = useCallback(
    (event: WheelEvent) => {
      const shown = layout.current;
      if (isOff || !map || !shown) return;
      event.preventDefault();
      const sideways = event.shiftKey ? event.deltaX || event.deltaY : event.deltaX;
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        const rows = Math.sign(sideways) * Math.max(1, Math.round(shown.rows / 8));
        if (shown.window.count < map.length)
          setZoomed(pan(shown.window, rows * shown.columns * shown.perTile, map.length));
        return;
      }
      const around = tileAt(shown, event.offsetX, event.offsetY)?.first ?? shown.window.from;
      const next = zoom(shown.window, event.deltaY > 0 ? 1.4 : 1 / 1.4, around, map.length);
      setZoomed(next.count >= map.length ? undefined : next);
    },
    [isOff, map, layout],
  );
  useEffect(() => {
    // React listens passively to the wheel, and the page must not scroll.
    const element = canvas.current;
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  }, [onWheel, canvas]);
  useEffect(() => {
    if (current === undefined || !map) return;
    const row = (layout.current?.columns ?? 1) * (layout.current?.perTile ?? 1);
    setZoomed(before => before && panTo(before, current, map.length, row));
  }, [current, map, layout]);
  const zoomBy = (factor: number) => {
    const shown = layout.current;
    if (!map || !shown) return;
    const { from, count } = shown.window;
    // Around the batch that is looked at, where it is seen; else around the middle.
    const around = current !== undefined && current >= from && current < from + count ? current : from + count / 2;
    const next = zoom(shown.window, factor, around, map.length);
    setZoomed(next.count >= map.length ? undefined : next);
  };
  return {
    window: zoomed,
    zoomBy,
    windowOf,
    panTo: (from: number) => setZoomed(before => before && map && pan({ ...before, from: 0 }, from, map.length)),
    reset: () => setZoomed(undefined),
  };
}
