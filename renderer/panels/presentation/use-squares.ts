import { useEffect, useRef, type RefObject } from 'react';
import { layoutMap, type MapLayout } from '../../model/map-layout.ts';
import { paintMap } from '../../model/map-paint.ts';
import { paintSquares, type SquaresInput } from '../../model/presentation/paint-squares.ts';
import { Wave } from '../../model/presentation/wave.ts';
import type { BatchMap, RunModel } from '../../model/run-model.ts';
import { mapColours } from '../../ui/batch-map/map-colours.ts';
import { useMedia } from '../../hooks/use-media.ts';

export interface SquaresLook extends Pick<SquaresInput, 'textOf' | 'isFailedInside'> {
  readonly isRepaired: (index: number) => boolean;
  readonly isCorrected: (index: number) => boolean;
  /** Until the run has ended, a repair stands out no more than anything else. */
  readonly hasEnded: boolean;
  /** For how many squares there is to be room; undefined: for those that are there. */
  readonly room: number | undefined;
}

interface Painted {
  readonly model: RunModel | undefined;
  readonly map: BatchMap | undefined;
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  readonly width: number;
  readonly height: number;
  readonly largest: number;
  readonly look: SquaresLook;
}

/** Where squares are smaller, the usual map shows more of them. */
const SMALLEST = 12;

/** Paints the squares whenever something has changed, and at each frame while a wave goes through them. */
export function useSquares({ model, map, canvas, width, height, largest, look }: Painted): void {
  const wave = useRef(new Wave());
  const isStill = useMedia('(prefers-reduced-motion: reduce)');
  useEffect(() => {
    const element = canvas.current;
    if (!element || !map || width === 0 || height === 0) return undefined;
    let asked = 0;
    const paint = () => {
      asked = 0;
      const context = element.getContext('2d');
      if (!context) return;
      const now = performance.now();
      wave.current.see(map.statuses, map.length, now);
      fit(element, context, width, height);
      const layout = layoutMap({ from: 0, count: map.length }, width, height, largest, look.room);
      const { statuses } = map;
      // What they leave free of the width is on both sides.
      context.clearRect(0, 0, width, height);
      context.translate(
        Math.max(0, Math.floor((width - columnsOf(layout, look.room) * layout.cell + layout.gap) / 2)),
        0,
      );
      if (layout.perTile > 1 || layout.cell < SMALLEST)
        paintMap(context, width, height, {
          layout,
          statuses,
          colours: mapColours(),
          outlineColour: '',
          failedInside: look.isFailedInside,
        });
      else {
        const isRepaired = (index: number) => look.isRepaired(index) || wave.current.isRepaired(index);
        let isAnyRepaired = false;
        for (let index = 0; look.hasEnded && !isAnyRepaired && index < map.length; index++)
          isAnyRepaired = isRepaired(index);
        paintSquares(context, width, height, {
          layout,
          statuses,
          colours: mapColours(),
          isQuiet: isAnyRepaired,
          ring: index => (isRepaired(index) ? 'repaired' : look.isCorrected(index) ? 'corrected' : undefined),
          turnOf: index => (isStill ? undefined : wave.current.turnOf(index, now)),
          textOf: look.textOf,
          isFailedInside: look.isFailedInside,
        });
      }
      if (!isStill && wave.current.isMoving(now)) ask();
    };
    const ask = () => {
      if (asked === 0) asked = requestAnimationFrame(paint);
    };
    ask();
    const off = model?.onPaint(ask);
    return () => {
      off?.();
      cancelAnimationFrame(asked);
    };
  }, [model, map, canvas, width, height, largest, look, isStill]);
}

/** Of the row that is full, or of the only one there is room for. */
function columnsOf({ columns, perTile, window }: MapLayout, room = window.count): number {
  return Math.min(columns, Math.ceil(room / perTile));
}

function fit(element: HTMLCanvasElement, context: CanvasRenderingContext2D, width: number, height: number): void {
  const ratio = devicePixelRatio;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (element.width !== w || element.height !== h) {
    element.width = w;
    element.height = h;
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
}
