import { expect, test } from 'vitest';
import { storedStepCounts } from '../../engine/store/progress-queries.ts';
import { range } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

test('each step of each batch counts by its latest attempt only, whichever of them are on record', async () => {
  const bench = new Bench();
  const left = new Map(range(12).map(item => [item, item % 4]));
  const definition = () =>
    workflow(flow =>
      flow.forEach(
        'each',
        range(12),
        (item, inner) => {
          inner.step('first', async () => item);
          inner.step('second', async () => {
            const failures = left.get(item) ?? 0;
            left.set(item, failures - 1);
            if (failures > 0) throw new Error('not yet');
            return item;
          });
        },
        { tolerateFailures: 'all' },
      ),
    );
  const { run } = await bench.run(definition());
  const counts = () =>
    Object.fromEntries(
      storedStepCounts(bench.db, run).map(({ path, succeeded, failed }) => [path, `${succeeded} ${failed}`]),
    );
  expect(counts()).toMatchObject({ 'each/first': '12 0', 'each/second': '3 9' });
  await bench.rerun(definition(), run);
  expect(counts()).toMatchObject({ 'each/first': '12 0', 'each/second': '6 6' });
  await bench.rerun(definition(), run);
  expect(counts()).toMatchObject({ 'each/first': '12 0', 'each/second': '9 3' });
  // Of an attempt that was killed at once nothing may be on record.
  const unnoted = `delete from steps where attempt = 2 and exists
    (select 1 from steps s where s.run = steps.run and s.scope = steps.scope and s.node = steps.node and s.attempt = 3)`;
  // Of six items, and of the node itself.
  expect(bench.db.prepare(unnoted).run().changes).toBe(7);
  expect(counts()).toMatchObject({ 'each/first': '12 0', 'each/second': '9 3' });
});

test('a resume begins with the first batch that waits, and reads no other again', async () => {
  const bench = new Bench();
  const done: number[] = [];
  const definition = (stopAt: number, stop: () => void) =>
    workflow(flow =>
      flow.forEach('each', range(40), (item, inner) => {
        inner.step('do', async () => {
          done.push(item);
          if (item === stopAt) stop();
          return item;
        });
      }),
    );
  const started = await bench.start(
    definition(20, () => started.run.stopping.request({ as: 'interrupted', reason: 'test' })),
  );
  expect(await started.done).toMatchObject({ status: 'interrupted' });
  const before = done.splice(0);
  expect(
    await bench.resume(
      definition(-1, () => {}),
      started.id,
    ),
  ).toMatchObject({
    status: 'completed',
    batches: { total: 40, succeeded: 40 },
  });
  expect([...before, ...done].toSorted((a, b) => a - b)).toEqual(range(40));
});
