import { expect, test } from 'vitest';
import { cronflow } from '../../engine/index.ts';
import { Interruption } from '../support/interruption.ts';
import { workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';
import { WorkerBench } from '../support/worker-bench.ts';
import { readShared, sharedLines, writeShared } from '../../engine/store/shared-state.ts';
import { decode } from '../../engine/store/codec.ts';
import { testRun } from '../../engine/testing/index.ts';

/* The state that runs of a store share, as steps use it: committed with their checkpoints, by whichever process executes them. */

const valuesOf = ({ db }: Pick<TimedBench, 'db'>) =>
  sharedLines(db, 0).map(({ workflow: of, key, value, run }) => [of, key, decode(value), run]);

test('what one run sets is there for the next one, of another workflow, too', async () => {
  const bench = new TimedBench();
  const producer = workflow(flow =>
    flow.step('produce', async ctx => {
      await cronflow.setGlobalState('shared.data', { value: 7 });
      await cronflow.setWorkflowState(ctx.workflow_id, 'own', 'mine');
      return [await cronflow.getGlobalState('shared.data'), await cronflow.getWorkflowState('another', 'own')];
    }),
  );
  expect((await bench.run(producer)).output).toEqual([{ value: 7 }, null]);
  const consumer = workflow(
    flow =>
      flow.step('consume', async ctx => [
        await cronflow.getGlobalState('shared.data'),
        await cronflow.getWorkflowState(ctx.workflow_id, 'own', 'none'),
        await cronflow.getWorkflowState('test', 'own'),
      ]),
    { id: 'consumer' },
  );
  expect((await bench.run(consumer)).output).toEqual([{ value: 7 }, 'none', 'mine']);
  expect(valuesOf(bench)).toEqual([
    ['', 'shared.data', { value: 7 }, 1],
    ['test', 'own', 'mine', 1],
  ]);
});

test('a step reads what it has written itself, in whatever order', async () => {
  const bench = new TimedBench();
  const { output } = await bench.run(
    workflow(flow =>
      flow.step('a', async () => {
        const seen = [await cronflow.incrGlobalState('n', 2), await cronflow.incrGlobalState('n')];
        seen.push(await cronflow.getGlobalState('n'));
        await cronflow.setGlobalState('n', 10);
        seen.push(await cronflow.incrGlobalState('n', 5));
        const deleted = [await cronflow.deleteGlobalState('n'), await cronflow.deleteGlobalState('n')];
        return [seen, deleted, await cronflow.incrGlobalState('n', 4)];
      }),
    ),
  );
  expect(output).toEqual([[2, 3, 3, 15], [true, false], 4]);
  expect(valuesOf(bench)).toEqual([['', 'n', 4, 1]]);
});

test('a step that throws has changed nothing: with its retry it counts once', async () => {
  const bench = new TimedBench();
  let calls = 0;
  await bench.run(
    workflow(flow =>
      flow
        .step('count', async () => {
          calls += 1;
          await cronflow.incrGlobalState('n');
          if (calls < 3) throw new Error('not yet');
        })
        .retry({ attempts: 3 }),
    ),
  );
  expect([calls, valuesOf(bench)]).toEqual([3, [['', 'n', 1, 1]]]);
});

test('a step that was interrupted and is executed again counts once', async () => {
  const bench = new TimedBench();
  const interruption = new Interruption();
  const build = () =>
    workflow(flow =>
      flow.step('count', async () => {
        await cronflow.incrGlobalState('n');
        interruption.here();
      }),
    );
  const { run } = await bench.clock.settle(interruption.run(bench, build()));
  await bench.resume(build(), run);
  expect(valuesOf(bench)).toEqual([['', 'n', 1, run]]);
});

test('all batches count, also where they run at the same time and in workers', async () => {
  const bench = new WorkerBench();
  const items = Array.from({ length: 40 }, (_, index) => index);
  await bench.run(
    workflow(flow =>
      flow.batch('count', { items, size: 1, concurrency: 8, workers: 2 }, (_, body) => {
        body.step('add', async () => {
          await cronflow.incrGlobalState('n');
          return await cronflow.getGlobalState('n');
        });
      }),
    ),
  );
  expect(valuesOf(bench)).toEqual([['', 'n', 40, 1]]);
});

test('a value is there for its ttl; what is added to it does not make it stay longer', async () => {
  const bench = new TimedBench();
  const { output } = await bench.run(
    workflow(flow =>
      flow
        .step('set', () => cronflow.setGlobalState('n', 1, { ttl: '1h' }))
        .sleep('30m')
        .step('add', () => cronflow.incrGlobalState('n'))
        .sleep('29m')
        .step('before', () => cronflow.getGlobalState('n'))
        .sleep('2m')
        .step('after', async ctx => [ctx.steps.before.output, await cronflow.getGlobalState('n', 'gone')]),
    ),
  );
  expect(output).toEqual([2, 'gone']);
});

test('an addition to what is no number is an error of the step, and never one of the run', async () => {
  const bench = new TimedBench();
  const { error } = await bench.run(
    workflow(flow =>
      flow.step('a', async () => {
        await cronflow.setGlobalState('n', 'many');
        await cronflow.incrGlobalState('n');
      }),
    ),
  );
  expect(error?.message).toBe('The state "n" is "many": only to a number can something be added.');
  // Another run has made a text of it between the step's look and its checkpoint.
  const { status } = await bench.run(
    workflow(flow =>
      flow.step('a', async () => {
        await cronflow.incrGlobalState('n');
        writeShared(bench.db, { op: 'set', workflow: '', key: 'n', at: 0, value: '"text"', expiresAt: null }, null);
      }),
    ),
  );
  expect([status, readShared(bench.db, '', 'n', 0)]).toEqual(['completed', '"text"']);
});

test('a change that comes after the end of its step is refused', async () => {
  const bench = new TimedBench();
  let late: Promise<void> = Promise.resolve();
  await bench.run(
    workflow(flow =>
      flow.step('a', () => {
        late = new Promise<void>(resolve => setImmediate(resolve)).then(() => cronflow.setGlobalState('n', 1));
        late.catch(() => undefined);
      }),
    ),
  );
  await expect(late).rejects.toThrow('The state "n" was to be changed too late: its step has ended.');
});

test('each test of a workflow has a global state of its own, also over its re-runs', async () => {
  const counting = cronflow
    .define({ id: 'counting' })
    .step('count', async () => await cronflow.incrGlobalState('n'))
    .batch('all', { items: [1], size: 1 }, (_, flow) => {
      flow.step('count again', async ctx => {
        const n = await cronflow.incrGlobalState('n');
        if (n < 7) throw new Error(`${n} is too few`);
        return ctx.last;
      });
    });
  const options = { globalState: { n: 5 }, failures: { 'count again': [new Error('once')] } };
  const runs = [await testRun(counting, options), await testRun(counting, options)];
  expect(runs.map(({ status }) => status)).toEqual(['failed', 'failed']);
  const again = await Promise.all(runs.map(run => run.rerun()));
  expect(again.map(({ status, error }) => [status, error?.message])).toEqual([
    ['completed', undefined],
    ['completed', undefined],
  ]);
});
