import { describe, expect, test } from 'vitest';
import { layoutMap } from '../../renderer/model/map-layout.ts';
import { paintMap, type Colouring } from '../../renderer/model/map-paint.ts';
import { BatchStatus } from '../../common/status.ts';

/* Tiles that stand for several batches, on a canvas that is only its pixels. */

const SIDE = 60;
/** A tile without its gap, in pixels. */
const TILE = 5;
const COLOURS = ['#000001', '#000002', '#00ff00', '#ff0000', '#000005', '#000006', '#000007'];
const NONE = '#101010';

interface Input {
  readonly statuses: Uint8Array;
  readonly isHighlighted?: (index: number) => boolean;
  readonly colouring?: Colouring;
  readonly failedInside?: (index: number) => boolean;
}

/** The colours in each tile, `#rrggbb`, with ` dim` where it is dimmed. */
function tiles({ statuses, ...input }: Input): string[][] {
  const layout = layoutMap({ from: 0, count: statuses.length }, SIDE, SIDE);
  expect(layout).toMatchObject({ perTile: 10, columns: 10, rows: 10, cell: 6 });
  const image = { width: SIDE, height: SIDE, data: new Uint8ClampedArray(SIDE * SIDE * 4) };
  const canvas = {
    clearRect: () => undefined,
    getTransform: () => ({ a: 1 }),
    createImageData: () => image,
    putImageData: () => undefined,
  };
  paintMap(canvas as never, SIDE, SIDE, { layout, statuses, colours: COLOURS, outlineColour: '#ffffff', ...input });
  return Array.from({ length: 100 }, (_, tile) => {
    const found = new Set<string>();
    for (let y = 0; y < TILE; y++)
      for (let x = 0; x < TILE; x++) {
        const at = ((Math.floor(tile / 10) * 6 + y) * SIDE + (tile % 10) * 6 + x) * 4;
        const [red = 0, green = 0, blue = 0, alpha = 0] = image.data.subarray(at, at + 4);
        found.add(
          `#${[red, green, blue].map(part => part.toString(16).padStart(2, '0')).join('')}${alpha === 255 ? '' : ' dim'}`,
        );
      }
    return [...found].toSorted();
  });
}

/** A thousand batches in a hundred tiles; one of the second tile failed, and all of the fourth. */
const statuses = Uint8Array.from({ length: 1_000 }, (_, index) =>
  index === 17 || (index >= 30 && index < 40) ? BatchStatus.failed : BatchStatus.succeeded,
);

describe('a tile that stands for several batches', () => {
  test('shows those that failed, however few', () => {
    expect(tiles({ statuses }).slice(0, 4)).toEqual([
      ['#00ff00 dim'],
      ['#00ff00 dim', '#ff0000'],
      ['#00ff00 dim'],
      ['#ff0000'],
    ]);
  });

  test('is bright where nothing failed', () => {
    expect(tiles({ statuses: statuses.map(() => BatchStatus.succeeded) })[0]).toEqual(['#00ff00']);
  });

  test('shows only the highlighted ones, where there are any', () => {
    expect(tiles({ statuses, isHighlighted: index => index === 17 || index === 25 }).slice(0, 4)).toEqual([
      ['#00ff00 dim'],
      ['#ff0000'],
      ['#00ff00'],
      ['#ff0000 dim'],
    ]);
  });

  test('has the colour of what stands out most among them', () => {
    const values = new Map([
      [17, 1],
      [55, 2],
      [58, 9],
    ]);
    const colouring: Colouring = {
      colour: index => (values.has(index) ? `#0000a${values.get(index)}` : NONE),
      weight: index => values.get(index) ?? 0,
    };
    expect(tiles({ statuses, colouring }).slice(0, 6)).toEqual([
      [NONE],
      ['#0000a1'],
      [NONE],
      [NONE],
      [NONE],
      ['#0000a9'],
    ]);
    expect(tiles({ statuses, colouring, isHighlighted: index => index === 55 })[5]).toEqual(['#0000a2']);
  });

  test('shows that batches failed inside those that are whole', () => {
    expect(tiles({ statuses, failedInside: index => index === 25 }).slice(0, 3)).toEqual([
      ['#00ff00 dim'],
      ['#00ff00 dim', '#ff0000'],
      ['#00ff00 dim', '#ff0000'],
    ]);
  });
});

describe('the border of the batch that is looked at', () => {
  const WIDTH = 40;
  const HEIGHT = 43;
  /** Left, top, right and bottom of what is painted, half of the line's width included. */
  const borderOf = (current: number) => {
    let rect: readonly [number, number, number, number] | undefined;
    const canvas = {
      clearRect: () => undefined,
      fillRect: () => undefined,
      fillText: () => undefined,
      strokeRect: (x: number, y: number, width: number, height: number) => {
        rect = [x - 1, y - 1, x + width + 1, y + height + 1];
      },
    };
    const layout = layoutMap({ from: 0, count: 4 }, WIDTH, HEIGHT);
    paintMap(canvas as never, WIDTH, HEIGHT, {
      layout,
      statuses: new Uint8Array(4),
      colours: COLOURS,
      outlineColour: '#ffffff',
      current,
    });
    return rect;
  };

  test('is whole at every edge of the map', () => {
    expect([0, 1, 2, 3].map(borderOf)).toEqual([
      [0, 0, 19, 19],
      [18, 0, 39, 19],
      [0, 18, 19, 39],
      [18, 18, 39, 39],
    ]);
  });
});
