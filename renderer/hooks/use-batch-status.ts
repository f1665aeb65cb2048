import { useSyncExternalStore } from 'react';
import { useStudio } from '../stores/studio.ts';

/** The status of one outermost batch as it changes; undefined for one inside another batch, of which the page has no map. */
export function useBatchStatus(node: number, index: number, parent: number | undefined): number | undefined {
  const model = useStudio(state => state.model);
  return useSyncExternalStore(
    listener => model?.onPaint(listener) ?? (() => undefined),
    () => (parent === undefined ? model?.maps.get(node)?.statuses[index] : undefined),
  );
}
