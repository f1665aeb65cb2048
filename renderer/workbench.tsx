import { useEffect, useRef, type ReactNode } from 'react';
import { Group, Panel, Separator, useDefaultLayout, usePanelRef } from 'react-resizable-panels';
import { useMedia } from './hooks/use-media.ts';
import { Drawer } from './panels/drawer/drawer.tsx';
import { Inspector } from './panels/inspector/inspector.tsx';
import { Sidebar } from './panels/sidebar/sidebar.tsx';
import { setPanel } from './stores/actions.ts';
import { useStudio, type SidePanel } from './stores/studio.ts';

/** Below these, in CSS pixels (so that zoom counts), the least needed panels give way by themselves. */
const NARROW = '(max-width: 900px)';
const VERY_NARROW = '(max-width: 620px)';
const SHORT = '(max-height: 640px)';
/** Of the drawer, its tabs stay. */
const DRAWER_HEAD = 44;

/** The panels around the centre. Their sizes are remembered; each can be folded away by its button or its separator. */
export function Workbench({ children }: { children: ReactNode }) {
  const across = useSavedLayout('cronflow.panels.across');
  const down = useSavedLayout('cronflow.panels.down');
  const sidebar = usePanel('sidebar', useMedia(NARROW));
  const inspector = usePanel('inspector', useMedia(VERY_NARROW));
  const drawer = usePanel('drawer', useMedia(SHORT));
  return (
    <Group className="panels" orientation="horizontal" {...across}>
      <Panel id="sidebar" defaultSize="17%" minSize={150} collapsible {...sidebar}>
        <Sidebar />
      </Panel>
      <Separator className="handle across" aria-label="Width of workflows and runs" />
      <Panel id="centre" defaultSize="57%" minSize={260}>
        <Group orientation="vertical" {...down}>
          <Panel id="views" defaultSize="76%" minSize={180}>
            {children}
          </Panel>
          <Separator className="handle down" aria-label="Height of problems, logs and playback" />
          <Panel id="drawer" defaultSize="24%" minSize={100} collapsible collapsedSize={DRAWER_HEAD} {...drawer}>
            <Drawer />
          </Panel>
        </Group>
      </Panel>
      <Separator className="handle across" aria-label="Width of the inspector" />
      <Panel id="inspector" defaultSize="26%" minSize={220} collapsible {...inspector}>
        <Inspector />
      </Panel>
    </Group>
  );
}

/** What a window is too small for is not what a person has chosen, and is not saved. */
function useSavedLayout(id: string) {
  const { defaultLayout, onLayoutChanged } = useDefaultLayout({
    id,
    storage: localStorage,
    onlySaveAfterUserInteractions: true,
  });
  return { defaultLayout, onLayoutChanged };
}

/** A panel that follows the state, and tells it when a separator has opened or closed it. @param givesWay Closes it. */
function usePanel(name: SidePanel, givesWay: boolean) {
  const panelRef = usePanelRef();
  const isOpen = useStudio(state => state.panels[name]);
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current || givesWay) setPanel(name, !givesWay);
    isFirst.current = false;
  }, [name, givesWay]);
  useEffect(() => {
    const panel = panelRef.current;
    if (!panel || panel.isCollapsed() !== isOpen) return;
    if (isOpen) panel.expand();
    else panel.collapse();
  }, [isOpen, panelRef]);
  return { panelRef, onResize: () => setPanel(name, panelRef.current?.isCollapsed() !== true) };
}
