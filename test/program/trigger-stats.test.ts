import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cronflow } from '../../engine/index.ts';
import { openStore } from '../../engine/store/open.ts';
import { keepTrigger } from '../../engine/store/trigger-store.ts';
import { temporaryFolder } from '../support/runs.ts';

let store = '';
beforeEach(async () => {
  store = path.join(temporaryFolder(), 'runs.db');
  await cronflow.start({ store });
});
afterEach(() => cronflow.stop());

cronflow.define({ id: 'nightly' }).onSchedule('0 3 * * *', { timezone: 'Europe/Berlin' }).manual();
cronflow.define({ id: 'orders' }).onWebhook('/orders').onEvent('order.placed').onInterval('5m');

test('triggers are counted by their kinds, with what the store says of each', async () => {
  const db = openStore(store, { mode: 'write' });
  keepTrigger(db, {
    workflow: 'orders',
    kind: 'webhook',
    on: '/orders',
    lookedAt: 0,
    event: 0,
    firedAt: 1_000,
    run: 7,
    note: null,
    waiting: [],
    leftOut: 0,
  });
  db.close();
  expect(await cronflow.getTriggerStats()).toEqual({
    total: 5,
    webhook: 1,
    schedule: 1,
    interval: 1,
    event: 1,
    manual: 1,
    fired: 1,
    triggers: expect.arrayContaining([
      { workflowId: 'orders', type: 'webhook', on: '/orders', lastFiredAt: new Date(1_000), lastRunId: '7' },
      { workflowId: 'orders', type: 'event', on: 'order.placed' },
    ]),
  });
  expect(await cronflow.getWorkflowTriggers('orders')).toMatchObject([
    { on: '/orders' },
    { on: 'order.placed' },
    { on: '5m' },
  ]);
});

test('a schedule says when it fires next, by its time zone', async () => {
  const [schedule, ...others] = await cronflow.getScheduleTriggers();
  expect([schedule?.workflowId, schedule?.on, others]).toEqual(['nightly', '0 3 * * *', []]);
  const time = schedule?.nextFiresAt?.toLocaleTimeString('de-DE', { timeZone: 'Europe/Berlin' });
  expect([time, (schedule?.nextFiresAt?.getTime() ?? 0) > Date.now()]).toEqual(['03:00:00', true]);
});
