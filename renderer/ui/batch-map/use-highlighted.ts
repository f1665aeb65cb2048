import { useMemo } from 'react';
import { useLoad } from '../../hooks/use-load.ts';
import { isIn } from '../../../common/ranges.ts';
import { batchStatusName, type BatchStatusName } from '../../../common/status.ts';
import type { BatchMap } from '../../model/run-model.ts';
import { api } from '../../stores/host.ts';
import { useStudio } from '../../stores/studio.ts';

/**
 * Which batches of a map stand out: those of the selection, by place, by state or by cause; and of these, or of all, those
 * in the states that the batches are filtered by.
 */
export function useHighlighted(
  node: number,
  map: BatchMap | undefined,
  filter: readonly BatchStatusName[] | undefined,
): ((index: number) => boolean) | undefined {
  const selected = useSelected(node, map);
  return useMemo(() => {
    const inState = map && filter && inOneOf(map, filter);
    if (!selected || !inState) return selected ?? inState;
    return index => selected(index) && inState(index);
  }, [selected, map, filter]);
}

function useSelected(node: number, map: BatchMap | undefined): ((index: number) => boolean) | undefined {
  const run = useStudio(state => state.runId);
  const selection = useStudio(state => (state.selection?.node === node ? state.selection : undefined));
  const { cause, where } = selection ?? {};
  // There may be more of them while the run goes on.
  const failed = useStudio(
    state =>
      state.problems?.causes.find(other => other.node === cause?.node && other.fingerprint === cause?.fingerprint)
        ?.batches,
  );
  const wanted = run === undefined || !cause ? undefined : { run, node, cause };
  const cells = useLoad(wanted && (() => api().getCells(wanted)), [wanted], failed);
  return useMemo(() => {
    if (cause) {
      const highlighted = new Set(cells.state === 'loaded' ? cells.value.indices : []);
      // While none are known, none stand out, and all the others have nothing to stand back for.
      if (highlighted.size === 0) return undefined;
      return (index: number) => highlighted.has(index);
    }
    const { ranges, statuses } = where ?? {};
    if (ranges) return (index: number) => isIn(ranges, index);
    return map && inOneOf(map, statuses ?? []);
  }, [cause, where, cells, map]);
}

function inOneOf(map: BatchMap, statuses: readonly BatchStatusName[]): ((index: number) => boolean) | undefined {
  const names = new Set<string>(statuses);
  return names.size === 0 ? undefined : index => names.has(batchStatusName(map.statuses[index] ?? 0));
}
