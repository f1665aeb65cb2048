import { useMemo } from 'react';
import { useSettled } from '../../hooks/use-settled.ts';
import { useLoad } from '../../hooks/use-load.ts';
import { isIn } from '../../../common/ranges.ts';
import { batchStatusName, type BatchStatusName } from '../../../common/status.ts';
import type { BatchMap } from '../../model/run-model.ts';
import { api } from '../../stores/host.ts';
import { useStudio } from '../../stores/studio.ts';

type IsOne = (index: number) => boolean;

/** What the batches of a map are filtered by. */
export interface MapFilter {
  readonly statuses: readonly BatchStatusName[];
  /** A text in the message of their error. */
  readonly search: string;
  /** Whose batches: numbers of workers. Empty: everybody's. */
  readonly workers: readonly number[];
}

/**
 * Which batches of a map stand out: those of the selection, by place, by state or by cause; and of these, or of all, those
 * that the batches are filtered by.
 */
export function useHighlighted(
  node: number,
  map: BatchMap | undefined,
  filter: MapFilter | undefined,
): IsOne | undefined {
  const selected = useSelected(node, map);
  const found = useFound(node, filter?.search ?? '');
  const executed = useExecutedBy(node, filter?.workers ?? NOBODY);
  const statuses = filter?.statuses;
  return useMemo(() => {
    const conditions = [selected, found, executed, map && statuses && inOneOf(map, statuses)].filter(
      one => one !== undefined,
    );
    const [first, ...others] = conditions;
    return others.length === 0 ? first : index => conditions.every(is => is(index));
  }, [selected, found, executed, map, statuses]);
}

const SETTLED_MS = 200;

/** Those whose error has a text in its message. */
function useFound(node: number, typed: string): IsOne | undefined {
  const run = useStudio(state => state.runId);
  const search = useSettled(typed.trim() === '' ? '' : typed, SETTLED_MS);
  const failed = useStudio(state => state.progress?.nodes.find(other => other.node === node)?.batches.failed);
  const wanted = run === undefined || search === '' ? undefined : { run, node, of: { search } };
  const cells = useLoad(wanted && (() => api().getCells(wanted)), [wanted], failed);
  const indices = wanted && cells.state === 'loaded' ? cells.value.indices : undefined;
  return useMemo(() => {
    if (!indices) return undefined;
    const found = new Set(indices);
    return index => found.has(index);
  }, [indices]);
}

const NOBODY: readonly number[] = [];

/** Those that some workers have, or had. */
function useExecutedBy(node: number, workers: readonly number[]): IsOne | undefined {
  const run = useStudio(state => state.runId);
  const ended = useStudio(state => {
    const counts = state.progress?.nodes.find(other => other.node === node)?.batches;
    return counts ? counts.succeeded + counts.failed : 0;
  });
  const wanted = run === undefined || workers.length === 0 ? undefined : { run, node, by: 'worker' as const };
  const loaded = useLoad(wanted && (() => api().getOverlay(wanted)), [wanted], ended);
  const overlay = wanted && loaded.state === 'loaded' && loaded.value.by === 'worker' ? loaded.value : undefined;
  return useMemo(() => {
    if (!overlay) return undefined;
    const [values, own] = [overlay.values, new Set(workers)];
    return index => own.has(values[index] ?? 0);
  }, [overlay, workers]);
}

function useSelected(node: number, map: BatchMap | undefined): IsOne | undefined {
  const run = useStudio(state => state.runId);
  const selection = useStudio(state => (state.selection?.node === node ? state.selection : undefined));
  const { cause, where } = selection ?? {};
  // There may be more of them while the run goes on.
  const failed = useStudio(
    state =>
      state.problems?.causes.find(other => other.node === cause?.node && other.fingerprint === cause?.fingerprint)
        ?.batches,
  );
  const wanted = run === undefined || !cause ? undefined : { run, node, of: cause };
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
