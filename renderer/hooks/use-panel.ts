import { usePanelRef, type Layout, type PanelSize } from 'react-resizable-panels';
import { useEffect, useRef, type RefObject } from 'react';
import { useMedia } from './use-media.ts';
import { setPanel } from '../stores/actions.ts';
import { studio, useStudio, type SidePanel } from '../stores/studio.ts';

export interface PanelState {
  readonly panelRef: ReturnType<typeof usePanelRef>;
  readonly isOpen: boolean;
  /** Called when the layout has changed. */
  readonly onChanged: (byHand: boolean) => void;
  /** Called when its size on the screen has changed. */
  readonly onResize: (size: PanelSize) => void;
}

/**
 * A panel that follows the state, and tells it when a separator has opened or closed it.
 * @param tooSmall The media query of a window in which it closes
 * @param isAway It is shown elsewhere: whether it is open or not, here it has no room.
 * @param shares In percent of a window with room: the size where none with room was seen yet. Without it, the library's.
 */
export function usePanel(
  name: SidePanel,
  tooSmall: string,
  { isAway = false, shares }: { readonly isAway?: boolean; readonly shares?: RefObject<Layout> } = {},
): PanelState {
  const panelRef = usePanelRef();
  const givesWay = useMedia(tooSmall);
  const isOpen = useStudio(state => state.panels[name]);
  const isShownHere = isOpen && !isAway;
  useEffect(() => {
    if (localStorage.getItem(closedKey(name)) !== null) setPanel(name, false);
  }, [name]);
  useEffect(() => {
    // What a window is too small for is not what a person has chosen.
    if (givesWay) return;
    if (isOpen) localStorage.removeItem(closedKey(name));
    else localStorage.setItem(closedKey(name), '');
  }, [name, isOpen, givesWay]);
  // What a person had closed stays closed when there is room again.
  const wasOpen = useRef(true);
  const gaveWay = useRef(false);
  useEffect(() => {
    if (!givesWay) return undefined;
    // Not whether it is open: of a page that begins in a small window, the library has closed what had no room before.
    wasOpen.current = localStorage.getItem(closedKey(name)) === null;
    setPanel(name, false);
    // Also when all panels go, for a presentation: the window may have another size when they come back.
    return () => {
      gaveWay.current = true;
      setPanel(name, wasOpen.current);
    };
  }, [name, givesWay]);
  // In CSS pixels. What the library remembers is what the small window had left for it before it closed.
  const sizeWithRoom = useRef<number>(undefined);
  useEffect(() => {
    const panel = panelRef.current;
    if (!panel || panel.isCollapsed() !== isShownHere) return undefined;
    if (!isShownHere) panel.collapse();
    else if (gaveWay.current)
      return afterMeasured(() => {
        gaveWay.current = false;
        panel.expand();
        const share = shares?.current[name];
        if (share !== undefined) panel.resize(sizeWithRoom.current ?? `${share}%`);
      });
    else panel.expand();
    return undefined;
  }, [isShownHere, panelRef, name, shares]);
  const onResize = ({ inPixels }: PanelSize) => {
    if (!matchMedia(tooSmall).matches && panelRef.current?.isCollapsed() === false) sizeWithRoom.current = inPixels;
  };
  const wasShown = useRef(true);
  const onChanged = (byHand: boolean) => {
    const panel = panelRef.current;
    if (!panel) return;
    const isShown = !panel.isCollapsed();
    const hasChanged = isShown !== wasShown.current;
    wasShown.current = isShown;
    if (isAway || !hasChanged) return;
    // In a window of another size the library shares the width anew. It may close what has no room, and open nothing.
    if (isShown && !byHand && !studio.getState().panels[name]) panel.collapse();
    else setPanel(name, isShown);
  };
  return { panelRef, isOpen: isShownHere, onChanged, onResize };
}

/**
 * When the library has measured the window that has just become larger: opened before, a panel would have no more than
 * what the small one had left.
 */
function afterMeasured(then: () => void): () => void {
  let frame = requestAnimationFrame(() => {
    frame = requestAnimationFrame(then);
  });
  return () => cancelAnimationFrame(frame);
}

function closedKey(name: SidePanel): string {
  return `cronflow.panels.closed.${name}`;
}
