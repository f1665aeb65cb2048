import { useEffect, useRef, useState } from 'react';
import { isTyping } from '../../hooks/is-typing.ts';
import type { MapLayout } from '../../model/map-layout.ts';

interface Pannable {
  readonly layout: React.RefObject<MapLayout | undefined>;
  /** Whether there is anything to move to. */
  readonly isZoomed: boolean;
  readonly panTo: (from: number) => void;
}

/**
 * Moves a zoomed map with the hand: a drag while the space bar is held, or with the middle button. What is under the
 * pointer stays under it: rows by the way down, tiles by the way across.
 */
export function useMapPan({ layout, isZoomed, panTo }: Pannable) {
  const isOver = useRef(false);
  const [isReady, setIsReady] = useState(false);
  const held = useRef<{ readonly from: number; readonly x: number; readonly y: number }>(undefined);
  useEffect(() => {
    if (!isZoomed) return undefined;
    const onDown = (event: KeyboardEvent) => {
      if (event.key !== ' ' || !isOver.current || isTyping(event.target)) return;
      // The page would scroll, or a button that has the focus be pressed.
      event.preventDefault();
      setIsReady(true);
    };
    const onUp = (event: KeyboardEvent) => {
      if (event.key === ' ') setIsReady(false);
    };
    const onBlur = () => setIsReady(false);
    document.addEventListener('keydown', onDown, { capture: true });
    document.addEventListener('keyup', onUp);
    window.addEventListener('blur', onBlur);
    return () => {
      setIsReady(false);
      document.removeEventListener('keydown', onDown, { capture: true });
      document.removeEventListener('keyup', onUp);
      window.removeEventListener('blur', onBlur);
    };
  }, [isZoomed]);
  return {
    /** Whether a drag would move the map now. */
    isReady,
    onEnter: () => void (isOver.current = true),
    onLeave: () => void (isOver.current = false),
    /** @returns whether the map is moved by this, and nothing else is to come of it. */
    begins: (event: React.PointerEvent): boolean => {
      const shown = layout.current;
      if (!shown || !isZoomed || !(event.button === 1 || (event.button === 0 && isReady))) return false;
      held.current = { from: shown.window.from, x: event.clientX, y: event.clientY };
      event.currentTarget.setPointerCapture(event.pointerId);
      event.preventDefault();
      return true;
    },
    moves: (event: React.PointerEvent): boolean => {
      const began = held.current;
      const shown = layout.current;
      if (!began || !shown) return false;
      const rows = Math.round((began.y - event.clientY) / shown.cell);
      const tiles = Math.round((began.x - event.clientX) / shown.cell);
      panTo(began.from + (rows * shown.columns + tiles) * shown.perTile);
      return true;
    },
    ends: (): boolean => {
      const wasHeld = held.current !== undefined;
      held.current = undefined;
      return wasHeld;
    },
  };
}
