import { expect, test } from 'vitest';
import { cronflow } from '../../engine/index.ts';
import { testRun } from '../../engine/testing/index.ts';

/* A workflow that runs another one, in a test: both are, with one clock. */

const HOUR = 3_600_000;

cronflow
  .define<{ order: number }>({ id: 'tested-ship' })
  .step('pack', ctx => ({ parcels: ctx.payload.order }))
  .sleep('2h')
  .humanInTheLoop('boss', {})
  .step('mail', ctx => ctx.effect(`mail ${ctx.payload.order}`, () => fetch('https://mail.test')))
  .step('end', ctx => ({ ...ctx.steps.pack.output, approved: ctx.steps.boss.output.approved }));

const shop = cronflow
  .define({ id: 'tested-shop' })
  .step('load', () => [1, 2])
  .forEach(
    'orders',
    ctx => ctx.last,
    (order, flow) => {
      flow.subflow('ship', 'tested-ship', () => ({ order })).retry({ attempts: 2, backoff: { delay: '1h' } });
    },
  );

const answers = { 'orders/ship/boss': { approved: true } };

test('it runs the other workflow, whose time is simulated, and whose effects are recorded', async () => {
  const run = await testRun(shop, { answers });
  expect(run).toMatchObject({ status: 'completed', items: { succeeded: 2 }, durationMs: 4 * HOUR });
  expect(run.batchesOf('orders').map(({ output }) => output)).toEqual([
    { parcels: 1, approved: true },
    { parcels: 2, approved: true },
  ]);
  expect(run.effects.map(({ key, step, status }) => [key, step, status])).toEqual([
    ['mail 1', 'orders/ship/mail', 'done'],
    ['mail 2', 'orders/ship/mail', 'done'],
  ]);
});

test('steps of the other workflow are replaced, and fail, by their paths', async () => {
  const run = await testRun(shop, {
    answers,
    steps: { 'orders/ship/pack': () => ({ parcels: 7 }) },
    failures: { 'orders/ship/mail': [new Error('503')] },
  });
  expect(run).toMatchObject({ status: 'completed', durationMs: 5 * HOUR });
  expect(run.batchesOf('orders')[0]?.output).toEqual({ parcels: 7, approved: true });
});

test('the step itself is replaced: the other workflow does not run', async () => {
  const run = await testRun(shop, { steps: { ship: () => 'shipped' } });
  expect(run.batchesOf('orders').map(({ output }) => output)).toEqual(['shipped', 'shipped']);
  expect(run.effects).toEqual([]);
});
