import { expect, onTestFinished, test, vi } from 'vitest';
import { cancelText } from '../../cli/view/cancel.ts';
import { planCancel } from '../../engine/run/rerun/plan-cancel.ts';
import { cancelAtRest } from '../../engine/store/cancel.ts';
import { recordLoss } from '../../engine/store/runs.ts';
import { drawGraph } from '../../engine/workflow/graph.ts';
import { Gate, range } from '../support/outside.ts';
import { contentOf } from '../support/rerun-flows.ts';
import { Bench, workflow } from '../support/runs.ts';

/* What a cancel would end, told before it does it: the plan, and then what the cancel changes. */

/** The first of five rows fails, the second succeeds, and the next two hang. */
async function hanging() {
  vi.useFakeTimers({ toFake: ['setInterval'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const bench = new Bench();
  const gate = new Gate();
  const definition = workflow(flow =>
    flow.forEach(
      'rows',
      range(5),
      (row, inner) => {
        inner.step('send', () => {
          if (row === 0) throw new Error('no');
          return row === 1 ? row : gate.pass();
        });
      },
      { concurrency: 2, tolerateFailures: 1 },
    ),
  );
  const { id, owner, done } = await bench.start(definition);
  // It finds its run taken away from it.
  const ended = done.catch(() => undefined);
  await gate.reached(2);
  // A step that takes long is noted by the heartbeat.
  vi.advanceTimersByTime(2_000);
  await new Promise(resolve => setImmediate(() => setImmediate(resolve)));
  /** What the process, if it were gone, would no longer do. */
  const end = async () => {
    gate.open();
    await ended;
  };
  return { bench, definition, id, owner, end };
}

test('the plan of a cancel names the process, its steps, and the batches that end, and changes nothing', async () => {
  const { bench, definition, id, owner, end } = await hanging();
  const nodes = [{ path: 'rows', reused: 1, left: 1, continued: [2, 3], fromStart: 1, hasMore: false }];
  const before = contentOf(bench.db);
  const running = planCancel(bench.db, 1);
  expect(running).toEqual({
    process: { pid: process.pid, host: expect.any(String) },
    nodes,
    stops: [{ path: 'rows/send', attempts: 2 }],
    waits: [],
    parts: [],
  });
  expect(contentOf(bench.db)).toEqual(before);
  expect(cancelText({ ...running, process: { pid: 7, host: 'here' } }, drawGraph(definition)).split('\n')).toEqual([
    '  Ends: process 7 on here',
    '  Stops: rows/send (2 attempts)',
    '  Cancels: 2 items of rows that had begun (#2-3)',
    '  Cancels: 1 item of rows that had not begun',
    '  Keeps: 2 items of rows that had ended',
  ]);

  recordLoss(bench.db, id, owner, 'its process was killed', Date.now());
  const atRest = planCancel(bench.db, 1);
  expect(atRest).toEqual({ nodes, stops: [], waits: [], parts: [] });
  expect(cancelText(atRest, drawGraph(definition))).toContain('  Ends: no process, because none works on the run\n');
  await end();
  // A re-run has begun whose changes are not all written.
  bench.db.prepare(`insert into rerun_pages (run, page, session, changes) values (1, 1, 1, '{}')`).run();
  expect(() => planCancel(bench.db, 1)).toThrow('Run 1 was being prepared for a re-run when its process ended');
  bench.db.prepare('delete from rerun_pages').run();
  cancelAtRest(bench.db, 1, 'test', Date.now());
  expect(bench.db.prepare('select idx from batches where status = 4 order by idx').pluck().all()).toEqual([2, 3, 4]);
  expect(() => planCancel(bench.db, 1)).toThrow('Run 1 is cancelled already: there is nothing to cancel.');
});

test('a wait for a person ends with its run', async () => {
  const bench = new Bench();
  const definition = workflow(flow => flow.humanInTheLoop('boss', { title: 'The boss decides' }));
  await bench.run(definition);
  const report = planCancel(bench.db, 1);
  expect(report).toEqual({ nodes: [], stops: [], waits: [{ path: 'boss', steps: 1 }], parts: [] });
  expect(cancelText(report, drawGraph(definition))).toContain(
    '  Waits no longer for a person or an event: The boss decides',
  );
});
