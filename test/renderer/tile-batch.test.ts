import { describe, expect, test } from 'vitest';
import { BatchStatus } from '../../common/status.ts';
import { layoutMap, pan, panTo, tileAt } from '../../renderer/model/map-layout.ts';
import { batchOfTile, failuresOfTile } from '../../renderer/model/tile-batch.ts';

/* What is meant by pointing at a tile that stands for several batches. */

const COUNT = 250_000;
const statuses = Uint8Array.from({ length: COUNT }, (_, index) =>
  index % 996 === 500 ? BatchStatus.failed : BatchStatus.succeeded,
);
const layout = layoutMap({ from: 0, count: COUNT }, 756, 248);
const tileOf = (index: number) => {
  const tile = Math.floor(index / layout.perTile);
  const [x, y] = [(tile % layout.columns) * layout.cell, Math.floor(tile / layout.columns) * layout.cell];
  return tileAt(layout, x + 1, y + 1) ?? { first: 0, count: 0 };
};

describe('the batch that a tile opens', () => {
  test('is the one that failed among many that did not', () => {
    const tile = tileOf(500);
    expect(tile.count).toBeGreaterThan(10);
    expect(tile.first).not.toBe(500);
    expect(batchOfTile(tile, { statuses })).toBe(500);
    expect(failuresOfTile(tile, { statuses })).toBe(1);
  });

  test('is the first where all are alike', () => {
    const tile = tileOf(100);
    expect(batchOfTile(tile, { statuses })).toBe(tile.first);
  });

  test('is one of those that stand out, and among them one that failed', () => {
    const tile = tileOf(500);
    const last = tile.first + tile.count - 1;
    expect(batchOfTile(tile, { statuses, isHighlighted: index => index === last })).toBe(last);
    expect(batchOfTile(tile, { statuses, isHighlighted: index => index === last || index === 500 })).toBe(500);
    expect(batchOfTile(tile, { statuses, isHighlighted: index => index === tile.first + tile.count })).toBe(500);
  });

  test('is the one that gives the tile its colour', () => {
    const tile = tileOf(500);
    const slowest = tile.first + 2;
    const colouring = { colour: () => '#000000', weight: (index: number) => (index === slowest ? 9 : 1) };
    expect(batchOfTile(tile, { statuses, colouring })).toBe(slowest);
  });

  test('is the one in which others failed, where none failed itself', () => {
    const tile = tileOf(100);
    const failedInside = (index: number) => index === tile.first + 3;
    expect(batchOfTile(tile, { statuses, failedInside })).toBe(tile.first + 3);
    expect(failuresOfTile(tile, { statuses, failedInside })).toBe(1);
  });
});

test('the last tile stands for what is left, and beyond it there is none', () => {
  const rest = layoutMap({ from: 0, count: 1_005 }, 40, 40);
  const last = Math.ceil(1_005 / rest.perTile) - 1;
  const at = (tile: number) =>
    tileAt(rest, (tile % rest.columns) * rest.cell + 1, Math.floor(tile / rest.columns) * rest.cell + 1);
  expect(at(last)).toEqual({ first: last * rest.perTile, count: 1_005 - last * rest.perTile });
  expect(at(last + 1)).toBeUndefined();
});

describe('a part of a map', () => {
  test('moves up to its ends, and stays as large as it is', () => {
    expect(pan({ from: 100, count: 50 }, 30, 1_000)).toEqual({ from: 130, count: 50 });
    expect(pan({ from: 100, count: 50 }, -300, 1_000)).toEqual({ from: 0, count: 50 });
    expect(pan({ from: 100, count: 50 }, 3_000, 1_000)).toEqual({ from: 950, count: 50 });
  });

  test('follows the batch that is looked at, by whole rows', () => {
    const part = { from: 100, count: 50 };
    expect(panTo(part, 120, 1_000, 10)).toBe(part);
    expect(panTo(part, 95, 1_000, 10)).toEqual({ from: 90, count: 50 });
    expect(panTo(part, 150, 1_000, 10)).toEqual({ from: 110, count: 50 });
    expect(panTo(part, 999, 1_000, 10)).toEqual({ from: 950, count: 50 });
  });
});
