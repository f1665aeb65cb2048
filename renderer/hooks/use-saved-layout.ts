import { useDefaultLayout, type GroupProps, type Layout } from 'react-resizable-panels';
import type { PanelState } from './use-panel.ts';

/**
 * The sizes of a group's panels, remembered from one visit to the next. What a window is too small for is not what a
 * person has chosen, and is not saved.
 * @param isChosen Whether a layout that a hand has made is stored
 */
export function useSavedLayout(
  id: string,
  panels: readonly PanelState[],
  isChosen: (layout: Layout) => boolean = () => true,
) {
  const { defaultLayout, onLayoutChanged } = useDefaultLayout({
    id,
    storage: localStorage,
    onlySaveAfterUserInteractions: true,
  });
  return {
    defaultLayout,
    onLayoutChanged: ((layout, meta) => {
      // A panel that is folded away has no size of its own.
      const isAnyFolded = panels.some(({ panelRef }) => panelRef.current?.isCollapsed());
      if (!meta.isUserInteraction || (!isAnyFolded && isChosen(layout))) onLayoutChanged(layout, meta);
      for (const panel of panels) panel.onChanged(meta.isUserInteraction);
    }) satisfies GroupProps['onLayoutChanged'],
  };
}
