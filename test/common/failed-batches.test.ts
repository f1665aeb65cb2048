import { expect, test } from 'vitest';
import { noCounts, type NodeProgress } from '../../common/counts.ts';
import { countsOf, failedBatches, failedInside } from '../../common/run-summary.ts';

const node = (path: string, total: number, failed: number): NodeProgress => {
  const counts = { ...noCounts(), total, failed, succeeded: total - failed };
  return { path, batches: counts, items: counts, complete: true };
};
const regions = [node('regions', 6, 0), node('regions/shops', 24, 2), node('regions/shops/products', 72, 2)];

test('a failure that fails what it is inside of is one failure, at whatever depth that was tolerated', () => {
  expect(failedBatches(regions)).toBe(2);
  expect(failedBatches([node('regions', 6, 1), ...regions.slice(1)])).toBe(1);
  expect(failedBatches([...regions, node('send', 3, 1), node('send/each', 9, 4)])).toBe(3);
  expect(failedBatches([node('a', 1, 0), node('a/b', 4, 0), node('a/b/c', 9, 3), node('a/d', 4, 2)])).toBe(5);
});

test('what the outermost batches count and what failed inside them make all that failed', () => {
  const nodes = [...regions, node('send', 3, 1)];
  expect(failedInside({ failedBatches: failedBatches(nodes), batches: countsOf(nodes).batches })).toBe(2);
});
