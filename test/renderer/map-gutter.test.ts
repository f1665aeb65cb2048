import { describe, expect, test } from 'vitest';
import { BatchStatus } from '../../common/status.ts';
import { failedRows, gutterAt, layoutWithGutter } from '../../renderer/model/map-gutter.ts';

/* The marks at the edge of a map of small tiles. */

const WIDTH = 740;
const HEIGHT = 260;

describe.each([250_000, 10_000_000])('a map of %d batches', count => {
  const layout = layoutWithGutter({ from: 0, count }, WIDTH, HEIGHT);
  const row = layout.columns * layout.perTile;

  test('has a mark for each row in which a batch failed, and for no other', () => {
    const statuses = new Uint8Array(count).fill(BatchStatus.succeeded);
    for (const index of [0, 3 * row + 5, 3 * row + 6, 7 * row - 1, count - 1]) statuses[index] = BatchStatus.failed;
    expect([...failedRows(layout, statuses)]).toEqual([0, 3, 6, layout.rows - 1]);
    expect([...failedRows(layout, statuses, index => index === 4 * row)]).toEqual([0, 3, 4, 6, layout.rows - 1]);
  });

  test('has room for marks that are seen across a room, and for its tiles beside them', () => {
    expect(layout.gutter?.width).toBeGreaterThanOrEqual(4);
    expect(layout.cell - layout.gap).toBeGreaterThanOrEqual(4);
    expect(layout.columns * layout.cell).toBeLessThanOrEqual(layout.gutter?.left ?? 0);
    expect((layout.gutter?.left ?? 0) + (layout.gutter?.width ?? 0)).toBeLessThanOrEqual(WIDTH);
  });

  test('stands for its row where one points at its mark', () => {
    const x = (layout.gutter?.left ?? 0) + 2;
    expect(gutterAt(layout, x, 2 * layout.cell + 1)).toEqual({ first: 2 * row, count: row });
    expect(gutterAt(layout, layout.cell, 2 * layout.cell + 1)).toBeUndefined();
    expect(gutterAt(layout, x, layout.rows * layout.cell + 1)).toBeUndefined();
  });
});

test('rows of a part of the map are counted from its first batch', () => {
  const statuses = new Uint8Array(100_000).fill(BatchStatus.succeeded);
  statuses[10] = statuses[60_000] = BatchStatus.failed;
  const layout = layoutWithGutter({ from: 50_000, count: 20_000 }, WIDTH, HEIGHT);
  expect([...failedRows(layout, statuses)]).toEqual([Math.floor(10_000 / (layout.columns * layout.perTile))]);
});

test('a map whose tiles are large needs none', () => {
  expect(layoutWithGutter({ from: 0, count: 33 }, WIDTH, HEIGHT).gutter).toBeUndefined();
});
