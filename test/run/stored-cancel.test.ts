import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resumeRun } from '../../engine/run/execute.ts';
import { askToStop, stopAsked } from '../../engine/store/runs.ts';
import type { StopAs } from '../../common/status.ts';
import { Bench, workflow } from '../support/runs.ts';

/* A cancel that is stored wins, whatever else is asked of the run, and in whatever order. */

test('whatever is stored after a cancel, the cancel stays, with the reason of the last one', async () => {
  const bench = new Bench();
  const { run } = await bench.run(workflow(flow => flow.step('go', () => 1)));
  const asked = fc.array(fc.constantFrom<StopAs>('paused', 'cancelled', 'interrupted'), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(asked, order => {
      bench.db.prepare('delete from requests').run();
      const stored = order.map((stop, index) => askToStop(bench.db, run, stop, `${index}`));
      const cancel = order.lastIndexOf('cancelled');
      const last = cancel >= 0 ? cancel : order.length - 1;
      expect(stopAsked(bench.db, run)).toEqual({ stop: order[last], reason: `${last}` });
      const firstCancel = order.indexOf('cancelled');
      expect(stored).toEqual(order.map((stop, at) => stop === 'cancelled' || firstCancel < 0 || at < firstCancel));
    }),
  );
});

test.each(['paused', 'interrupted'] as const)('a run that was told to end as %s is cancelled', async as => {
  const bench = new Bench();
  let stop: () => void = () => undefined;
  const begun = await bench.start(
    workflow(flow =>
      flow.forEach(
        'each',
        [1, 2, 3],
        (item, inner) => {
          inner.step('go', () => {
            if (item === 2) stop();
            return item;
          });
        },
        { concurrency: 1 },
      ),
    ),
  );
  stop = () => {
    begun.run.stopping.request({ as, reason: 'lunch' });
    // Another process, which finds this one still at work.
    askToStop(bench.db, begun.id, 'cancelled', 'somebody has cancelled it');
  };
  expect(await begun.done).toMatchObject({
    status: 'cancelled',
    reason: 'somebody has cancelled it',
    batches: { succeeded: 2, cancelled: 1, waiting: 0 },
  });
  expect(bench.db.prepare('select status, reason from runs').get()).toEqual({
    status: 'cancelled',
    reason: 'somebody has cancelled it',
  });
  expect(stopAsked(bench.db, begun.id), 'nothing is left to be asked of the next owner').toBeUndefined();
});

test('a run whose process was killed before it heard of a cancel is cancelled by whoever takes it up', async () => {
  const bench = new Bench();
  const going = workflow(flow => flow.step('go', () => 1));
  const { run } = await bench.run(going);
  bench.db.prepare("update runs set status = 'running'").run();
  askToStop(bench.db, run, 'cancelled', 'somebody has cancelled it');
  await expect(resumeRun(bench.worker(going), run)).rejects.toThrow(`Run ${run} was cancelled.`);
  expect(bench.db.prepare('select status, reason from runs').get()).toEqual({
    status: 'cancelled',
    reason: 'somebody has cancelled it',
  });
});
