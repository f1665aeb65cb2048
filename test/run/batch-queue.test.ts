import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BatchQueue, type BatchStore, type QueuedBatch } from '../../engine/run/batch-queue.ts';

const BOUNDS = { batches: 4, page: 3, text: 60 };

function batch(index: number, length = 1): QueuedBatch {
  return { scope: index + 1, index, items: 1, attempt: 1, text: 'x'.repeat(length), fresh: true };
}

/** A store whose writes become readable when `committed` resolves, as the journal's do. */
class Rows implements BatchStore {
  readonly written: QueuedBatch[] = [];
  readonly reads: { after: number; limit: number }[] = [];
  #readable = 0;

  async committed(): Promise<void> {
    await new Promise(resolve => setImmediate(resolve));
    this.#readable = this.written.length;
  }

  read(after: number, limit: number): QueuedBatch[] {
    this.reads.push({ after, limit });
    return this.written
      .slice(0, this.#readable)
      .filter(({ index }) => index > after)
      .slice(0, limit);
  }
}

async function takeAll(queue: BatchQueue): Promise<number[]> {
  const taken: number[] = [];
  while (queue.length > 0 || queue.hasMoreInStore) {
    const next = queue.take();
    if (next) taken.push(next.index);
    else await new Promise(resolve => setImmediate(resolve));
  }
  return taken;
}

describe('a queue of batches', () => {
  test('gives every batch once and in order, however many are added between takes and however large they are', async () => {
    const action = fc.oneof(
      fc.record({ add: fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 9 }) }),
      fc.record({ take: fc.integer({ min: 1, max: 6 }) }),
      fc.constant('turn' as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 30 }), async actions => {
        const store = new Rows();
        const queue = new BatchQueue(store, false, () => undefined, BOUNDS);
        const taken: number[] = [];
        for (const step of actions) {
          if (step === 'turn') await new Promise(resolve => setImmediate(resolve));
          else if ('add' in step) {
            for (const length of step.add) {
              const added = batch(store.written.length, length);
              store.written.push(added);
              queue.add(added);
            }
          } else
            for (let times = 0; times < step.take; times++) {
              const next = queue.take();
              if (next) taken.push(next.index);
            }
          expect(queue.length).toBeLessThanOrEqual(BOUNDS.batches + BOUNDS.page);
        }
        taken.push(...(await takeAll(queue)));
        expect(taken).toEqual(store.written.map(({ index }) => index));
        expect(queue.error).toBeUndefined();
      }),
    );
  });

  test('reads what an earlier process stored, a page at a time, and calls back after each page', async () => {
    const store = new Rows();
    for (let index = 0; index < 8; index++) store.written.push(batch(index));
    let calls = 0;
    const queue = new BatchQueue(store, true, () => (calls += 1), BOUNDS);
    expect([queue.length, queue.peek(), queue.hasMoreInStore]).toEqual([0, undefined, true]);
    expect(await takeAll(queue)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(store.reads.map(({ after }) => after)).toEqual([-1, 2, 5]);
    expect(calls).toBe(3);
  });

  test('stops reading a page where the items of it are large', async () => {
    const store = new Rows();
    for (let index = 0; index < 4; index++) store.written.push(batch(index, 50));
    const queue = new BatchQueue(store, true, () => undefined, BOUNDS);
    await queue.refill();
    expect(queue.length).toBe(2);
    expect(queue.hasMoreInStore).toBe(true);
    expect(await takeAll(queue)).toEqual([0, 1, 2, 3]);
  });

  test('has the error of a store that cannot be read, and nothing to wait for', async () => {
    const thrown = new Error('disk');
    const store: BatchStore = {
      committed: async () => undefined,
      read: () => {
        throw thrown;
      },
    };
    let calls = 0;
    const queue = new BatchQueue(store, true, () => (calls += 1), BOUNDS);
    await queue.refill();
    expect(queue.error).toEqual({ thrown });
    expect(queue.hasMoreInStore).toBe(false);
    expect(calls).toBe(1);
  });
});
