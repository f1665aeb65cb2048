import { describe, expect, test } from 'vitest';
import { BatchStatus } from '../../common/status.ts';
import { attemptColouring, type StateColours } from '../../renderer/model/attempt-colours.ts';
import { layoutMap } from '../../renderer/model/map-layout.ts';
import { paintMap } from '../../renderer/model/map-paint.ts';

const { waiting, running, succeeded, failed, retrying } = BatchStatus;
const statuses = Uint8Array.of(succeeded, succeeded, retrying, failed, running, waiting, succeeded);
const tried = { indices: Uint32Array.of(1, 2, 3, 6), values: Uint8Array.of(2, 3, 5, 12) };
const colours: StateColours = { of: status => `#00000${status}`, none: '#333333' };
const colouring = attemptColouring(tried, { statuses }, colours);
const all = [...statuses.keys()];

describe('a map by attempts', () => {
  test('has a digit for what was tried again, and a sign for what failed or runs', () => {
    expect(all.map(index => colouring.sign?.(index))).toEqual(['', '2', '3', '✕', '▶', '', '+']);
  });

  test('has the colour of their state for those that were tried once, and brighter ones from attempt to attempt', () => {
    const [once, twice, waits, gaveUp, runs, notBegun, often] = all.map(index => colouring.colour(index));
    expect([once, waits, gaveUp, runs, notBegun]).toEqual(['#000002', '#000005', '#000003', '#000001', '#333333']);
    expect(new Set([once, twice, often, waits]).size).toBe(4);
  });

  test('goes with the statuses as they change in place', () => {
    const map = { statuses: Uint8Array.of(retrying) };
    const changing = attemptColouring(tried, map, colours);
    expect(changing.isStriped?.(0)).toBe(true);
    map.statuses[0] = succeeded;
    expect(changing.isStriped?.(0)).toBe(false);
  });
});

describe('a tile that waits for its next attempt is striped', () => {
  const SIDE = 40;

  /** What is painted: texts by tile, and how much of each tile the ground shows through. */
  function painted(cell: number) {
    const texts: string[] = [];
    const cleared = new Map<number, number>();
    const layout = { ...layoutMap({ from: 0, count: 4 }, SIDE, SIDE, cell), columns: 2, cell };
    const image = { width: SIDE, height: SIDE, data: new Uint8ClampedArray(SIDE * SIDE * 4) };
    paintMap(
      {
        clearRect: (x: number, y: number, width: number) => {
          if (width === SIDE) return;
          const tile = Math.floor(y / cell) * 2 + Math.floor(x / cell);
          cleared.set(tile, (cleared.get(tile) ?? 0) + 1);
        },
        fillRect: () => undefined,
        fillText: (text: string) => texts.push(text),
        getTransform: () => ({ a: 1 }),
        createImageData: () => image,
        putImageData: () => undefined,
      } as never,
      SIDE,
      SIDE,
      { layout, statuses, colours: [], colouring, outlineColour: '#ffffff' },
    );
    return { texts, cleared, image };
  }

  test('with its digit, where there is room for one', () => {
    const { texts, cleared } = painted(20);
    expect(texts).toEqual(['2', '3', '✕']);
    expect([...cleared.keys()]).toEqual([2]);
    expect(cleared.get(2)).toBeGreaterThan(20);
  });

  test('where its tile is only a few pixels', () => {
    const { image } = painted(6);
    const ground = (tile: number) => {
      let pixels = 0;
      for (let y = 0; y < 5; y++)
        for (let x = 0; x < 5; x++)
          if (image.data[((Math.floor(tile / 2) * 6 + y) * SIDE + (tile % 2) * 6 + x) * 4 + 3] === 0) pixels += 1;
      return pixels;
    };
    expect([0, 1, 3].map(ground)).toEqual([0, 0, 0]);
    expect(ground(2)).toBeGreaterThanOrEqual(6);
  });
});
