import { expect, test } from 'vitest';
import { cronflow } from '../../engine/index.ts';
import { openWaits, publishEvent } from '../../engine/store/answer-wait.ts';
import { encode } from '../../engine/store/codec.ts';
import { testRun } from '../../engine/testing/index.ts';
import { Ledger } from '../support/outside.ts';
import { workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';

/* `filter` and `validate` of `.waitForEvent()`: which event of a name a step waits for. */

interface Job {
  readonly id: number;
  readonly status?: string;
}

const asked = new Ledger();
const build = (timeout?: '1d') =>
  workflow(flow =>
    flow
      .step('submit', () => ({ id: 7 }))
      .waitForEvent('job.done', timeout, {
        filter: (job: Job, ctx) => {
          asked.note(`${job.id}`);
          return job.id === ctx.steps.submit.output.id;
        },
        validate: (job: Job) => job.status === 'success' || `the job is ${job.status}`,
      })
      .step('end', ctx => ctx.last),
  );
const publish = (bench: TimedBench, ...jobs: Job[]) => {
  for (const job of jobs) {
    const at = bench.clock.now();
    publishEvent(bench.db, { name: 'job.done', payload: encode(job, 'payload'), by: 'ada', at });
  }
};

test('events of other jobs are passed over, while the run rests and where they come one after the other', async () => {
  const bench = new TimedBench();
  const { run } = await bench.run(build());
  publish(bench, { id: 1 });
  expect(await bench.resume(build(), run)).toMatchObject({ status: 'paused', reason: 'it waits for 1 event' });
  expect(openWaits(bench.db, run, 9)).toHaveLength(1);
  // All of these are there before the step looks again.
  publish(bench, { id: 2 }, { id: 3 }, { id: 7, status: 'success' }, { id: 8 });
  expect(await bench.resume(build(), run)).toMatchObject({ status: 'completed', output: { id: 7, status: 'success' } });
  expect(asked.take()).toEqual(['1', '2', '3', '7']);
  expect(openWaits(bench.db, run, 9)).toEqual([]);
});

test('the timeout counts from the beginning, however many events are passed over', async () => {
  const bench = new TimedBench();
  const { run } = await bench.run(build('1d'));
  await bench.clock.advance(23 * 3_600_000);
  publish(bench, { id: 1 });
  expect((await bench.resume(build('1d'), run)).status).toBe('paused');
  await bench.clock.advance(2 * 3_600_000);
  const { status, output } = await bench.resume(build('1d'), run);
  expect([status, output]).toEqual(['completed', { approved: false, status: 'timeout', timedOut: true }]);
  asked.take();
});

test('a wrong event fails the step with the reason; a re-run waits for another', async () => {
  const bench = new TimedBench();
  const { run } = await bench.run(build());
  publish(bench, { id: 7, status: 'broken' });
  const failed = await bench.resume(build(), run);
  expect([failed.status, failed.error?.message]).toEqual([
    'failed',
    'The event "job.done" is not valid: the job is broken.',
  ]);
  expect((await bench.rerun(build(), run)).status).toBe('paused');
  publish(bench, { id: 7, status: 'success' });
  expect((await bench.resume(build(), run)).output).toEqual({ id: 7, status: 'success' });
  asked.take();
});

test('the answer of a test goes through them, too', async () => {
  const flow = cronflow
    .define({ id: 'chosen' })
    .waitForEvent('job.done', '1d', { filter: (job: Job) => job.id === 7 })
    .step('end', ctx => ctx.last.id);
  const run = await testRun(flow, { answers: { 'job.done': { id: 7 } } });
  expect([run.status, run.output]).toEqual(['completed', 7]);
  const other = await testRun(flow, { answers: { 'job.done': { id: 8 } } });
  expect(other.error?.message).toContain('is passed over by the filter of');
});

test('a batch that is cancelled after it has passed over an event waits for nobody any more', async () => {
  const bench = new TimedBench();
  const jobs = workflow(start =>
    start.forEach(
      'jobs',
      [1, 2],
      (job, flow) => {
        flow.waitForEvent('job.done', undefined, { filter: ({ id }: Job) => id === job });
      },
      { concurrency: 2 },
    ),
  );
  const { run, id, done } = await bench.start(jobs);
  await expect.poll(() => openWaits(bench.db, id, 9)).toHaveLength(2);
  publish(bench, { id: 7 });
  expect(openWaits(bench.db, id, 9)).toEqual([]);
  await expect.poll(() => openWaits(bench.db, id, 9)).toHaveLength(2);
  run.batchCancels.ask(1, 'cancelled by hand');
  expect(await done).toMatchObject({ status: 'paused', reason: 'it waits for 1 event' });
  expect(openWaits(bench.db, id, 9)).toMatchObject([{ scope: 2 }]);
});
