import type { ItemAtFault, StoredError } from '../../../host/api/api.ts';
import { useStudio } from '../../stores/studio.ts';

/** The item that an error of a batch is shown for: the one that was chosen, or the first that is known to be at fault. */
export function useItemOfError(scope: number, error: StoredError): ItemAtFault | undefined {
  const items = useStudio(state => state.findings?.items);
  const shownItem = useStudio(state => state.shownItem);
  const own = items?.filter(other => other.scope === scope) ?? [];
  // The frame shows the line that one cause has failed on: the item is one of that cause, if there is one.
  const ofCause = own.filter(other => other.error.fingerprint === error.fingerprint);
  return ofCause.find(({ row }) => shownItem?.scope === scope && row === shownItem.item) ?? ofCause[0] ?? own[0];
}
