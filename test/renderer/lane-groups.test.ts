import { expect, test } from 'vitest';
import type { Timeline } from '../../host/api/api.ts';
import { laneGroups } from '../../renderer/model/lane-groups.ts';

const bar = (node: number, lane: number): Timeline['bars'][number] => ({
  lane,
  node,
  path: `node ${node}`,
  scope: 1,
  status: 'succeeded',
  from: 0,
  to: 1,
  attempt: 1,
  steps: [],
});

test('each node has a label above its lanes', () => {
  expect(laneGroups([bar(2, 2), bar(1, 0), bar(2, 4), bar(2, 3), bar(1, 1), bar(3, 5)])).toEqual([
    { node: 1, path: 'node 1', firstLane: 0, lanes: 2 },
    { node: 2, path: 'node 2', firstLane: 2, lanes: 3 },
    { node: 3, path: 'node 3', firstLane: 5, lanes: 1 },
  ]);
  expect(laneGroups([])).toEqual([]);
});
