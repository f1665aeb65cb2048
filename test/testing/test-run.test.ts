import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { cronflow } from '../../engine/index.ts';
import { testRun } from '../../engine/testing/index.ts';

/* A workflow in a test: its time is simulated, its steps are replaced or fail, its effects are recorded. */

const HOUR = 3_600_000;
const charged: number[] = [];

const orders = cronflow
  .define<{ day: string }>({ id: 'orders', name: 'Charge the orders' })
  .step('fetch', async (): Promise<number[]> => {
    throw new Error('there is no such server here');
  })
  .batch('charge', { items: ctx => ctx.steps.fetch.output, size: 2, concurrency: 2 }, (batch, flow) => {
    flow
      .step('pay', async ctx => {
        charged.push(...batch);
        return await ctx.effect(`pay ${batch.join()}`, () => fetch('https://bank.test'), { params: { cents: batch } });
      })
      .retry({ attempts: 3, backoff: { strategy: 'exponential', delay: '1h' } })
      .timeout('30s')
      .step('book', ctx => ({ booked: batch.length, receipt: ctx.last }));
  })
  .sleep('2d')
  .step('report', ctx => `${ctx.payload.day}: ${ctx.steps.charge.output.items.succeeded}`);

const steps = { fetch: () => [1, 2, 3] };

test('replaced steps give what the others need, and effects are recorded, not executed', async () => {
  const run = await testRun(orders, { payload: { day: 'Monday' }, steps, receipts: { 'pay 1,2': { id: 'r1' } } });
  expect(run).toMatchObject({ status: 'completed', output: 'Monday: 3', items: { total: 3, succeeded: 3 } });
  expect(run.effects).toEqual([
    { key: 'pay 1,2', step: 'charge/pay', status: 'done', params: { cents: [1, 2] }, receipt: { id: 'r1' } },
    { key: 'pay 3', step: 'charge/pay', status: 'done', params: { cents: [3] }, receipt: undefined },
  ]);
  expect(run.batchesOf('charge')).toEqual([
    { index: 0, status: 'succeeded', items: [1, 2], output: { booked: 2, receipt: { id: 'r1' } }, attempts: 1 },
    { index: 1, status: 'succeeded', items: [3], output: { booked: 1 }, attempts: 1 },
  ]);
});

describe('time is simulated', () => {
  test('what is waited for counts, and takes no time', async () => {
    const before = performance.now();
    const run = await testRun(orders, { steps, failures: { pay: [new Error('503'), new Error('503')] } });
    expect(run.status).toBe('completed');
    // Both first attempts fail, and their second ones come after an hour.
    expect(
      run.attemptsOf('pay').map(({ batch, attempt, status, startedAfter }) => [batch, attempt, status, startedAfter]),
    ).toEqual(
      expect.arrayContaining([
        [0, 1, 'failed', 0],
        [1, 1, 'failed', 0],
        [0, 2, 'succeeded', HOUR],
        [1, 2, 'succeeded', HOUR],
      ]),
    );
    expect(run.durationMs).toBe(HOUR + 48 * HOUR);
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  test('a step that never ends is ended by its timeout', async () => {
    const run = await testRun(orders, { steps: { ...steps, pay: (_ctx, _original, time) => time.never() } });
    expect(run.status).toBe('failed');
    expect(run.batchesOf('charge')).toMatchObject([
      { status: 'failed', error: { message: '"charge/pay" took longer than its timeout of 30000 ms' } },
      { status: 'failed' },
    ]);
    expect(run.durationMs).toBe(3 * 30_000 + HOUR + 2 * HOUR);
  });

  test('one that nothing ends is told, and not waited for', async () => {
    const run = await testRun(orders, { steps: { fetch: (_ctx, _original, time) => time.never() } });
    expect(run).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('something that never comes') },
    });
  });

  test('a step takes the time that the test says', async () => {
    const slow = cronflow
      .define({ id: 'slow' })
      .batch('each', { items: [1, 2, 3, 4], size: 1, concurrency: 2 }, (items, flow) => {
        flow.step('work', () => items);
      });
    const run = await testRun(slow, {
      steps: { work: (_ctx, original, time) => time.pass('10m').then(original) },
      startAt: '2026-03-01T08:00:00Z',
    });
    expect(run.durationMs).toBe(20 * 60_000);
    expect(run.attemptsOf('work').map(({ startedAfter }) => startedAfter / 60_000)).toEqual([0, 0, 10, 10]);
  });

  test('real work is waited for before time goes on', async () => {
    const mixed = cronflow
      .define({ id: 'mixed' })
      .parallel({
        real: () => new Promise(resolve => setTimeout(() => resolve('real'), 30)),
        retried: () => 'again',
      })
      .retry({ attempts: 2, backoff: { delay: '1d' } });
    const run = await testRun(mixed, { failures: { retried: [new Error('once')] } });
    expect(run.output).toEqual({ real: 'real', retried: 'again' });
    const [real] = run.attemptsOf('real');
    expect(real).toMatchObject({ status: 'succeeded', startedAfter: 0 });
  });
});

describe('failures are injected', () => {
  test('in one batch, by its items; a re-run goes on without them', async () => {
    charged.length = 0;
    const run = await testRun(orders, {
      steps,
      failures: {
        pay: ({ items, batch }) => (items?.includes(3) && batch?.index === 1 ? new Error('declined') : undefined),
      },
    });
    expect(run).toMatchObject({ status: 'failed', batches: { succeeded: 1, failed: 1 } });
    expect(run.batchesOf('charge')[1]).toMatchObject({ status: 'failed', items: [3], error: { message: 'declined' } });
    expect(run.attemptsOf('pay').filter(({ status }) => status === 'failed')).toHaveLength(3);
    const again = await run.rerun({ steps });
    expect(again).toMatchObject({ status: 'completed', batches: { succeeded: 2, failed: 0 } });
    expect(again.batchesOf('charge')[1]).toMatchObject({ status: 'succeeded', attempts: 2 });
    // The other batch was not charged again.
    expect(charged).toEqual([1, 2, 3]);
    expect(again.effects.map(({ key }) => key)).toEqual(['pay 1,2', 'pay 3']);
  });

  test('an effect that fails', async () => {
    const run = await testRun(orders, {
      steps,
      receipts: ({ key }) => {
        if (key === 'pay 3') throw new Error('the bank is closed');
        return 'ok';
      },
    });
    expect(run.status).toBe('failed');
    expect(run.effects).toMatchObject([
      { status: 'done', receipt: 'ok' },
      { key: 'pay 3', status: 'failed' },
    ]);
  });

  test('always', async () => {
    const run = await testRun(orders, { failures: { fetch: new RangeError('offline') } });
    expect(run).toMatchObject({ status: 'failed', error: { name: 'RangeError', message: 'offline' } });
  });
});

test('items are replaced, also those of a stream', async () => {
  const stream = cronflow.define({ id: 'stream' }).batch(
    'rows',
    {
      size: 2,
      items: async function* () {
        yield* [1];
        throw new Error('no file here');
      },
    },
    (rows, flow) => {
      flow.step('count', () => rows.length);
    },
  );
  expect((await testRun(stream, { items: { rows: [1, 2, 3] } })).batchesOf('rows')).toMatchObject([
    { items: [1, 2], output: 2 },
    { items: [3], output: 1 },
  ]);
  const streamed = async function* () {
    for (let row = 0; row < 5; row++) {
      await new Promise(resolve => setTimeout(resolve, 1));
      yield row;
    }
  };
  expect((await testRun(stream, { items: { rows: streamed } })).items).toMatchObject({ total: 5, succeeded: 5 });
});

test('the step itself can be called by what takes its place', async () => {
  const plain = cronflow.define<{ n: number }>({ id: 'plain' }).step('double', ctx => ctx.payload.n * 2);
  const run = await testRun(plain, {
    payload: { n: 4 },
    steps: { double: (_ctx, original) => Number(original()) + 1 },
  });
  expect(run.output).toBe(9);
});

test('hooks, logs and state are those of a run', async () => {
  const ended: string[] = [];
  const logged = cronflow
    .define({ id: 'logged', hooks: { onSuccess: ({ status }) => void ended.push(status) } })
    .log('begins', 'warn')
    .step('count', ctx => ctx.state.incr('seen', 2));
  const run = await testRun(logged);
  expect(run.logs).toMatchObject([{ level: 'warn', text: 'begins' }]);
  expect(run.state).toEqual({ seen: 2 });
  expect(ended).toEqual(['completed']);
});

describe('people and events are waited for', () => {
  const approval = cronflow
    .define({ id: 'approval' })
    .humanInTheLoop('manager', { timeout: '3d', description: 'May it go out?' })
    .if('approved', ctx => ctx.last.approved)
    .waitForEvent('payment.confirmed', '1h')
    .step('paid', ctx => ctx.last)
    .endIf()
    .step('end', ctx => ctx.last);

  test('with the answers that the test gives', async () => {
    const run = await testRun(approval, {
      answers: { manager: { approved: true, limit: 5 }, 'payment.confirmed': { cents: 7 } },
    });
    expect(run).toMatchObject({ status: 'completed', output: { cents: 7 } });
    expect(run.attemptsOf('manager')).toMatchObject([
      { output: { approved: true, status: 'approved', limit: 5, by: 'test', timedOut: false } },
    ]);
    expect((await testRun(approval, { answers: { manager: { approved: false, reason: 'no' } } })).output).toMatchObject(
      {
        approved: false,
        reason: 'no',
      },
    );
  });

  test('for as long as they may take, where nobody answers in time', async () => {
    const run = await testRun(approval, { answers: { manager: 'timeout' } });
    expect(run).toMatchObject({ status: 'completed', output: { approved: false, timedOut: true } });
    expect(run.durationMs).toBe(72 * HOUR);
  });

  test('without an answer the run pauses there', async () => {
    expect(await testRun(approval)).toMatchObject({ status: 'paused', reason: 'it waits for 1 approval' });
  });

  test('an answer that is none is refused', async () => {
    await expect(testRun(approval, { answers: { manger: { approved: true } } })).rejects.toThrow(
      'Did you mean "manager"?',
    );
    const run = await testRun(approval, { answers: { manager: {} } });
    expect(run.error?.message).toContain(
      `"manager" is answered with { approved: true }, { approved: false } or 'timeout'.`,
    );
  });
});

test('what the test has wrong is told with what it may have meant', async () => {
  await expect(testRun(orders, { steps: { fech: () => [] } })).rejects.toThrow(
    'steps: workflow "orders" has no such node: "fech". Did you mean "fetch"?',
  );
  await expect(testRun(orders, { failures: { charge: new Error('x') } })).rejects.toThrow(
    'failures: workflow "orders" has no such node: "charge".',
  );
  await expect(testRun(orders, { items: { pay: [] } })).rejects.toThrow(
    'items: workflow "orders" has no such node: "pay". It has "charge".',
  );
  await expect(testRun({} as never)).rejects.toThrow('This is no workflow');
  await expect(testRun(orders, { startAt: 'soon' })).rejects.toThrow(`startAt is "soon".`);
  const strict = cronflow
    .define({ id: 'strict', payload: z.object({ n: z.number() }) })
    .step('n', ctx => ctx.payload.n);
  await expect(testRun(strict, { payload: { n: 'x' } })).rejects.toThrow('payload.n:');
  const run = await testRun(orders, { steps });
  expect(() => run.batchesOf('chagre')).toThrow('The workflow has no node "chagre". Did you mean "charge"?');
});

test('a hundred runs take a second of the processor', async () => {
  const options = { steps: { fetch: () => [1, 2, 3, 4, 5, 6] }, failures: { pay: [new Error('503')] } };
  await testRun(orders, options);
  let least = Infinity;
  // Others use the processor, too, and its memory: the best of a few tries counts.
  for (let tries = 0; tries < 4 && least > 1_000; tries++) {
    const before = process.cpuUsage();
    for (let runs = 0; runs < 100; runs++) await testRun(orders, options);
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1_000);
  }
  expect(least).toBeLessThan(1_000);
}, 30_000);
