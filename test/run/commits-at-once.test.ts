import { expect, test } from 'vitest';
import { range } from '../support/outside.ts';
import { workflow } from '../support/runs.ts';
import { WorkerBench } from '../support/worker-bench.ts';

const STEPS = 200;

/** How often the event loop turns while something goes on. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  count();
  await work;
  isOver = true;
  return turns;
}

test('steps that wait for nothing follow each other without a turn of the event loop for each, also where there could be workers', async () => {
  const bench = new WorkerBench();
  const turns = await turnsDuring(
    bench.run(
      workflow(flow =>
        flow.batch('work', { items: range(STEPS), size: 1 }, ([item], inner) => {
          inner.step('step', async () => item);
        }),
      ),
    ),
  );
  expect(bench.workers.all).toEqual([]);
  // On a busy machine some do: it never stands still for long.
  expect(turns).toBeLessThan(STEPS);
});
