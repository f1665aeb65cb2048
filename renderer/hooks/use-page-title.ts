import { useEffect } from 'react';
import { pageTitle } from '../model/page-title.ts';
import { openItem, useStudio } from '../stores/studio.ts';
import { openName } from '../stores/open-name.ts';

/** Keeps the title of the tab, or of the window, to the run that is open. */
export function usePageTitle(): void {
  const title = useStudio(state => pageTitle(openName(state), state.progress, openItem(state)?.demo === true));
  useEffect(() => {
    document.title = title;
  }, [title]);
}
