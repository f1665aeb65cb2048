import { openDialog, present } from '../stores/actions.ts';
import { studio } from '../stores/studio.ts';
import { shortcuts } from '../stores/shortcuts.ts';
import { isTyping } from './is-typing.ts';
import { usePageKeys } from './use-page-keys.ts';

export function useShortcuts(): void {
  usePageKeys(event => {
    const { presenting } = studio.getState();
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      return openDialog({ kind: 'palette' });
    }
    if (event.key === 'Escape' && presenting) return present(false);
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return undefined;
    const pressed =
      event.shiftKey && event.key.length === 1 && /[a-z]/i.test(event.key)
        ? `Shift+${event.key.toUpperCase()}`
        : event.key.length === 1
          ? event.key.toUpperCase()
          : event.key;
    const found = shortcuts().find(({ keys }) => keys === pressed);
    // What a person presenting cannot see does not change, and a key that is held does its work once.
    if (!found || (presenting && !found.whilePresenting) || (event.repeat && !found.repeats)) return undefined;
    event.preventDefault();
    return found.run();
  });
}
