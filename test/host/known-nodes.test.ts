import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { NodeLine } from '../../engine/store/run-queries.ts';
import { KnownNodes } from '../../host/runs/known-nodes.ts';
import type { LiveRun } from '../../host/runs/live-run.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const CLEAN = { node: 1, path: 'clean', kind: 'batch' } as unknown as NodeLine;

/** What the run is told of its batches: [node, index, status]. */
function known(read: () => Promise<readonly NodeLine[]>) {
  const changes: number[][] = [];
  const run = {
    addMap: () => undefined,
    change: (node: number, indices: Uint32Array, statuses: Uint8Array) => {
      for (const [at, index] of indices.entries()) changes.push([node, index, statuses[at] ?? -1]);
    },
  };
  return { nodes: new KnownNodes(run as unknown as LiveRun, read), changes };
}

test('changes of a node that is not known yet are held, of each batch the last, until the store has been asked', async () => {
  const { nodes, changes } = known(async () => [CLEAN]);
  nodes.change(1, Uint32Array.of(0, 1), Uint8Array.of(1, 1));
  nodes.change(1, Uint32Array.of(0), Uint8Array.of(2));
  expect(changes).toEqual([]);
  await vi.advanceTimersByTimeAsync(0);
  expect(changes).toEqual([
    [1, 0, 2],
    [1, 1, 1],
  ]);
  expect(nodes.numberOf('clean')).toBe(1);
  nodes.change(1, Uint32Array.of(5), Uint8Array.of(1));
  expect(changes.at(-1)).toEqual([1, 5, 1]);
});

test('a store that cannot be read now is asked again when the node is heard of again', async () => {
  const read = vi
    .fn<() => Promise<readonly NodeLine[]>>()
    .mockRejectedValueOnce(new Error('busy'))
    .mockResolvedValue([CLEAN]);
  const { nodes } = known(read);
  expect(nodes.numberOf('clean')).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(read).toHaveBeenCalledTimes(1);
  expect(nodes.numberOf('clean')).toBeUndefined();
  await vi.advanceTimersByTimeAsync(0);
  expect(nodes.numberOf('clean')).toBe(1);
});
