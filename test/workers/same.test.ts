import { describe, expect, test } from 'vitest';
import { currentAttempt } from '../../engine/run/attempt.ts';
import { range, turns } from '../support/outside.ts';
import { workflow } from '../support/runs.ts';
import { WorkerBench } from '../support/worker-bench.ts';

/** As the runner does with a line of the author's code. */
const log = (text: string) => currentAttempt.getStore()?.logs.add({ at: 0, level: 'info', text });

describe('what a step in a worker leaves is what it leaves in the runner', () => {
  test('also where its update is computed again: each line of its log once', async () => {
    const bench = new WorkerBench();
    let computed = 0;
    const summary = await bench.run(
      workflow(flow =>
        flow.batch('work', { items: range(12), size: 1, workers: 3, concurrency: 6 }, ([item], flow) => {
          flow.step('add', async ctx => {
            log(`item ${String(item)}`);
            await ctx.state.update('list', (list: number[] = []) => {
              computed += 1;
              return [...list, Number(item)];
            });
            await turns(2);
          });
        }),
      ),
    );
    expect(summary.state.list).toHaveLength(12);
    // Else this shows nothing.
    expect(computed).toBeGreaterThan(12);
    const lines = bench.db.prepare('select text from logs where scope is not null').pluck().all();
    expect(lines.toSorted()).toEqual(
      range(12)
        .map(item => `item ${item}`)
        .toSorted(),
    );
  });
});
