import { useCallback, useEffect, useRef, useState } from 'react';
import { batchAt, heightFor, layoutMap, zoom, type MapLayout, type Window } from '../../model/map-layout.ts';
import { paintMap, type Colouring } from '../../model/map-paint.ts';
import { isIn, sizeOf, type Ranges } from '../../../common/ranges.ts';
import { STATUS_NAMES, type BatchMap, type RunModel } from '../../model/run-model.ts';
import { number } from '../../../common/format.ts';
import { inspect, select } from '../../stores/actions.ts';
import { studio, useStudio, type Selection } from '../../stores/studio.ts';
import './batches.css';
import { useHighlighted } from '../../hooks/use-highlighted.ts';
import { useBatchMap, useSize } from '../../hooks/use-map.ts';

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
  const chosen = useHighlighted(node, map);
  const lit = still ? undefined : chosen;
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
        lit,
        current,
        strong: cssVariable('--map-strong'),
      };
    },
    [windowOf, colouring, lit, current, largest],
  );

  const pointer = usePointer(node, map, layoutRef);
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
          Batch {number(pointer.hovered)}, {STATUS_NAMES[map.statuses[pointer.hovered] ?? 0]}
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

const LARGE = 20_000;
/** Measured in bench/studio.ts: ten times a second took a third more of the processor, which the run has better use for. */
const LARGE_EVERY_MS = 333;

/** Paints in an animation frame after something has changed. */
function usePainting(
  model: RunModel | undefined,
  map: BatchMap | undefined,
  canvas: React.RefObject<HTMLCanvasElement | null>,
  width: number,
  height: number,
  input: () => Parameters<typeof paintMap>[3] | undefined,
  parts: readonly unknown[],
): void {
  const latest = useRef(input);
  latest.current = input;
  const theme = useStudio(state => state.theme);
  useEffect(() => {
    const element = canvas.current;
    if (!element || width === 0 || height === 0) return undefined;
    let asked = 0;
    let painted = -1;
    const paint = () => {
      asked = 0;
      const given = latest.current();
      const context = element.getContext('2d');
      if (!given || !context || painted === map?.version) return;
      painted = map?.version ?? 0;
      const ratio = devicePixelRatio;
      if (element.width !== Math.round(width * ratio) || element.height !== Math.round(height * ratio)) {
        element.width = Math.round(width * ratio);
        element.height = Math.round(height * ratio);
      }
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      paintMap(context, width, height, given);
    };
    let pause: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    const ask = () => {
      if (asked !== 0 || pause !== undefined) return;
      // A large map shows no more by being painted at every frame, and the page has other things to do.
      const wait = (map?.length ?? 0) > LARGE ? LARGE_EVERY_MS - (performance.now() - last) : 0;
      const soon = () => {
        pause = undefined;
        last = performance.now();
        asked = requestAnimationFrame(paint);
      };
      if (wait <= 0) soon();
      else pause = setTimeout(soon, wait);
    };
    ask();
    const off = model?.onPaint(ask);
    return () => {
      off?.();
      cancelAnimationFrame(asked);
      clearTimeout(pause);
    };
  }, [model, map, canvas, width, height, theme, ...parts]);
}

/** Click inspects, drag selects a range, Shift adds or takes away, double click goes to the error. */
function usePointer(node: number, map: BatchMap | undefined, layout: React.RefObject<MapLayout | undefined>) {
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

/** The ranges chosen so far and one more; a single batch that was chosen already is taken away. */
function rangeSelection(
  map: Pick<BatchMap, 'node' | 'path' | 'length'>,
  base: Ranges,
  a: number,
  b: number,
  perTile = 1,
): Selection | undefined {
  const range: [number, number] = [Math.min(a, b), Math.min(map.length - 1, Math.max(a, b) + perTile - 1)];
  const ranges = a === b && isIn(base, a) ? without(base, range) : merged([...base, range]);
  const count = sizeOf(ranges);
  if (count === 0) return undefined;
  return {
    node: map.node,
    path: map.path,
    where: { ranges },
    count,
    words: count === 1 ? `batch ${ranges[0]?.[0]}` : `${number(count)} chosen batches`,
  };
}

function merged(ranges: readonly (readonly [number, number])[]): Ranges {
  const sorted = ranges.map(([from, to]): [number, number] => [from, to]).toSorted((x, y) => x[0] - y[0]);
  const result: Ranges = [];
  for (const range of sorted) {
    const last = result.at(-1);
    if (last && range[0] <= last[1] + 1) last[1] = Math.max(last[1], range[1]);
    else result.push(range);
  }
  return result;
}

function without(ranges: Ranges, [from, to]: readonly [number, number]): Ranges {
  return ranges.flatMap(([first, last]): Ranges => {
    const parts: Ranges = [];
    if (first < from) parts.push([first, Math.min(last, from - 1)]);
    if (last > to) parts.push([Math.max(first, to + 1), last]);
    return parts;
  });
}

function summary(model: RunModel | undefined, node: number): string {
  const batches = model?.progress.nodes.find(progress => progress.node === node)?.batches;
  if (!batches) return 'none yet';
  return `${number(batches.total)} in all, ${number(batches.succeeded)} succeeded, ${number(batches.failed)} failed, ${number(batches.running)} running, ${number(batches.waiting)} waiting, ${number(batches.cancelled)} cancelled`;
}

/** The colours of statuses, in the order of their numbers. */
export function mapColours(): readonly string[] {
  return STATUS_NAMES.map(name => cssVariable(`--map-${name === 'superseded' ? 'waiting' : name}`));
}

const variables = new Map<string, string>();

/** Map colours are the same in both themes, so each is looked up once. */
function cssVariable(name: string): string {
  let value = variables.get(name);
  if (value === undefined)
    variables.set(name, (value = getComputedStyle(document.documentElement).getPropertyValue(name).trim()));
  return value;
}
