import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { recordLostRun } from '../../engine/runner/lost-run.ts';
import { cancelAtRest } from '../../engine/store/cancel.ts';
import { recordLoss } from '../../engine/store/runs.ts';
import { Gate } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

/* A step that hangs until its process is killed: whoever looks at the run later wants to know which one. */

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
});

async function hanging(concurrency: number) {
  const bench = new Bench();
  const gate = new Gate();
  const run = await bench.start(
    workflow(flow =>
      flow.forEach(
        'rows',
        [0, 1, 2, 3, 4, 5],
        (row, scope) => scope.step('send', () => (row === 0 ? row : gate.pass())),
        {
          concurrency,
        },
      ),
    ),
  );
  // It finds its run taken away from it.
  const ended = run.done.catch(() => undefined);
  await gate.reached(concurrency);
  // A step that takes long is noted by the heartbeat.
  vi.advanceTimersByTime(2_000);
  await new Promise(resolve => setImmediate(() => setImmediate(resolve)));
  const reason = () => bench.db.prepare('select reason from runs').pluck().get();
  /** What the process, if it were gone, would no longer do. */
  const end = async () => {
    gate.open();
    await ended;
  };
  return { bench, run, reason, end };
}

test('the reason of a killed run names the step and its batch', async () => {
  const { bench, run, reason, end } = await hanging(1);
  recordLoss(bench.db, run.id, run.owner, 'its process was killed', Date.now());
  expect(reason()).toBe('its process was killed; step "rows/send" (batch #1) was running');
  await end();
});

test('so does that of a run that was cancelled, and whose process had to be ended for it', async () => {
  const { bench, run, reason, end } = await hanging(1);
  const stop = { as: 'cancelled', reason: 'it was cancelled' } as const;
  recordLostRun(bench.db, run.id, { reason: 'a step did not stop in time', owner: run.owner, stop }, Date.now());
  expect(reason()).toBe('it was cancelled, and a step did not stop in time; step "rows/send" (batch #1) was running');
  await end();
});

test('of many steps some are named, and the others counted', async () => {
  const { bench, run, reason, end } = await hanging(5);
  bench.db.prepare('delete from leases').run();
  cancelAtRest(bench.db, run.id, 'it was cancelled', Date.now());
  expect(reason()).toBe(
    'it was cancelled; steps "rows/send" (batch #1), "rows/send" (batch #2), "rows/send" (batch #3) and 2 more were running',
  );
  await end();
});
