import { expect, test } from 'vitest';
import { workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';

test('a run tells until when a rate limit lets no more batches begin, and no longer than that', async () => {
  const bench = new TimedBench();
  const started = await bench.start(
    workflow(flow =>
      flow.forEach(
        'each',
        [1, 2, 3],
        (item, inner) => {
          inner.step('do', () => item);
        },
        { concurrency: 3, rateLimit: { batches: 2, per: '10s' } },
      ),
    ),
  );
  const began = bench.clock.now();
  const told = () => started.run.progress.steps.all(bench.clock.now()).find(({ path }) => path === 'each')?.heldUntil;
  await bench.clock.advance(1_000);
  expect(told()).toBe(began + 10_000);
  await bench.clock.settle(started.done);
  expect(told()).toBeUndefined();
});
