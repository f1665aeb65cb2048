import { useEffect, useRef } from 'react';
import { paintMap } from '../../model/map-paint.ts';
import type { BatchMap, RunModel } from '../../model/run-model.ts';
import { useStudio } from '../../stores/studio.ts';

const LARGE = 20_000;
/** Measured in bench/studio.ts: ten times a second took a third more of the processor, which the run has better use for. */
const LARGE_EVERY_MS = 333;

/** Paints in an animation frame after something has changed. */
export function usePainting(
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
      const wait =
        model?.isPast !== true && (map?.length ?? 0) > LARGE ? LARGE_EVERY_MS - (performance.now() - last) : 0;
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
