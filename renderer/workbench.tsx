import { useEffect, useRef, type ReactNode } from 'react';
import { Group, Panel, Separator, useDefaultLayout, usePanelRef, type GroupProps } from 'react-resizable-panels';
import { useMedia } from './hooks/use-media.ts';
import { Drawer } from './panels/drawer/drawer.tsx';
import { Inspector } from './panels/inspector/inspector.tsx';
import { Sidebar } from './panels/sidebar/sidebar.tsx';
import { setPanel } from './stores/actions.ts';
import { studio, useStudio, type SidePanel } from './stores/studio.ts';

/** Below these, in CSS pixels (so that zoom counts), the least needed panels give way by themselves. */
const NARROW = '(max-width: 900px)';
const VERY_NARROW = '(max-width: 620px)';
const SHORT = '(max-height: 640px)';
/** Of the drawer, its tabs stay. */
const DRAWER_HEAD = 44;

/** The panels around the centre. Their sizes are remembered; each can be folded away by its button or its separator. */
export function Workbench({ children }: { children: ReactNode }) {
  const sidebar = usePanel('sidebar', useMedia(NARROW));
  const inspector = usePanel('inspector', useMedia(VERY_NARROW));
  const drawer = usePanel('drawer', useMedia(SHORT));
  const across = useSavedLayout('cronflow.panels.across', [sidebar, inspector]);
  const down = useSavedLayout('cronflow.panels.down', [drawer]);
  return (
    <Group className="panels" orientation="horizontal" {...across}>
      <Panel
        id="sidebar"
        groupResizeBehavior="preserve-pixel-size"
        defaultSize="17%"
        minSize={150}
        collapsible
        panelRef={sidebar.panelRef}
      >
        <Sidebar />
      </Panel>
      <Separator className="handle across" aria-label="Width of workflows and runs" />
      <Panel id="centre" defaultSize="57%" minSize={260}>
        <Group orientation="vertical" {...down}>
          <Panel id="views" defaultSize="76%" minSize={180}>
            {children}
          </Panel>
          <Separator className="handle down" aria-label="Height of problems, logs and playback" />
          <Panel
            id="drawer"
            defaultSize="24%"
            minSize={100}
            collapsible
            collapsedSize={DRAWER_HEAD}
            panelRef={drawer.panelRef}
          >
            <Drawer />
          </Panel>
        </Group>
      </Panel>
      <Separator className="handle across" aria-label="Width of the inspector" />
      <Panel
        id="inspector"
        groupResizeBehavior="preserve-pixel-size"
        defaultSize="26%"
        minSize={220}
        collapsible
        panelRef={inspector.panelRef}
      >
        <Inspector />
      </Panel>
    </Group>
  );
}

interface SidePanelState {
  readonly panelRef: ReturnType<typeof usePanelRef>;
  /** Called when the layout has changed. */
  readonly onChanged: (byHand: boolean) => void;
}

/** What a window is too small for is not what a person has chosen, and is not saved. */
function useSavedLayout(id: string, panels: readonly SidePanelState[]) {
  const { defaultLayout, onLayoutChanged } = useDefaultLayout({
    id,
    storage: localStorage,
    onlySaveAfterUserInteractions: true,
  });
  return {
    defaultLayout,
    onLayoutChanged: ((layout, meta) => {
      onLayoutChanged(layout, meta);
      for (const panel of panels) panel.onChanged(meta.isUserInteraction);
    }) satisfies GroupProps['onLayoutChanged'],
  };
}

/** A panel that follows the state, and tells it when a separator has opened or closed it. @param givesWay Closes it. */
function usePanel(name: SidePanel, givesWay: boolean): SidePanelState {
  const panelRef = usePanelRef();
  const isOpen = useStudio(state => state.panels[name]);
  useEffect(() => {
    if (!givesWay) return undefined;
    setPanel(name, false);
    // Also when all panels go, for a presentation: the window may have another size when they come back.
    return () => setPanel(name, true);
  }, [name, givesWay]);
  useEffect(() => {
    const panel = panelRef.current;
    if (!panel || panel.isCollapsed() !== isOpen) return;
    if (isOpen) panel.expand();
    else panel.collapse();
  }, [isOpen, panelRef]);
  const wasShown = useRef(true);
  const onChanged = (byHand: boolean) => {
    const panel = panelRef.current;
    if (!panel) return;
    const isShown = !panel.isCollapsed();
    const hasChanged = isShown !== wasShown.current;
    wasShown.current = isShown;
    if (!hasChanged) return;
    // In a window of another size the library shares the width anew. It may close what has no room, and open nothing.
    if (isShown && !byHand && !studio.getState().panels[name]) panel.collapse();
    else setPanel(name, isShown);
  };
  return { panelRef, onChanged };
}
