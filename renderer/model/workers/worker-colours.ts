import type { WorkerGroup } from './worker-groups.ts';

/** A colour for each batch of a map by who has it, and how many have which. */
export interface WorkerColours {
  readonly entries: readonly { readonly text: string; readonly count: number }[];
  /** Of each batch the place of its entry in `entries`, from 1; 0: none. */
  readonly classes: Uint8Array;
}

/**
 * Gives the groups with the most batches a colour of their own, and all others the last one together.
 * @param values The worker of each batch; 0: none
 * @param colours How many there are
 */
export function workerColours(values: Uint32Array, groups: readonly WorkerGroup[], colours: number): WorkerColours {
  const groupOf = new Map(groups.flatMap(({ workers }, at) => workers.map(worker => [worker, at] as const)));
  const counts = new Uint32Array(groups.length + 1);
  for (const worker of values) {
    if (worker === 0) continue;
    const at = groupOf.get(worker) ?? groups.length;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const used = Array.from(counts.keys()).filter(at => (counts[at] ?? 0) > 0);
  const known = used.filter(at => at < groups.length);
  const fits = known.length === used.length && known.length <= colours;
  const most = known.toSorted((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b);
  // In their own order: which colour is whose does not change with each batch.
  const own = most.slice(0, fits ? colours : colours - 1).toSorted((a, b) => a - b);
  const place = new Map(own.map((at, index) => [at, index + 1]));
  const others = own.length + 1;
  const placeOf = (worker: number) => (worker === 0 ? 0 : (place.get(groupOf.get(worker) ?? groups.length) ?? others));
  const left = used.filter(at => !place.has(at));
  const entries = [
    ...own.map(at => ({ text: groups[at]?.name ?? '', count: counts[at] ?? 0 })),
    ...(left.length > 0 ? [{ text: 'others', count: left.reduce((sum, at) => sum + (counts[at] ?? 0), 0) }] : []),
  ];
  return { entries, classes: Uint8Array.from(values, placeOf) };
}
