import { useEffect, useRef } from 'react';
import { studio } from '../stores/studio.ts';

/**
 * Keys that work wherever the focus is. A dialog that was open when a key went down has it to itself: it may close
 * during the same event, so it is too late to look when the event arrives here.
 */
export function usePageKeys(onKey: (event: KeyboardEvent) => void): void {
  const latest = useRef(onKey);
  latest.current = onKey;
  useEffect(() => {
    let belongsToDialog = false;
    const onDown = () => {
      belongsToDialog = studio.getState().dialog !== undefined;
    };
    const onArrival = (event: KeyboardEvent) => {
      if (!belongsToDialog && !event.defaultPrevented && !event.isComposing) latest.current(event);
    };
    document.addEventListener('keydown', onDown, { capture: true });
    document.addEventListener('keydown', onArrival);
    return () => {
      document.removeEventListener('keydown', onDown, { capture: true });
      document.removeEventListener('keydown', onArrival);
    };
  }, []);
}
