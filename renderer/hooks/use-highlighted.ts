import { useMemo } from 'react';
import { useLoad } from './use-load.ts';
import { isIn } from '../../common/ranges.ts';
import { STATUS_NAMES, type BatchMap } from '../model/run-model.ts';
import { api } from '../stores/session.ts';
import { useStudio } from '../stores/studio.ts';

/** Which batches of a map stand out: those of the selection, by place, by state or by cause. */
export function useHighlighted(node: number, map: BatchMap | undefined): ((index: number) => boolean) | undefined {
  const run = useStudio(state => state.runId);
  const selection = useStudio(state => (state.selection?.node === node ? state.selection : undefined));
  const { cause, where } = selection ?? {};
  // There may be more of them while the run goes on.
  const failed = useStudio(
    state =>
      state.problems?.causes.find(other => other.node === cause?.node && other.fingerprint === cause.fingerprint)
        ?.batches,
  );
  const wanted = run === undefined || !cause ? undefined : { run, node, cause };
  const cells = useLoad(wanted && (() => api().getCells(wanted)), [wanted], failed);
  return useMemo(() => {
    if (cause) {
      const lit = new Set(cells.state === 'loaded' ? cells.value.indices : []);
      return (index: number) => lit.has(index);
    }
    const { ranges, statuses } = where ?? {};
    if (ranges) return (index: number) => isIn(ranges, index);
    const names = new Set<string>(statuses);
    return names.size > 0 && map
      ? (index: number) => names.has(STATUS_NAMES[map.statuses[index] ?? 0] ?? '')
      : undefined;
  }, [cause, where, cells, map]);
}
