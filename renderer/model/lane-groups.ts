import type { Timeline } from '../../host/api/api.ts';

/** The lanes of one node in a timeline, which lie together. */
export interface LaneGroup {
  readonly node: number;
  readonly path: string;
  readonly firstLane: number;
  readonly lanes: number;
}

/** From the top. */
export function laneGroups(bars: Timeline['bars']): LaneGroup[] {
  const groups = new Map<number, { node: number; path: string; firstLane: number; lastLane: number }>();
  for (const { node, path, lane } of bars) {
    const group = groups.get(node);
    if (!group) groups.set(node, { node, path, firstLane: lane, lastLane: lane });
    else {
      group.firstLane = Math.min(group.firstLane, lane);
      group.lastLane = Math.max(group.lastLane, lane);
    }
  }
  return [...groups.values()]
    .map(({ lastLane, ...group }) => ({ ...group, lanes: lastLane - group.firstLane + 1 }))
    .toSorted((a, b) => a.firstLane - b.firstLane);
}
