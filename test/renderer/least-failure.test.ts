import { describe, expect, test } from 'vitest';
import { BatchStatus } from '../../common/status.ts';
import { layoutMap } from '../../renderer/model/map-layout.ts';
import { paintMap } from '../../renderer/model/map-paint.ts';

/* One failed batch among very many is seen across a room, whatever the size of the map. */

const GREEN = '#00ff00';
const RED = '#ff0000';
const COLOURS = [GREEN, GREEN, GREEN, RED, GREEN, GREEN, GREEN];
const LEAST = 4;

/** How wide and how high what is red is, in CSS pixels. */
function redOf(
  count: number,
  [width, height]: readonly [number, number],
  ratio: number,
  how: 'failed' | 'failed inside' = 'failed',
): { readonly width: number; readonly height: number } {
  const [stride, rows] = [width * ratio, height * ratio];
  const data = new Uint8ClampedArray(stride * rows * 4);
  const rects: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }[] = [];
  const canvas = {
    fillStyle: '',
    clearRect: () => undefined,
    strokeRect: () => undefined,
    fillText: () => undefined,
    fillRect: (x: number, y: number, wide: number, high: number) => {
      if (canvas.fillStyle === RED) rects.push({ x, y, width: wide, height: high });
    },
    getTransform: () => ({ a: ratio }),
    createImageData: () => ({ width: stride, height: rows, data }),
    putImageData: () => {
      for (let at = 0; at < stride * rows; at++)
        if (data[at * 4] === 255 && data[at * 4 + 1] === 0)
          rects.push({
            x: (at % stride) / ratio,
            y: Math.floor(at / stride) / ratio,
            width: 1 / ratio,
            height: 1 / ratio,
          });
    },
  };
  const failed = Math.floor(count / 2);
  const statuses = new Uint8Array(count).fill(BatchStatus.succeeded);
  if (how === 'failed') statuses[failed] = BatchStatus.failed;
  paintMap(canvas as never, width, height, {
    layout: layoutMap({ from: 0, count }, width, height),
    statuses,
    colours: COLOURS,
    outlineColour: GREEN,
    failedInside: how === 'failed inside' ? index => index === failed : undefined,
  });
  const side = (from: 'x' | 'y', size: 'width' | 'height') =>
    Math.max(...rects.map(rect => rect[from] + rect[size])) - Math.min(...rects.map(rect => rect[from]));
  return { width: side('x', 'width'), height: side('y', 'height') };
}

const COUNTS = [200, 2_000, 10_000, 20_000, 40_000, 100_000, 1_000_000];

describe.each([1, 2])('at %d pixels of the device for one of the page', ratio => {
  test.each(COUNTS)('one failure among %d is no smaller than can be seen', count => {
    for (const size of [
      [756, 248],
      [260, 90],
      [1_600, 700],
    ] as const)
      for (const how of ['failed', 'failed inside'] as const) {
        const red = redOf(count, size, ratio, how);
        expect({ size, how, isSeen: red.width >= LEAST && red.height >= LEAST, red }).toMatchObject({ isSeen: true });
      }
  });
});
