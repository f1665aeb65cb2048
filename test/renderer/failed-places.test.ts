import { expect, test } from 'vitest';
import type { NodeProgress } from '../../host/api/api.ts';
import { firstToShow, nodePointedAt } from '../../renderer/model/batch-node-shown.ts';
import { placesToSearch } from '../../renderer/model/failed-places.ts';

/* Which batch nodes are gone through for failures, and which one is shown. */

const maps = [
  { node: 7, length: 30 },
  { node: 2, length: 10 },
];
const nodes = [
  { node: 2, path: 'load' },
  { node: 7, path: 'regions' },
  { node: 9, path: 'send' },
];
const counted = (failed: Readonly<Record<string, number>>) =>
  Object.entries(failed).map(([path, count]) => ({ path, batches: { failed: count } })) as unknown as NodeProgress[];

test('the failures of every node are gone through, on from the batch in view', () => {
  expect(placesToSearch(maps, undefined, 'next')).toEqual([
    { node: 2, from: -1 },
    { node: 7, from: -1 },
  ]);
  expect(placesToSearch(maps, { node: 2, index: 4 }, 'next')).toEqual([
    { node: 2, from: 4 },
    { node: 7, from: -1 },
  ]);
  expect(placesToSearch(maps, { node: 7, index: 4 }, 'next')).toEqual([{ node: 7, from: 4 }]);
  expect(placesToSearch(maps, { node: 7, index: 4 }, 'previous')).toEqual([
    { node: 7, from: 4 },
    { node: 2, from: 10 },
  ]);
  expect(placesToSearch(maps, undefined, 'previous')[0]).toEqual({ node: 7, from: 30 });
});

test('the batches shown first are of the node that failed, or in which something did', () => {
  expect(firstToShow(nodes, counted({ load: 0, regions: 0, send: 3 }))?.path).toBe('send');
  expect(firstToShow(nodes, counted({ load: 0, regions: 0, 'regions/shops': 2, send: 3 }))?.path).toBe('regions');
  expect(firstToShow(nodes, counted({ load: 0 }))?.path).toBe('load');
});

test('what is pointed at goes before: chosen by name, looked at, or selected', () => {
  const nowhere = { chosen: undefined, inspected: undefined, selected: undefined };
  expect(nodePointedAt(nodes, nowhere)).toBeUndefined();
  expect(nodePointedAt(nodes, { ...nowhere, inspected: 'regions/shops' })?.node).toBe(7);
  expect(nodePointedAt(nodes, { chosen: 9, inspected: 'regions', selected: 2 })?.node).toBe(9);
  expect(nodePointedAt(nodes, { ...nowhere, inspected: 'a-step', selected: 2 })?.node).toBe(2);
});
