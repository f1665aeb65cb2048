import './batch-map-canvas.css';
import { useCallback, useMemo, useRef } from 'react';
import { layoutWithGutter } from '../../model/map-gutter.ts';
import { FEWEST_TO_ZOOM, heightFor, type MapLayout, type Tile } from '../../model/map-layout.ts';
import { batchOfTile } from '../../model/tile-batch.ts';
import type { Colouring } from '../../model/map-paint.ts';
import type { BatchMap } from '../../model/run-model.ts';
import { number } from '../../../common/format.ts';
import { useStudio } from '../../stores/studio.ts';
import { failedText } from '../../model/failed-text.ts';
import { useHighlighted, type MapFilter } from './use-highlighted.ts';
import { useOdd } from '../../stores/odd.ts';
import { useFailedInside } from './use-failed-inside.ts';
import { useBatchMap } from './use-batch-map.ts';
import { useSize } from '../../hooks/use-size.ts';
import { usePainting } from './use-painting.ts';
import { useMapPan } from './use-map-pan.ts';
import { useMapPointer } from './use-map-pointer.ts';
import { useMapZoom } from './use-map-zoom.ts';
import { mapColours, cssVariable } from './map-colours.ts';
import { MapOverview } from './map-overview.tsx';
import { MapTip } from './map-tip.tsx';
import { ZoomBar, ZOOM_BAR_HEIGHT } from './zoom-bar.tsx';
import { shownPast, shownProgress } from '../../stores/shown.ts';

/** In CSS pixels: the overview of a zoomed map, and what is between it and the map, as the style sheet has it. */
const OVERVIEW = 72;
const OVERVIEW_GAP = 8;

const NO_STATUSES = new Uint8Array(0);

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
  /** Other batches stand back. */
  readonly filter?: MapFilter | undefined;
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
  filter,
}: Props) {
  const { model, map } = useBatchMap(node);
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(frame);
  const fixed =
    given ?? (mostHeight === undefined ? undefined : heightFor(map?.length ?? 0, size.width, mostHeight, largest));
  const highlighted = useHighlighted(node, map, filter);
  const isHighlighted = still ? undefined : highlighted;
  const current = useStudio(state =>
    !still && state.inspected.kind === 'batch' && state.inspected.node === node && state.inspected.parent === undefined
      ? state.inspected.index
      : undefined,
  );
  const failedInside = useFailedInside(node);
  const allOdd = useOdd();
  // Which are odd is known of the run as it is.
  const isPast = useStudio(state => shownPast(state) !== undefined);
  const odd = useMemo(
    () => (isPast ? [] : allOdd).filter(batch => batch.node === node).map(({ index }) => index),
    [allOdd, node, isPast],
  );
  const text = useSummary(node, map);
  const layoutRef = useRef<MapLayout>(undefined);
  const zoom = useMapZoom({ map, canvas, layout: layoutRef, isOff: compact, current });
  const hasBar = !compact && (zoom.window !== undefined || (!still && (map?.length ?? 0) > FEWEST_TO_ZOOM));
  // A map that is as high as it need be grows for what stands around its tiles; one that fills its container does not.
  const overview = zoom.window ? Math.min(OVERVIEW, Math.round((fixed ?? size.height) / 3)) : 0;
  const around = (hasBar ? ZOOM_BAR_HEIGHT : 0) + (overview > 0 ? overview + OVERVIEW_GAP : 0);
  const height = fixed ?? size.height - around;
  const look = () => ({
    colours: mapColours(),
    colouring,
    isHighlighted,
    failedInside,
    odd,
    current,
    outlineColour: cssVariable('--map-strong'),
  });
  const parts = [colouring, isHighlighted, failedInside, odd, current];
  usePainting(
    model,
    map,
    canvas,
    size.width,
    height,
    () => {
      if (!map) return undefined;
      const complete = model?.progress.nodes.find(progress => progress.node === node)?.complete !== false;
      const room = complete || zoom.window ? undefined : 2 ** Math.ceil(Math.log2(Math.max(1, map.length)));
      const layout = layoutWithGutter(zoom.windowOf(map.length), size.width, height, largest, room);
      layoutRef.current = layout;
      return { ...look(), layout, statuses: map.statuses };
    },
    [zoom.windowOf, ...parts, largest],
  );

  const batchOf = useCallback(
    (tile: Tile) =>
      batchOfTile(tile, { statuses: map?.statuses ?? NO_STATUSES, colouring, isHighlighted, failedInside }),
    [map, colouring, isHighlighted, failedInside],
  );
  const pan = useMapPan({ layout: layoutRef, isZoomed: zoom.window !== undefined, panTo: zoom.panTo });
  const pointer = useMapPointer({ node, map, layout: layoutRef, batchOf, isHighlighted, pan });

  return (
    <div
      ref={frame}
      className={`map-frame ${compact ? 'compact nodrag nopan' : ''}`}
      style={fixed === undefined ? undefined : { height: fixed + around }}
    >
      {zoom.window && map && (
        <MapOverview
          model={model}
          map={map}
          width={size.width}
          height={overview}
          window={zoom.windowOf(map.length)}
          look={look}
          parts={parts}
          onPan={zoom.panTo}
        />
      )}
      <canvas
        ref={canvas}
        role="img"
        className={pan.isReady ? 'to-pan' : undefined}
        aria-label={`Map of batches: ${text}`}
        style={{ width: size.width, height }}
        {...(still ? {} : pointer.handlers)}
      />
      {pointer.hovered && map && (
        <MapTip
          node={node}
          tile={pointer.hovered}
          index={batchOf(pointer.hovered)}
          statuses={map.statuses}
          failedInside={failedInside}
          left={Math.min(pointer.x + 12, Math.max(0, size.width - 130))}
          top={pointer.y + 14 + (overview > 0 ? overview + OVERVIEW_GAP : 0)}
        />
      )}
      {hasBar && map && (
        <ZoomBar
          window={zoom.window && zoom.windowOf(map.length)}
          total={map.length}
          hasMarks={layoutWithGutter({ from: 0, count: map.length }, size.width, height, largest).gutter !== undefined}
          onZoom={zoom.zoomBy}
          onAll={zoom.reset}
        />
      )}
    </div>
  );
}

/** The map in words: what failed and where, then how the others stand. As often as the totals change. */
function useSummary(node: number, map: BatchMap | undefined): string {
  const batches = useStudio(state => shownProgress(state)?.nodes.find(progress => progress.node === node)?.batches);
  return useMemo(() => {
    if (!batches || !map) return 'none yet';
    return (
      `${failedText(map.statuses.subarray(0, map.length), batches)}. ${number(batches.succeeded)} succeeded, ` +
      `${number(batches.running)} running, ${number(batches.waiting)} waiting, ${number(batches.cancelled)} cancelled, ` +
      `${number(batches.setAside)} set aside`
    );
  }, [batches, map]);
}
