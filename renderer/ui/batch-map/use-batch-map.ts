import { useSyncExternalStore } from 'react';
import type { BatchMap, RunModel } from '../../model/run-model.ts';
import { useStudio } from '../../stores/studio.ts';
import { shownModel } from '../../stores/shown.ts';

/** The batches of a node of the open run. The object stays the same while its statuses change in place. */
export function useBatchMap(node: number): { model: RunModel | undefined; map: BatchMap | undefined } {
  const model = useStudio(shownModel);
  // A node's map appears when its first batch is cut.
  const map = useSyncExternalStore(
    listener => model?.onProgress(listener) ?? (() => undefined),
    () => model?.maps.get(node),
  );
  return { model, map };
}
