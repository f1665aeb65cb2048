import { describe, expect, test } from 'vitest';
import { range } from '../support/outside.ts';
import { workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';
import { failing } from '../support/failing-steps.ts';

describe('rateLimit', () => {
  /** When each batch began, in milliseconds since the run did. */
  async function startsOf(items: number, options: Parameters<typeof batchOptions>[0], working = 0): Promise<number[]> {
    const bench = new TimedBench();
    const began = bench.clock.now();
    const starts: number[] = [];
    const summary = await bench.run(
      workflow(flow =>
        flow.batch(
          'send',
          { items: Array.from({ length: items }, (_, index) => index), ...batchOptions(options) },
          (_batch, inner) => {
            inner.step('work', () => {
              starts.push(bench.clock.now() - began);
              return bench.clock.sleep(working);
            });
          },
        ),
      ),
    );
    expect(summary.status).toBe('completed');
    return starts;
  }
  const batchOptions = (options: {
    size: number;
    concurrency?: number;
    rateLimit: { items?: number; batches?: number; per: number };
  }) => options;

  test('lets so many batches begin within any window', async () => {
    expect(await startsOf(7, { size: 1, rateLimit: { batches: 3, per: 1000 } })).toEqual([
      0, 0, 0, 1000, 1000, 1000, 2000,
    ]);
  });

  test('over all that run at a time', async () => {
    expect(await startsOf(7, { size: 1, concurrency: 5, rateLimit: { batches: 3, per: 1000 } })).toEqual([
      0, 0, 0, 1000, 1000, 1000, 2000,
    ]);
  });

  test('in a window that slides: one that began later frees its place later', async () => {
    expect(await startsOf(6, { size: 1, rateLimit: { batches: 2, per: 1000 } }, 400)).toEqual([
      0, 400, 1000, 1400, 2000, 2400,
    ]);
  });

  test('or so many items; a batch that is larger than that has a window of its own', async () => {
    expect(await startsOf(8, { size: 2, rateLimit: { items: 4, per: 1000 } })).toEqual([0, 0, 1000, 1000]);
    expect(await startsOf(5, { size: 2, rateLimit: { items: 3, per: 1000 } })).toEqual([0, 1000, 1000]);
    expect(await startsOf(6, { size: 3, rateLimit: { items: 2, per: 1000 } })).toEqual([0, 1000]);
  });

  test('or both, whichever is stricter', async () => {
    expect(await startsOf(8, { size: 2, rateLimit: { items: 100, batches: 1, per: 1000 } })).toEqual([
      0, 1000, 2000, 3000,
    ]);
    expect(await startsOf(8, { size: 2, rateLimit: { items: 2, batches: 3, per: 1000 } })).toEqual([
      0, 1000, 2000, 3000,
    ]);
  });

  test('holds for a re-run too', async () => {
    const bench = new TimedBench();
    let broken = true;
    const starts: number[] = [];
    const build = () =>
      workflow(flow =>
        flow.forEach(
          'send',
          [1, 2, 3, 4, 5],
          (_item, inner) => {
            inner.step('work', () => {
              starts.push(bench.clock.now());
              if (broken) throw new Error('no');
            });
          },
          { concurrency: 5, rateLimit: { batches: 2, per: 1000 } },
        ),
      );
    const { run } = await bench.run(build());
    broken = false;
    const rerunAt = bench.clock.now();
    starts.length = 0;
    expect((await bench.rerun(build(), run)).status).toBe('completed');
    expect(starts.map(start => start - rerunAt)).toEqual([0, 1000, 1000, 2000, 2000]);
  });

  test('counts a further try of a batch as a start', async () => {
    const bench = new TimedBench();
    const began = bench.clock.now();
    const starts: number[] = [];
    await bench.run(
      workflow(flow =>
        flow.forEach(
          'send',
          [1, 2, 3],
          (_item, inner) => {
            inner.step('work', ctx => {
              starts.push(bench.clock.now() - began);
              failing(1)(ctx);
            });
          },
          { concurrency: 3, retry: { attempts: 2, backoff: { delay: 10 } }, rateLimit: { batches: 2, per: 1000 } },
        ),
      ),
    );
    expect(starts).toEqual([0, 0, 1000, 1000, 2000, 2000]);
  });

  test('holds over all places of a node together', async () => {
    const bench = new TimedBench();
    const began = bench.clock.now();
    const starts: number[] = [];
    await bench.run(
      workflow(flow =>
        flow.forEach(
          'region',
          range(3),
          (_region, outer) => {
            outer.batch(
              'call',
              { items: range(2), size: 1, concurrency: 2, rateLimit: { batches: 2, per: 1000 } },
              (_batch, inner) => {
                inner.step('api', () => void starts.push(bench.clock.now() - began));
              },
            );
          },
          { concurrency: 3 },
        ),
      ),
    );
    expect(starts).toEqual([0, 0, 1000, 1000, 2000, 2000]);
  });

  test('holds over rounds of a while', async () => {
    const bench = new TimedBench();
    const began = bench.clock.now();
    const starts: number[] = [];
    let rounds = 0;
    await bench.run(
      workflow(flow =>
        flow.while(
          'rounds',
          () => rounds++ < 3,
          inner => {
            inner.forEach(
              'call',
              range(1),
              (_item, body) => {
                body.step('api', () => void starts.push(bench.clock.now() - began));
              },
              { rateLimit: { items: 1, per: 1000 } },
            );
          },
        ),
      ),
    );
    expect(starts).toEqual([0, 1000, 2000]);
  });

  test('holds over re-runs: what has started before counts', async () => {
    const bench = new TimedBench();
    const began = bench.clock.now();
    const starts: number[] = [];
    const broken = (fails: boolean) =>
      workflow(flow =>
        flow.forEach(
          'call',
          range(2),
          (_item, inner) => {
            inner.step('api', async () => {
              starts.push(bench.clock.now() - began);
              if (fails) throw new Error('429');
            });
          },
          { concurrency: 2, rateLimit: { items: 2, per: 6000 } },
        ),
      );
    const { run } = await bench.run(broken(true));
    await bench.rerun(broken(true), run);
    await bench.rerun(broken(false), run);
    expect(starts).toEqual([0, 0, 6000, 6000, 12000, 12000]);
  });
});
