import type { Timeline } from '../../../host/api/api.ts';
import type { WorkerGroup } from './worker-groups.ts';

type Bar = Timeline['bars'][number];

/** The lanes of a node's batches that one machine or worker executed. */
export interface WorkerLanes {
  readonly key: string;
  readonly node: number;
  readonly path: string;
  /** Undefined: the process of the run. */
  readonly group: WorkerGroup | undefined;
  readonly firstLane: number;
  readonly lanes: number;
}

/** Bars laid anew: those of one machine or worker lie together, below its name. */
export function lanesByWorker(
  bars: readonly Bar[],
  groups: readonly WorkerGroup[],
): {
  readonly bars: readonly (Bar & { readonly key: string })[];
  readonly groups: readonly WorkerLanes[];
  readonly lanes: number;
} {
  const groupOf = new Map(groups.flatMap((group, at) => group.workers.map(worker => [worker, at] as const)));
  const nodes = [...new Set(bars.map(({ node }) => node))];
  const placed = bars.map(bar => ({ bar, at: bar.worker === undefined ? -1 : (groupOf.get(bar.worker) ?? -1) }));
  const found: WorkerLanes[] = [];
  const laid: (Bar & { key: string })[] = [];
  let lanes = 0;
  for (const node of nodes) {
    const own = placed.filter(({ bar }) => bar.node === node);
    for (const at of [...new Set(own.map(place => place.at))].toSorted((a, b) => a - b)) {
      const ends: number[] = [];
      const key = `${node} ${at}`;
      for (const { bar } of own.filter(place => place.at === at).toSorted((a, b) => a.bar.from - b.bar.from)) {
        let lane = ends.findIndex(end => end <= bar.from);
        if (lane < 0) lane = ends.length;
        ends[lane] = bar.to;
        laid.push({ ...bar, lane: lanes + lane, key });
      }
      const path = own[0]?.bar.path ?? '';
      found.push({ key, node, path, group: groups[at], firstLane: lanes, lanes: ends.length });
      lanes += ends.length;
    }
  }
  return { bars: laid, groups: found, lanes };
}
