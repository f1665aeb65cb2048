import { useRef, type ReactNode } from 'react';
import { Group, Panel, Separator, type Layout } from 'react-resizable-panels';
import { useDrawerHeight } from './hooks/use-drawer-height.ts';
import { useMedia } from './hooks/use-media.ts';
import { usePanel } from './hooks/use-panel.ts';
import { useSavedLayout } from './hooks/use-saved-layout.ts';
import { NARROW, SHORT } from './model/breakpoints.ts';
import { Drawer, DRAWER_HEAD } from './panels/drawer/drawer.tsx';
import { Inspector } from './panels/inspector/inspector.tsx';
import { InspectorRail } from './panels/inspector/inspector-rail.tsx';
import { Sidebar } from './panels/sidebar/sidebar.tsx';
import { SidebarRail } from './panels/sidebar/sidebar-rail.tsx';
import { WithHost } from './ui/with-host.tsx';
import './ui/rail.css';

/** How wide a panel is that is folded away, in CSS pixels, as the style sheet has it. */
const RAIL = 40;

/** Of the width, in percent, until a person has moved a separator. */
const SHARES = { sidebar: 17, centre: 57, inspector: 26 };

/**
 * The panels around the centre. Their sizes are remembered; each can be folded away by its key, its button or its
 * separator, and leaves a rail. In a narrow window the inspector lies over the views instead (inspector-overlay.tsx).
 */
export function Workbench({ children }: { children: ReactNode }) {
  const isNarrow = useMedia(NARROW);
  const shares = useRef<Layout>(SHARES);
  const sidebar = usePanel('sidebar', NARROW, { shares });
  const inspector = usePanel('inspector', NARROW, { isAway: isNarrow, shares });
  const drawer = usePanel('drawer', SHORT);
  const centre = useRef<HTMLDivElement>(null);
  const height = useDrawerHeight(drawer, centre);
  const across = useSavedLayout('cronflow.panels.across', [sidebar, inspector]);
  shares.current = { ...SHARES, ...across.defaultLayout };
  const down = useSavedLayout('cronflow.panels.down', [drawer], height.chooses);
  return (
    <Group className="panels" orientation="horizontal" {...across}>
      <WithHost>
        <Panel
          id="sidebar"
          groupResizeBehavior="preserve-pixel-size"
          defaultSize={`${SHARES.sidebar}%`}
          minSize={150}
          collapsible
          collapsedSize={RAIL}
          panelRef={sidebar.panelRef}
          onResize={sidebar.onResize}
        >
          {sidebar.isOpen ? <Sidebar /> : <SidebarRail />}
        </Panel>
        <Separator className="handle across" aria-label="Width of workflows and runs" />
      </WithHost>
      <Panel id="centre" defaultSize={`${SHARES.centre}%`} minSize={260} elementRef={centre}>
        <Group orientation="vertical" {...down}>
          <Panel id="views" defaultSize="76%" minSize={180}>
            {children}
          </Panel>
          <Separator
            className="handle down"
            aria-label="Height of problems, logs and playback"
            title="Double-click: as high as what is in it"
            disableDoubleClick
            onDoubleClick={height.reset}
          />
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
      <Separator className="handle across" disabled={isNarrow} aria-label="Width of the inspector" />
      <Panel
        id="inspector"
        groupResizeBehavior="preserve-pixel-size"
        defaultSize={`${SHARES.inspector}%`}
        minSize={220}
        collapsible
        collapsedSize={RAIL}
        panelRef={inspector.panelRef}
        onResize={inspector.onResize}
      >
        {inspector.isOpen ? <Inspector /> : <InspectorRail />}
      </Panel>
    </Group>
  );
}
