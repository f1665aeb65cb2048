import { describe, expect, test } from 'vitest';
import type { FailureCause, Progress } from '../../host/api/api.ts';
import { causeSelection, failedSelection, renewed, rangeSelection } from '../../renderer/model/selection.ts';

/* Selections that are told by what has failed: they live as long as it has. */

const maps = [
  { node: 2, path: 'regions' },
  { node: 5, path: 'orders' },
];
const cause: FailureCause = {
  node: 3,
  path: 'regions/shops',
  fingerprint: 'f',
  name: 'Error',
  message: 'Shop … is closed',
  pattern: [],
  batches: 4,
  first: { index: 1, parent: 9 },
};
const nodes = (failed: number) => [{ node: 5, path: 'orders', batches: { failed } }] as unknown as Progress['nodes'];

describe('the batches of a cause', () => {
  test('are lit on the map they stand on, from wherever they are chosen', () => {
    expect(causeSelection(cause, maps)).toEqual({
      node: 2,
      path: 'regions/shops',
      where: { fingerprint: 'f' },
      cause: { node: 3, fingerprint: 'f' },
      count: 4,
      seen: 4,
      text: '4 batches: Shop … is closed',
    });
  });

  test('cannot be lit where there is no map', () =>
    expect(causeSelection({ ...cause, path: 'while/x' }, maps)).toBeUndefined());

  test('are as many as there are by now, and are let go when there are none', () => {
    const selection = causeSelection(cause, maps);
    expect(renewed(selection, [cause], [])).toBe(selection);
    expect(renewed(selection, [{ ...cause, batches: 1 }], [])).toMatchObject({
      count: 1,
      text: '1 batch: Shop … is closed',
    });
    expect(
      renewed(
        selection,
        [
          { ...cause, node: 8 },
          { ...cause, fingerprint: 'g' },
        ],
        [],
      ),
    ).toBeUndefined();
  });
});

test('the failed batches of a node are let go when the last of them has succeeded', () => {
  const selection = failedSelection(5, 'orders', 3);
  expect(renewed(selection, [], nodes(3))).toBe(selection);
  expect(renewed(selection, [], nodes(1))).toMatchObject({ count: 1, text: '1 failed batch' });
  expect(renewed(selection, [], nodes(0))).toBeUndefined();
});

test('places stay selected, whatever becomes of their batches', () => {
  const selection = rangeSelection({ node: 5, path: 'orders', length: 10 }, [], 2, 4);
  expect(renewed(selection, [], nodes(0))).toBe(selection);
});
