import { usePanelRef } from 'react-resizable-panels';
import { useEffect, useRef } from 'react';
import { setPanel } from '../stores/actions.ts';
import { studio, useStudio, type SidePanel } from '../stores/studio.ts';

export interface PanelState {
  readonly panelRef: ReturnType<typeof usePanelRef>;
  readonly isOpen: boolean;
  /** Called when the layout has changed. */
  readonly onChanged: (byHand: boolean) => void;
}

/**
 * A panel that follows the state, and tells it when a separator has opened or closed it.
 * @param givesWay Closes it.
 * @param isAway It is shown elsewhere: whether it is open or not, here it has no room.
 */
export function usePanel(name: SidePanel, givesWay: boolean, isAway = false): PanelState {
  const panelRef = usePanelRef();
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
  useEffect(() => {
    if (!givesWay) return undefined;
    wasOpen.current = studio.getState().panels[name];
    setPanel(name, false);
    // Also when all panels go, for a presentation: the window may have another size when they come back.
    return () => setPanel(name, wasOpen.current);
  }, [name, givesWay]);
  useEffect(() => {
    const panel = panelRef.current;
    if (!panel || panel.isCollapsed() !== isShownHere) return;
    if (isShownHere) panel.expand();
    else panel.collapse();
  }, [isShownHere, panelRef]);
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
  return { panelRef, isOpen: isShownHere, onChanged };
}

function closedKey(name: SidePanel): string {
  return `cronflow.panels.closed.${name}`;
}
