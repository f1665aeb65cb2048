import { useEffect } from 'react';
import { openDialog, present } from '../stores/actions.ts';
import { studio } from '../stores/studio.ts';
import { SHORTCUTS } from '../stores/shortcuts.ts';

export function useShortcuts(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        return openDialog({ kind: 'palette' });
      }
      if (event.key === 'Escape' && studio.getState().presenting && !studio.getState().dialog) return present(false);
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || studio.getState().dialog)
        return undefined;
      const pressed =
        event.shiftKey && event.key.length === 1 && /[a-z]/i.test(event.key)
          ? `Shift+${event.key.toUpperCase()}`
          : event.key.length === 1
            ? event.key.toUpperCase()
            : event.key;
      const found = SHORTCUTS.find(({ keys }) => keys === pressed);
      if (!found) return undefined;
      event.preventDefault();
      return found.run();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  );
}
