import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { cronflow } from '../../engine/index.ts';
import { temporaryFolder } from '../support/runs.ts';

/* `cronflow.start`, `trigger` and `inspect`, as programs written for Cronflow call them. As a program of its own: engine.process.test.ts. */

let store = '';
let gate = Promise.withResolvers<void>();
cronflow
  .define({
    id: 'orders',
    name: 'Orders',
    description: 'One at a time.',
    payload: z.object({ amount: z.coerce.number() }),
  })
  .step('validate', ctx => {
    if (ctx.payload.amount < 0) throw new Error('the amount is negative');
    return { valid: true };
  })
  .batch('lines', { items: [1, 2, 3], size: 2 }, (lines, flow) => {
    flow.step('pack', () => lines.length);
  })
  .step('wait', async ctx => {
    ctx.signal.addEventListener('abort', () => gate.resolve());
    await gate.promise;
    return ctx.payload.amount;
  });

beforeEach(async () => {
  gate = Promise.withResolvers();
  store = path.join(temporaryFolder(), 'runs.db');
  await cronflow.start({ store });
});
afterEach(async () => {
  gate.resolve();
  await cronflow.stop();
});

test('a triggered run is inspected while it goes on, and when it has ended', async () => {
  const id = await cronflow.trigger('orders', { amount: '12' });
  expect(id).toBe('1');
  await expect
    .poll(async () => (await cronflow.inspect(id)).steps)
    .toMatchObject([
      { name: 'validate', status: 'succeeded', attempt: 1, output: { valid: true }, endedAt: expect.any(Date) },
      { name: 'lines', status: 'succeeded' },
      { name: 'wait', status: 'running' },
    ]);
  expect(await cronflow.inspect(id)).toMatchObject({
    id,
    workflowId: 'orders',
    status: 'running',
    payload: { amount: '12' },
  });
  gate.resolve();
  await expect.poll(async () => (await cronflow.inspect(id)).status).toBe('completed');
  const ended = await cronflow.inspect(id);
  expect(ended).toMatchObject({
    output: 12,
    items: { total: 3, succeeded: 3 },
    startedAt: expect.any(Date),
    endedAt: expect.any(Date),
    history: [{ kind: 'start', outcome: 'completed', startedAt: expect.any(Date) }],
  });
  // As a server sends it.
  expect(JSON.parse(JSON.stringify(ended))).toMatchObject({
    id,
    status: 'completed',
    startedAt: ended.startedAt.toISOString(),
  });
});

test('a run that fails is told by inspect, and throws nothing', async () => {
  const id = await cronflow.trigger('orders', { amount: -1 });
  await expect.poll(async () => (await cronflow.inspect(id)).status).toBe('failed');
  expect(await cronflow.inspect(id)).toMatchObject({
    error: { message: 'the amount is negative' },
    steps: [{ name: 'validate', status: 'failed', error: { message: 'the amount is negative' } }],
  });
});

test('what does not begin is refused in words', async () => {
  await expect(cronflow.trigger('order')).rejects.toThrow('Workflow "order" not found. Defined are "orders".');
  await expect(cronflow.trigger('orders', { amount: 'many' })).rejects.toThrow('payload.amount:');
  await expect(cronflow.inspect('7')).rejects.toThrow('Run "7" not found.');
  await expect(cronflow.inspect('run_abc')).rejects.toThrow('Run "run_abc" not found.');
  await expect(cronflow.cancelRun('run_abc')).rejects.toThrow('Run "run_abc" not found.');
  await expect(cronflow.start({ store: 'other.db' })).rejects.toThrow('Stop it first: await cronflow.stop().');
});

test('a run is cancelled by its number', async () => {
  const id = await cronflow.trigger('orders', { amount: 1 });
  await cronflow.cancelRun(id);
  expect(await cronflow.inspect(id)).toMatchObject({ status: 'cancelled' });
});

test('stop waits for what was triggered', async () => {
  const id = await cronflow.trigger('orders', { amount: 1 });
  expect(cronflow.getEngineState()).toBe('STARTED');
  const stopped = cronflow.stop();
  gate.resolve();
  await stopped;
  expect(cronflow.getEngineState()).toBe('STOPPED');
  await cronflow.start({ store });
  expect(await cronflow.inspect(id)).toMatchObject({ status: 'completed' });
});

test('the workflows of the program are listed', () => {
  expect(cronflow.getWorkflows()).toEqual([{ id: 'orders', name: 'Orders', description: 'One at a time.' }]);
  expect(cronflow.getWorkflow('orders')).toMatchObject({ name: 'Orders' });
  expect(cronflow.getWorkflow('order')).toBeUndefined();
});
