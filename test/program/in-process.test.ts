import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { cronflow, openStore, run, type RunEvent } from '../../engine/index.ts';
import { temporaryFolder } from '../support/runs.ts';

/* Runs in the process that starts them: what tests of workflows use. */

const greetings: string[] = [];
const greet = cronflow
  .define<{ names: string[] }>({ id: 'greet' })
  .batch('each', { items: ctx => ctx.payload.names, size: 2 }, (names, flow) => {
    flow.step('say', () => {
      if (names.includes('')) throw new Error('nobody is called that');
      greetings.push(...names);
      return names.length;
    });
  })
  .step('count', ctx => ctx.last.items.succeeded);

async function temporaryStore() {
  const store = await openStore(path.join(temporaryFolder(), 'runs.db'));
  onTestFinished(() => store.close());
  return store;
}

test('the workflow itself is executed, with all that this process has', async () => {
  const store = await temporaryStore();
  const handle = run(greet, { store, payload: { names: ['Ada', 'Grace', 'Linus'] }, inProcess: true });
  const events: RunEvent[] = [];
  for await (const event of handle) events.push(event);
  expect(await handle).toMatchObject({ status: 'completed', output: 3, batches: { total: 2, succeeded: 2 } });
  expect(greetings).toEqual(['Ada', 'Grace', 'Linus']);
  expect(events.map(({ type }) => type)).toEqual(['started', 'progress', 'ended']);
});

test('failures are results, and two runs are two', async () => {
  const store = await temporaryStore();
  const both = await Promise.all(
    [['Ada'], ['Margaret', '']].map(names => run(greet, { store, payload: { names }, inProcess: true })),
  );
  expect(both.map(({ run: number, status }) => [number, status]).toSorted()).toEqual([
    [1, expect.any(String)],
    [2, expect.any(String)],
  ]);
  expect(both.map(({ status }) => status)).toEqual(['completed', 'failed']);
});

test.each([
  ['no workflow', {} as never, 'This is no workflow'],
  ['a payload that cannot be stored', greet, 'payload'],
])('%s is refused', async (_of, workflow, says) => {
  const store = await temporaryStore();
  await expect(run(workflow, { store, payload: { names: () => 1 }, inProcess: true })).rejects.toThrow(says);
});

test('a store that is closed while a run is still starting pauses that run, and is closed after it', async () => {
  const store = await openStore(path.join(temporaryFolder(), 'runs.db'));
  const [asked, checked] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const payload = z.object({}).refine(async () => {
    asked.resolve();
    await checked.promise;
    return true;
  });
  const slow = cronflow.define({ id: 'slow-to-start', payload }).step('one', () => 1);
  const handle = run(slow, { store, inProcess: true });
  await asked.promise;
  const closed = store.close();
  checked.resolve();
  await closed;
  expect(await handle).toMatchObject({ run: 1, status: 'paused' });
});

test('an iteration that is left hears no more, and one that begins late hears the end', async () => {
  const store = await temporaryStore();
  const handle = run(greet, { store, payload: { names: ['Tim'] }, inProcess: true });
  for await (const event of handle) {
    expect(event.type).toBe('started');
    break;
  }
  await handle;
  for await (const event of handle) expect(event).toBe('nothing follows');
});

test('a workflow that another one runs is one that this process has defined', async () => {
  cronflow.define<{ name: string }>({ id: 'shout' }).step('say', ctx => {
    return ctx.payload.name.toUpperCase();
  });
  const outer = cronflow
    .define({ id: 'greet-loud' })
    .subflow('shout', 'shout', () => ({ name: 'Ada' }))
    .step('end', ctx => `${String(ctx.last)}!`);
  const handle = run(outer, { store: await temporaryStore(), inProcess: true });
  expect(await handle).toMatchObject({ run: 1, status: 'completed', output: 'ADA!' });
});
