import './batch-map-canvas.css';
import { useCallback, useEffect, useRef, useState } from 'react';
import { batchAt, heightFor, layoutMap, zoom, type MapLayout, type Window } from '../../model/map-layout.ts';
import type { Colouring } from '../../model/map-paint.ts';
import { batchStatusName } from '../../../common/status.ts';
import type { RunModel } from '../../model/run-model.ts';
import { number } from '../../../common/format.ts';
import { useStudio } from '../../stores/studio.ts';
import { useHighlighted } from './use-highlighted.ts';
import { useBatchMap } from './use-batch-map.ts';
import { useSize } from '../../hooks/use-size.ts';
import { usePainting } from './use-painting.ts';
import { useMapPointer } from './use-map-pointer.ts';
import { mapColours, cssVariable } from './map-colours.ts';

interface Props {
  /** The batch node's number in the run. */
  readonly node: number;
  /** In a card of the graph: no zoom, and no larger than need be. */
  readonly compact?: boolean;
  /** In CSS pixels; without it the map fills its container. */
  readonly height?: number;
  /** As high as its tiles need, up to so many CSS pixels. */
  readonly mostHeight?: number;
  /** Side of the largest tiles, in CSS pixels. */
  readonly largest?: number;
  /** Only to be seen: neither selection nor clicks. */
  readonly still?: boolean;
  readonly colouring?: Colouring | undefined;
}

/** Every batch of a node as a tile: painted from the run model, as often as it changes and no more. */
export function BatchMapCanvas({
  node,
  compact = false,
  height: given,
  mostHeight,
  largest = compact ? 17 : 20,
  still = false,
  colouring,
}: Props) {
  const { model, map } = useBatchMap(node);
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(frame);
  const fixed =
    given ?? (mostHeight === undefined ? undefined : heightFor(map?.length ?? 0, size.width, mostHeight, largest));
  const height = fixed ?? size.height;
  const [zoomed, setZoomed] = useState<Window>();
  const highlighted = useHighlighted(node, map);
  const isHighlighted = still ? undefined : highlighted;
  const current = useStudio(state =>
    !still && state.inspected.kind === 'batch' && state.inspected.node === node && state.inspected.parent === undefined
      ? state.inspected.index
      : undefined,
  );
  const layoutRef = useRef<MapLayout>(undefined);

  const windowOf = useCallback(
    (length: number): Window =>
      zoomed
        ? { from: Math.min(zoomed.from, length), count: Math.min(zoomed.count, length - Math.min(zoomed.from, length)) }
        : { from: 0, count: length },
    [zoomed],
  );
  usePainting(
    model,
    map,
    canvas,
    size.width,
    height,
    () => {
      if (!map) return undefined;
      const complete = model?.progress.nodes.find(progress => progress.node === node)?.complete !== false;
      const room = complete || zoomed ? undefined : 2 ** Math.ceil(Math.log2(Math.max(1, map.length)));
      const layout = layoutMap(windowOf(map.length), size.width, height, largest, room);
      layoutRef.current = layout;
      return {
        layout,
        statuses: map.statuses,
        colours: mapColours(),
        colouring,
        isHighlighted,
        current,
        outlineColour: cssVariable('--map-strong'),
      };
    },
    [windowOf, colouring, isHighlighted, current, largest],
  );

  const pointer = useMapPointer(node, map, layoutRef);
  const onWheel = useCallback(
    (event: WheelEvent) => {
      const layout = layoutRef.current;
      if (compact || !map || !layout) return;
      event.preventDefault();
      const around = batchAt(layout, event.offsetX, event.offsetY) ?? layout.window.from;
      const next = zoom(layout.window, event.deltaY > 0 ? 1.4 : 1 / 1.4, around, map.length);
      setZoomed(next.count >= map.length ? undefined : next);
    },
    [compact, map],
  );
  useEffect(() => {
    // React listens passively to the wheel, and the page must not scroll.
    const element = canvas.current;
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  }, [onWheel]);

  return (
    <div
      ref={frame}
      className={`map-frame ${compact ? 'compact nodrag nopan' : ''}`}
      style={fixed === undefined ? undefined : { height: fixed }}
    >
      <canvas
        ref={canvas}
        role="img"
        aria-label={`Map of batches: ${summary(model, node)}`}
        style={{ width: size.width, height }}
        {...(still ? {} : pointer.handlers)}
      />
      {pointer.hovered !== undefined && map && (
        <div className="map-tip" style={{ left: Math.min(pointer.x + 12, size.width - 130), top: pointer.y + 14 }}>
          Batch {number(pointer.hovered)}, {batchStatusName(map.statuses[pointer.hovered] ?? 0)}
          {(layoutRef.current?.perTile ?? 1) > 1 && (
            <small> and {number((layoutRef.current?.perTile ?? 1) - 1)} more</small>
          )}
        </div>
      )}
      {zoomed && map && (
        <button type="button" className="button small map-zoom" onClick={() => setZoomed(undefined)}>
          Show all {number(map.length)}
        </button>
      )}
    </div>
  );
}

function summary(model: RunModel | undefined, node: number): string {
  const batches = model?.progress.nodes.find(progress => progress.node === node)?.batches;
  if (!batches) return 'none yet';
  return (
    `${number(batches.total)} in all, ${number(batches.succeeded)} succeeded, ${number(batches.failed)} failed, ` +
    `${number(batches.running)} running, ${number(batches.waiting)} waiting, ${number(batches.cancelled)} cancelled`
  );
}
