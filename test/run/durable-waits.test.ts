import { describe, expect, test } from 'vitest';
import { decided } from '../../engine/run/durable-waits/answers.ts';
import { answerWait, openWaits, publishEvent, runsToWake } from '../../engine/store/answer-wait.ts';
import { encode } from '../../engine/store/codec.ts';
import { requireRun } from '../../engine/store/runs.ts';
import { Interruption } from '../support/interruption.ts';
import { statusesOf } from '../support/recorded.ts';
import { Bench, workflow } from '../support/runs.ts';
import { TimedBench } from '../support/timed-bench.ts';

const approval = (approved: boolean, more: object = {}) => ({
  text: decided({ approved, by: 'ada', ...more }),
  by: 'ada',
  at: Date.now(),
});

function only(bench: Bench, run: number) {
  const waits = openWaits(bench.db, run, 10);
  const [wait] = waits;
  if (!wait || waits.length > 1) throw new Error(`${waits.length} waits are open`);
  return wait;
}

describe('humanInTheLoop', () => {
  test('rests: the run pauses itself, with no process, and says what for', async () => {
    const bench = new Bench();
    const summary = await bench.run(
      workflow(flow =>
        flow.step('load', () => ({ amount: 9000 })).humanInTheLoop({ description: 'Approve the transfer' }),
      ),
    );
    expect(summary).toMatchObject({ status: 'paused', reason: 'it waits for 1 approval' });
    expect(requireRun(bench.db, summary.run)).toMatchObject({ status: 'paused', rests: 1 });
    expect(only(bench, summary.run)).toMatchObject({
      kind: 'humanInTheLoop',
      description: 'Approve the transfer',
      payload: encode({ amount: 9000 }, 'payload'),
      until: null,
    });
  });

  test.each([
    ['approved', true],
    ['rejected', false],
  ])(
    '%s: the decision with its reason is ctx.last, and what had been done is not done again',
    async (status, approved) => {
      const bench = new Bench();
      let loads = 0;
      const tokens: string[] = [];
      const build = () =>
        workflow(flow =>
          flow
            .step('load', () => {
              loads += 1;
              return { amount: 9000 };
            })
            .humanInTheLoop('manager', {
              onPause: (ctx, token) => {
                expect(ctx.last).toEqual({ amount: 9000 });
                tokens.push(token);
              },
            })
            .step('end', ctx => [ctx.last, ctx.steps.manager.output.approved]),
        );
      const { run } = await bench.run(build());
      const { token } = only(bench, run);
      expect(tokens).toEqual([token]);
      answerWait(
        bench.db,
        { run, token },
        approval(approved, { reason: 'because', payload: { limit: 10, approved: !approved } }),
      );
      expect(runsToWake(bench.db, Date.now())).toEqual([run]);
      const { output } = await bench.resume(build(), run);
      expect(output).toEqual([
        { limit: 10, reason: 'because', by: 'ada', approved, status, timedOut: false },
        approved,
      ]);
      expect([loads, tokens.length]).toEqual([1, 1]);
      expect(statusesOf(bench, run, 'manager')).toEqual(['succeeded']);
      expect(runsToWake(bench.db, Date.now())).toEqual([]);
    },
  );

  test('resumed without an answer, it goes on waiting under the same token, and nobody is told again', async () => {
    const bench = new Bench();
    let told = 0;
    const build = () => workflow(flow => flow.humanInTheLoop({ onPause: () => void (told += 1) }));
    const { run } = await bench.run(build());
    const before = only(bench, run);
    expect(await bench.resume(build(), run)).toMatchObject({ status: 'paused' });
    expect(only(bench, run)).toEqual(before);
    expect(told).toBe(1);
  });

  test('told again, with the same token, where its process ended while it was telling', async () => {
    const bench = new Bench();
    const tokens: string[] = [];
    const interruption = new Interruption();
    const build = () =>
      workflow(flow =>
        flow.humanInTheLoop({
          onPause: (_ctx, token) => {
            tokens.push(token);
            interruption.here();
          },
        }),
      );
    const { run } = await interruption.run(bench, build());
    await bench.resume(build(), run);
    expect(tokens).toHaveLength(2);
    expect(new Set(tokens).size).toBe(1);
  });

  test('nobody decides in time: the run wakes with the timeout, and a decision that comes later is refused', async () => {
    const bench = new TimedBench();
    const seen: unknown[] = [];
    const build = () =>
      workflow(flow =>
        flow
          .humanInTheLoop({ timeout: '3d', onTimeout: ctx => void seen.push(ctx.payload) })
          .step('end', ctx => ctx.last),
      );
    const { run, status } = await bench.run(build(), { order: 7 });
    expect(status).toBe('paused');
    const { token, until, since } = only(bench, run);
    expect((until ?? 0) - since).toBe(3 * 24 * 3600_000);
    await bench.clock.advance(3 * 24 * 3600_000);
    expect(runsToWake(bench.db, bench.clock.now())).toEqual([run]);
    expect(() => answerWait(bench.db, { run, token }, { ...approval(true), at: bench.clock.now() })).toThrow(
      /too late/,
    );
    const { output } = await bench.resume(build(), run);
    expect(output).toEqual({ approved: false, status: 'timeout', timedOut: true });
    expect(seen).toEqual([{ order: 7 }]);
  });

  test('a wait that ends soon is waited for by the process', async () => {
    const bench = new TimedBench();
    const { status, output } = await bench.run(
      workflow(flow => flow.humanInTheLoop({ timeout: '30s' }).step('end', ctx => ctx.last.status)),
    );
    expect([status, output]).toEqual(['completed', 'timeout']);
  });

  test('is answered once, and not under another run', async () => {
    const bench = new Bench();
    const { run } = await bench.run(workflow(flow => flow.humanInTheLoop({})));
    const { token } = only(bench, run);
    expect(() => answerWait(bench.db, { run: run + 1, token }, approval(true))).toThrow(/belongs to run/);
    expect(() => answerWait(bench.db, { run, token: 'nothing' }, approval(true))).toThrow(
      /Nothing in this store waits/,
    );
    // The only one of the run needs no token.
    answerWait(bench.db, { run }, approval(true));
    expect(() => answerWait(bench.db, { run, token }, approval(false))).toThrow(/answered before by ada/);
  });

  test('in batches: all wait together, others go on, and each batch gets its own answer', async () => {
    const bench = new Bench();
    const build = () =>
      workflow(flow =>
        flow.forEach(
          'order',
          [1, 2, 3, 4],
          (order, each) => {
            each
              .if('large', () => order > 2)
              .humanInTheLoop('manager', { payload: () => ({ order }) })
              .endIf()
              .step('ship', ctx => [order, ctx.steps.manager?.output.approved ?? 'at once']);
          },
          { concurrency: 4 },
        ),
      );
    const { run, status, items } = await bench.run(build());
    expect([status, items.succeeded, items.waiting]).toEqual(['paused', 2, 2]);
    const waits = openWaits(bench.db, run, 10);
    expect(waits.map(({ payload }) => payload)).toEqual([3, 4].map(order => encode({ order }, 'payload')));
    expect(() => answerWait(bench.db, { run }, approval(true))).toThrow(/more than one approval/);
    answerWait(bench.db, { token: waits[1]?.token }, approval(false));
    expect(await bench.resume(build(), run)).toMatchObject({ status: 'paused', reason: 'it waits for 1 approval' });
    answerWait(bench.db, { run }, approval(true));
    const summary = await bench.resume(build(), run);
    expect(summary).toMatchObject({ status: 'completed', items: { succeeded: 4 } });
    const outputs = bench.db
      .prepare(`select output from steps s join nodes n using (run, node) where n.path = 'order/ship' order by scope`)
      .pluck()
      .all();
    expect(outputs).toEqual(
      [
        [1, 'at once'],
        [2, 'at once'],
        [3, true],
        [4, false],
      ].map(value => encode(value, '')),
    );
  });

  test('answered while the process works on something else: it takes the answer itself', async () => {
    const bench = new Bench();
    const gate = Promise.withResolvers<void>();
    const inProgress = await bench.start(
      workflow(flow =>
        flow.forEach(
          'part',
          ['a', 'b'],
          (part, each) => {
            if (part === 'a') each.humanInTheLoop({}).step('answered', ctx => (gate.resolve(), ctx.last.approved));
            else each.step('works', () => gate.promise.then(() => 'worked'));
          },
          { concurrency: 2 },
        ),
      ),
    );
    await expect.poll(() => openWaits(bench.db, inProgress.id, 10).length).toBe(1);
    answerWait(bench.db, { run: inProgress.id }, approval(true));
    expect(await inProgress.done).toMatchObject({ status: 'completed', items: { succeeded: 2 } });
  });

  test('of a run that was cancelled nothing waits', async () => {
    const bench = new Bench();
    const { run } = await bench.run(workflow(flow => flow.humanInTheLoop({})));
    const { token } = only(bench, run);
    bench.db.prepare(`update runs set status = 'cancelled' where id = ?`).run(run);
    expect(openWaits(bench.db, run, 10)).toEqual([]);
    expect(() => answerWait(bench.db, { run, token }, approval(true))).toThrow(/has ended/);
  });

  test('an onPause that fails fails the step, and nobody can answer it', async () => {
    const bench = new Bench();
    const build = () =>
      workflow(flow =>
        flow.humanInTheLoop({
          onPause: () => {
            throw new Error('no mail');
          },
        }),
      );
    const { run, status, error } = await bench.run(build());
    expect([status, error?.message]).toEqual(['failed', 'no mail']);
    expect(openWaits(bench.db, run, 10)).toEqual([]);
  });
});

describe('waitForEvent', () => {
  const build = () => workflow(flow => flow.waitForEvent('payment.confirmed', '1h').step('end', ctx => ctx.last));
  const published = (bench: Bench, name: string, payload: unknown) =>
    publishEvent(bench.db, { name, payload: encode(payload, ''), by: 'ada', at: Date.now() });

  test('goes on with what was published, and only for an event of its name', async () => {
    const bench = new Bench();
    const { run, reason } = await bench.run(build());
    expect(reason).toBe('it waits for 1 event');
    expect(published(bench, 'payment.refused', 1)).toEqual([]);
    expect(() => answerWait(bench.db, { run, token: only(bench, run).token }, approval(true))).toThrow(
      /waits for the event/,
    );
    expect(published(bench, 'payment.confirmed', { amount: 5 })).toEqual([run]);
    expect((await bench.resume(build(), run)).output).toEqual({ amount: 5 });
  });

  test('an event that was published before it waited is not what it waits for', async () => {
    const bench = new Bench();
    published(bench, 'payment.confirmed', 1);
    expect(await bench.run(build())).toMatchObject({ status: 'paused' });
  });

  test('gives up after its timeout', async () => {
    const bench = new TimedBench();
    const { run } = await bench.run(build());
    await bench.clock.advance(3600_000);
    expect((await bench.resume(build(), run)).output).toMatchObject({ status: 'timeout', timedOut: true });
  });
});
