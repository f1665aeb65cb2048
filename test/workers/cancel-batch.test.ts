import { expect, test } from 'vitest';
import { turns } from '../support/outside.ts';
import { workflow } from '../support/runs.ts';
import { WorkerBench } from '../support/worker-bench.ts';

test('a batch in a worker is cancelled there, with the batches inside it, and the others go on', async () => {
  const executed: string[] = [];
  const bench = new WorkerBench();
  const { run, done } = await bench.start(
    workflow(flow =>
      flow.batch('work', { items: [0, 1, 2, 3], size: 1, concurrency: 2, workers: 2 }, ([first], flow) => {
        flow.forEach('inner', ['x'], (_letter, flow) => {
          flow
            .step('two', async () => {
              executed.push(`two ${first}`);
              if (first === 1) await new Promise(() => undefined);
            })
            .retry({ attempts: 2 });
        });
        flow.step('three', () => void executed.push(`three ${first}`));
      }),
    ),
  );
  while (!executed.includes('two 1')) await turns();
  run.batchCancels.ask(2, 'no');
  const summary = await done;
  expect([summary.status, summary.batches]).toMatchObject(['completed', { succeeded: 3, failed: 0, cancelled: 1 }]);
  expect(executed.filter(text => text.endsWith('1'))).toEqual(['two 1']);
});
