import { expect, onTestFinished, test, vi } from 'vitest';
import { resumeText } from '../../cli/view/resume.ts';
import type { NodeAnswers } from '../../engine/run/changed-nodes/answers.ts';
import { decided } from '../../engine/run/durable-waits/answers.ts';
import { rerunRun } from '../../engine/run/execute.ts';
import { planResume } from '../../engine/run/rerun/plan-resume.ts';
import { answerWait } from '../../engine/store/answer-wait.ts';
import { parseStoredGraph } from '../../engine/store/parse-stored.ts';
import { recordLoss, requireRun } from '../../engine/store/runs.ts';
import { drawGraph } from '../../engine/workflow/graph.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';
import { Gate, range, World } from '../support/outside.ts';
import { contentOf } from '../support/rerun-flows.ts';
import { Bench, workflow } from '../support/runs.ts';

/* What a resume would do, told before it does it: the plan, and then what the resume executes. */

const interrupted = { as: 'interrupted', reason: 'test' } as const;

/** For a run whose process is taken away from it. */
function fakeHeartbeat(): void {
  vi.useFakeTimers({ toFake: ['setInterval'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
}

/** A step that takes long is noted by the heartbeat. */
async function heartbeat(): Promise<void> {
  vi.advanceTimersByTime(2_000);
  await new Promise(resolve => setImmediate(() => setImmediate(resolve)));
}

function plan(bench: Bench, definition: Definition, answers: NodeAnswers = {}) {
  const before = parseStoredGraph(requireRun(bench.db, 1).graph);
  return planResume(bench.db, 1, answers, { before, now: drawGraph(definition) });
}

/** The second of six rows fails, and the next two hang in their second step, one of them in an effect. */
function rows(world: World, gate: Gate, name = 'rows'): Definition {
  return workflow(flow =>
    flow
      .step('load', () => range(6))
      .forEach(
        name,
        ctx => ctx.steps.load.output as number[],
        (row, inner) => {
          inner
            .step('check', () => {
              world.act(`check ${row}`);
            })
            .step('send', async ctx => {
              await ctx.effect(`announce ${row}`, () => 'A', { unit: ['mail', 'mails'] });
              world.act(`send ${row}`);
              if (row === 2)
                await ctx.effect(`mail ${row}`, () => gate.pass().then(() => 'R'), {
                  unit: ['mail', 'mails'],
                  verify: () => 'sent',
                });
              if (row === 3) await gate.pass();
            });
        },
        { concurrency: 2, tolerateFailures: 1 },
      )
      .step('report', () => world.act('report')),
  );
}

/** Its process is killed while two rows are in flight. */
async function killed() {
  fakeHeartbeat();
  const bench = new Bench();
  const world = new World('check 1');
  const gate = new Gate();
  const definition = rows(world, gate);
  const { id, owner, done } = await bench.start(definition);
  // It finds its run taken away from it.
  const ended = done.catch(() => undefined);
  await gate.reached(2);
  await heartbeat();
  return { bench, world, gate, definition, id, owner, ended };
}

test('the plan of a killed run says what is kept, what goes on, what is executed again and what has not begun', async () => {
  const { bench, world, gate, definition, id, owner, ended } = await killed();
  const expected = {
    nodes: [{ path: 'rows', reused: 1, left: 1, continued: [2, 3], fromStart: 2, hasMore: false }],
    reused: { steps: 1, stepsInside: 2 },
    again: [{ path: 'rows/send', attempts: 2 }],
    later: ['report'],
    effects: [{ path: 'rows/send', unit: ['mail', 'mails'], done: 2, unknown: 1 }],
    waits: [],
    discarded: [],
    takenBack: [],
    notTakenBack: [],
  };
  // Of a process that is gone without a word, and with its end on record.
  const before = contentOf(bench.db);
  expect(plan(bench, definition)).toEqual(expected);
  expect(contentOf(bench.db)).toEqual(before);
  recordLoss(bench.db, id, owner, 'its process was killed', Date.now());
  bench.db.prepare('delete from tallies').run();
  const report = plan(bench, definition);
  expect(report).toEqual(expected);
  expect(resumeText(report, drawGraph(definition), false).split('\n')).toEqual([
    '  Goes on with: 2 items of rows that had begun (#2-3)',
    '  Begins at the first step: 2 items of rows',
    '  Leaves to a re-run: 1 item of rows that had failed or been cancelled',
    '  Reuses: 1 item of rows that succeeded, 1 step outside of batches, 2 steps inside the batches it goes on with',
    '  Executes again, because they had not ended: rows/send (2 attempts)',
    '  Then begins: report',
    '  Effects of rows/send: 2 mails already done are skipped, 1 is unknown',
    '  Code: unchanged',
  ]);
  gate.open();
  await ended;

  world.entries.length = 0;
  expect(await bench.resume(definition, 1)).toMatchObject({ items: { succeeded: 5, failed: 1 } });
  expect(world.entries.toSorted()).toEqual(
    ['send 2', 'send 3', 'check 4', 'send 4', 'check 5', 'send 5', 'report'].toSorted(),
  );
});

test('a run whose items have not been read to their end reads on', async () => {
  const bench = new Bench();
  const definition = workflow(flow =>
    flow.batch(
      'rows',
      {
        items: async function* () {
          yield* range(4);
          run.stopping.requestNow(interrupted);
          await new Promise(resolve => setTimeout(resolve, 20));
          yield* range(4);
        },
        size: 2,
      },
      (_, inner) => inner.step('send', () => 1),
    ),
  );
  const { run, done } = await bench.start(definition);
  await done;
  const report = plan(bench, definition);
  expect(report.nodes).toMatchObject([{ path: 'rows', hasMore: true }]);
  expect(resumeText(report, drawGraph(definition), false)).toContain(
    '  Reads on: the items of rows that it had not come to\n',
  );
});

test('of a batch that a re-run has reopened, what was kept says whether it goes on or begins', async () => {
  const bench = new Bench();
  const world = new World('send 1');
  const definition = workflow(flow =>
    flow.forEach('rows', range(3), (row, inner) => {
      inner.step('check', () => world.act(`check ${row}`)).step('send', () => world.act(`send ${row}`));
    }),
  );
  await bench.run(definition);
  for (const [fromStart, expected] of [
    [false, { reused: 2, continued: [1], fromStart: 0 }],
    [true, { reused: 2, continued: [], fromStart: 1 }],
  ] as const) {
    const { run, done } = await rerunRun(bench.worker(definition), 1, { batches: [1], fromStart });
    run.stopping.requestNow(interrupted);
    await done;
    expect(plan(bench, definition).nodes).toMatchObject([expected]);
  }
});

test('batches inside batches go on with them', async () => {
  fakeHeartbeat();
  const bench = new Bench();
  const gate = new Gate();
  const definition = workflow(flow =>
    flow.forEach('outer', range(2), (outer, middle) => {
      middle.forEach('inner', range(3), (row, inner) => {
        inner.step('send', ctx => ctx.effect(`${outer} ${row}`, () => (row === 1 ? gate.pass() : undefined)));
      });
    }),
  );
  const { id, owner, done } = await bench.start(definition);
  const ended = done.catch(() => undefined);
  await gate.reached();
  await heartbeat();
  recordLoss(bench.db, id, owner, 'its process was killed', Date.now());
  expect(plan(bench, definition)).toMatchObject({
    nodes: [{ path: 'outer', reused: 0, continued: [0], fromStart: 1 }],
    again: [{ path: 'outer/inner/send', attempts: 1 }],
    effects: [{ path: 'outer/inner/send', done: 0, unknown: 1 }],
  });
  gate.open();
  await ended;
});

test('a run that waits for a person says so, and no longer when it has the answer', async () => {
  const bench = new Bench();
  const definition = workflow(flow => flow.humanInTheLoop('boss', { title: 'The boss decides' }).step('pay', () => 1));
  await bench.run(definition);
  const waiting = plan(bench, definition);
  expect(waiting).toMatchObject({ again: [], later: ['pay'], waits: [{ path: 'boss', steps: 1 }] });
  expect(resumeText(waiting, drawGraph(definition), true)).toBe(
    ['  Then begins: pay', '  Waits for a person or an event: The boss decides', '  Code: changed since the run'].join(
      '\n',
    ),
  );
  const text = decided({ approved: true, reason: undefined, by: 'me', payload: undefined });
  answerWait(bench.db, { run: 1, token: undefined }, { text, by: 'me', at: Date.now() });
  expect(plan(bench, definition)).toMatchObject({ later: ['pay'], waits: [] });
});

test('work of a node that is gone is refused as by the resume, until it has a new name or is taken out of use', async () => {
  const { bench, world, gate, id, owner, ended } = await killed();
  recordLoss(bench.db, id, owner, 'its process was killed', Date.now());
  gate.open();
  await ended;
  const renamed = rows(world, gate, 'lines');
  expect(() => plan(bench, renamed)).toThrow('Run 1 cannot continue with the file as it is now');
  expect(plan(bench, renamed, { renamed: [{ from: 'rows', to: 'lines' }] })).toMatchObject({
    nodes: [{ path: 'lines', reused: 1, continued: [2, 3], fromStart: 2 }],
    again: [{ path: 'lines/send', attempts: 2 }],
    later: ['report'],
  });
  const discarded = plan(bench, renamed, { discard: ['rows'] });
  expect(discarded).toMatchObject({ again: [], later: ['lines', 'report'], discarded: ['rows'], effects: [] });
  expect(resumeText(discarded, drawGraph(renamed), false)).toContain('  Takes out of use: all work of rows\n');
  expect(discarded.nodes.filter(({ continued, fromStart }) => continued.length + fromStart > 0)).toEqual([]);
});

test('a run that the resume would refuse has no plan, and the same words for it', async () => {
  const bench = new Bench();
  const definition = workflow(flow => flow.step('fails', () => Promise.reject(new Error('no'))));
  await bench.run(definition);
  expect(() => plan(bench, definition)).toThrow('Run 1 has failed, it was not interrupted.');
  bench.db.prepare(`update runs set status = 'interrupted'`).run();
  bench.db.prepare(`insert into requests (run, stop, reason) values (1, 'cancelled', 'test')`).run();
  expect(() => plan(bench, definition)).toThrow('so a resume cannot be planned yet. To finish that: cronflow cancel 1');
});
