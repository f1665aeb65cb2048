import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noCounts, type NodeProgress } from '../../common/counts.ts';
import { BatchStatus } from '../../common/status.ts';
import { SplitCounts } from '../../engine/run/split-counts.ts';

function progress(): NodeProgress {
  return { path: 'load', batches: noCounts(), items: noCounts(), complete: false };
}

function split(total: number, size: number): number[] {
  return Array.from({ length: Math.ceil(total / size) }, (_, index) => Math.min(size, total - index * size));
}

describe('the counts of items that are being split', () => {
  test('have all of a list as waiting from its announcement to its end, at every batch', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.integer({ min: 1, max: 7 }), (items, size) => {
        const total = progress();
        const counts = new SplitCounts(total, size);
        counts.announce(items);
        const batches = split(items, size);
        for (const length of batches) {
          expect(total).toMatchObject({
            batches: { waiting: batches.length },
            items: { waiting: items },
            complete: true,
          });
          counts.created(length);
        }
        counts.end();
        expect(total).toMatchObject({ batches: { total: batches.length }, items: { total: items, waiting: items } });
        expect(counts.tally).toEqual(total);
        expect(counts.split).toEqual({ batches: batches.length, items, knownItems: items, isExhausted: true });
      }),
    );
  });

  test('of a stream grow with each batch, and are complete at its end only', () => {
    const total = progress();
    const counts = new SplitCounts(total, 2);
    counts.created(2);
    counts.created(1);
    expect(total).toMatchObject({ batches: { waiting: 2 }, items: { waiting: 3 }, complete: false });
    counts.end();
    expect(total.complete).toBe(true);
  });

  test('forget what was announced of an array that was emptied meanwhile', () => {
    const total = progress();
    const counts = new SplitCounts(total, 2);
    counts.announce(10);
    counts.created(2);
    counts.end();
    expect(total).toMatchObject({ batches: { total: 1 }, items: { total: 2 } });
  });

  test('are the same after an interruption at any batch', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 7 }), fc.nat(60), (items, size, at) => {
        const batches = split(items, size);
        const before = new SplitCounts(progress(), size);
        before.announce(items);
        const done = batches.slice(0, at);
        for (const length of done) before.created(length);
        const stored = { batches: done.length, items: done.reduce((sum, length) => sum + length, 0) };
        const after = new SplitCounts(progress(), size);
        after.restore(before.split, [{ status: BatchStatus.waiting, ...stored }]);
        expect(after.tally).toEqual(before.tally);
        expect(after.split).toEqual(before.split);
      }),
    );
  });
});
