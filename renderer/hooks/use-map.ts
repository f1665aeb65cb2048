import { useEffect, useState, useSyncExternalStore, type RefObject } from 'react';
import type { BatchMap, RunModel } from '../model/run-model.ts';
import { useStudio } from '../stores/studio.ts';

/** The batches of a node of the open run. The object stays the same while its statuses change in place. */
export function useBatchMap(node: number): { model: RunModel | undefined; map: BatchMap | undefined } {
  const model = useStudio(state => state.model);
  // A node's map appears when its first batch is cut.
  const map = useSyncExternalStore(
    listener => model?.onProgress(listener) ?? (() => undefined),
    () => model?.maps.get(node),
  );
  return { model, map };
}

/** The size of an element in CSS pixels, as it is now. */
export function useSize(ref: RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: Math.floor(entry.contentRect.width), height: Math.floor(entry.contentRect.height) });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}
