import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JobGate, type JobLane } from '../../engine/remote/job-gate.ts';
import type { Slots } from '../../engine/remote/session.ts';
import { NodeSlots } from '../../engine/run/workers/node-slots.ts';
import type { Job } from '../../engine/run/workers/protocol.ts';
import type { WorkerHandle } from '../../engine/run/workers/worker-handle.ts';
import { randomOf } from '../support/random.ts';

const PLACE = 1;

/** A worker and its host, with what is on its way between the coordinator and it, each way in order. */
class Worker {
  readonly gate: JobGate;
  readonly lane: JobLane;
  readonly executing = new Set<number>();
  readonly returned: number[] = [];
  readonly there: (() => void)[] = [];
  readonly back: (() => void)[] = [];
  readonly handle: WorkerHandle;

  constructor(concurrency: number, slots: NodeSlots) {
    this.gate = new JobGate(concurrency);
    this.lane = this.gate.lane({
      onRelease: ({ job }) => void this.executing.add(job.scope),
      onReturn: ({ scope }) => void this.returned.push(scope),
      isHeard: () => true,
      onSlots: ({ number }) => void this.back.push(() => slots.confirm(this.handle, number)),
    });
    this.handle = {
      concurrency,
      isLost: false,
      setSlots: (place: number, count: number, number: number) => {
        const told: Slots = { type: 'slots', place, count, number };
        this.there.push(() => this.lane.setSlots(told));
      },
    } as unknown as WorkerHandle;
  }

  give(scope: number): void {
    this.there.push(() => this.lane.add({ type: 'job', job: jobOf(scope), after: 0 }));
  }

  end(): void {
    for (const scope of this.executing) {
      this.executing.delete(scope);
      this.lane.ended(scope);
      return;
    }
  }
}

function jobOf(scope: number): Job {
  return {
    scope,
    attempt: 1,
    epoch: 1,
    place: PLACE,
    index: scope,
    items: 1,
    text: '[1]',
    fresh: true,
    attempts: 1,
    startedAt: 0,
  };
}

describe('the batches of a node that may run at a time', () => {
  test('are never more over all workers, whoever comes, and all of them are used in the end', async () => {
    await fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
        fc.integer(),
        (concurrency, sizes, seed) => {
          const random = randomOf(seed);
          const slots = new NodeSlots(PLACE);
          const workers: Worker[] = [];
          const divide = () =>
            slots.divide(
              workers.map(({ handle }) => handle),
              concurrency,
            );
          const executing = () => workers.reduce((sum, worker) => sum + worker.executing.size, 0);
          let scope = 0;
          const waiting = [...sizes];
          for (let turn = 0; turn < 400; turn++) {
            const size = random() < 0.05 ? waiting.shift() : undefined;
            if (size !== undefined) workers.push(new Worker(size, slots));
            divide();
            const worker = workers[Math.floor(random() * workers.length)];
            if (!worker) continue;
            const what = random();
            if (what < 0.3) worker.there.shift()?.();
            else if (what < 0.6) worker.back.shift()?.();
            else if (what < 0.8) worker.give((scope += 1));
            else worker.end();
            expect(executing()).toBeLessThanOrEqual(concurrency);
            for (const { executing: own, handle } of workers) expect(own.size).toBeLessThanOrEqual(handle.concurrency);
          }
          // Everything arrives, and there are enough jobs everywhere.
          for (const size of waiting) workers.push(new Worker(size, slots));
          for (let turn = 0; turn < 40; turn++) {
            divide();
            for (const worker of workers) {
              worker.give((scope += 1));
              for (const deliver of [...worker.there.splice(0), ...worker.back.splice(0)]) deliver();
              worker.end();
              worker.give((scope += 1));
              for (const deliver of [...worker.there.splice(0), ...worker.back.splice(0)]) deliver();
            }
            expect(executing()).toBeLessThanOrEqual(concurrency);
          }
          const most = sizes.reduce((sum, size) => sum + size, 0);
          expect(executing()).toBe(Math.min(concurrency, most));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('of a worker that is to execute none are returned, and what it executes is finished', () => {
    const slots = new NodeSlots(PLACE);
    const worker = new Worker(2, slots);
    const deliver = () => {
      for (const one of [...worker.there.splice(0), ...worker.back.splice(0)]) one();
    };
    slots.divide([worker.handle], 4);
    for (const scope of [1, 2, 3, 4]) worker.give(scope);
    deliver();
    expect([...worker.executing]).toEqual([1, 2]);
    slots.divide([], 4);
    deliver();
    expect(worker.returned).toEqual([3, 4]);
    worker.give(5);
    deliver();
    expect(worker.returned).toEqual([3, 4, 5]);
    worker.end();
    worker.end();
    expect(worker.lane.executing).toBe(0);
  });

  test('are shared by the sessions of a host, which executes no more than it is for', () => {
    const gate = new JobGate(3);
    const released: string[] = [];
    const heard = new Set(['a', 'b']);
    const lanes = ['a', 'b'].map(name =>
      gate.lane({
        onRelease: ({ job }) => void released.push(`${name}${job.scope}`),
        onReturn: () => undefined,
        isHeard: () => heard.has(name),
        onSlots: () => undefined,
      }),
    );
    for (const lane of lanes) lane.setSlots({ type: 'slots', place: PLACE, count: 8, number: 1 });
    const [a, b] = lanes;
    for (const scope of [1, 2, 3, 4]) a?.add({ type: 'job', job: jobOf(scope), after: 0 });
    for (const scope of [1, 2]) b?.add({ type: 'job', job: jobOf(scope), after: 0 });
    expect(released).toEqual(['a1', 'a2', 'a3']);
    a?.ended(1);
    a?.ended(2);
    expect(released.slice(3)).toEqual(['a4', 'b1']);
    for (const scope of [3, 4, 5, 6]) b?.add({ type: 'job', job: jobOf(scope), after: 0 });
    expect(released.slice(5)).toEqual([]);
    // Nothing is known of what has become of its run.
    heard.delete('a');
    gate.release();
    expect(released.slice(5)).toEqual(['b2', 'b3']);
    heard.add('a');
    b?.ended(1);
    expect(released.slice(7)).toEqual([]);
    a?.close();
    expect(released.slice(7)).toEqual(['b4']);
  });
});
