import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { cronflow, openStore, run, type RunEvent } from '../../engine/index.ts';
import { openStore as openDatabase } from '../../engine/store/open.ts';
import { deleteRun } from '../../engine/store/delete-run.ts';
import { inProcess as command } from '../support/in-process.ts';
import { temporaryFolder } from '../support/runs.ts';

/* `run(…, { key })`: one run, however often it is called. Of several processes: once.process.test.ts. */

let executed = 0;
let toDo: (signal: AbortSignal) => unknown = () => 'done';
const work = cronflow
  .define({ id: 'work' })
  .step('first', () => (executed += 1))
  .step('second', ctx => toDo(ctx.signal));
const other = cronflow.define({ id: 'other' }).step('one', () => 1);

async function temporaryStore() {
  executed = 0;
  toDo = () => 'done';
  const store = await openStore(path.join(temporaryFolder(), 'runs.db'));
  onTestFinished(() => store.close());
  return store;
}

async function eventsOf(handle: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of handle) events.push(event);
  return events;
}

test('the second call gives the result of the first, and executes nothing', async () => {
  const store = await temporaryStore();
  const start = () => run(work, { store, key: 'june', payload: { a: 1, b: 2 }, inProcess: true });
  const first = await start();
  expect(first).toMatchObject({ run: 1, key: 'june', status: 'completed', output: 'done' });
  const again = start();
  expect(await eventsOf(again)).toEqual([
    { type: 'started', run: 1, workflow: 'work', existing: true },
    expect.objectContaining({ type: 'progress' }),
    { type: 'ended', result: await again },
  ]);
  expect(await again).toEqual({ ...first, durationMs: expect.any(Number) });
  expect(executed).toBe(1);
  // The order of members makes no other payload.
  expect(await run(work, { store, key: 'june', payload: { b: 2, a: 1 }, inProcess: true })).toMatchObject({ run: 1 });
});

test('two calls at the same time are one run, and both hear how it ends', async () => {
  const store = await temporaryStore();
  const gate = Promise.withResolvers<void>();
  toDo = () => gate.promise.then(() => 'late');
  const handles = [1, 2].map(() => run(work, { store, key: 'june', inProcess: true }));
  expect(await Promise.all(handles.map(({ started }) => started))).toEqual([1, 1]);
  gate.resolve();
  expect(await Promise.all(handles)).toEqual([1, 2].map(() => expect.objectContaining({ run: 1, output: 'late' })));
  expect(executed).toBe(1);
});

test('one that has failed stays failed: it is re-run, not started again', async () => {
  const store = await temporaryStore();
  toDo = () => {
    throw new Error('not today');
  };
  const start = () => run(work, { store, key: 'june', inProcess: true });
  expect(await start()).toMatchObject({ run: 1, status: 'failed' });
  toDo = () => 'done';
  expect(await start()).toMatchObject({ run: 1, status: 'failed', error: { message: 'not today' } });
  expect(executed).toBe(1);
});

test('one that was paused goes on from its checkpoints', async () => {
  const store = await temporaryStore();
  const asked = Promise.withResolvers<void>();
  toDo = signal => {
    asked.resolve();
    return new Promise((_, stop) => signal.addEventListener('abort', () => stop(signal.reason)));
  };
  const start = () => run(work, { store, key: 'june', inProcess: true });
  const first = start();
  await asked.promise;
  first.pause();
  expect(await first).toMatchObject({ status: 'paused' });
  toDo = () => 'done';
  const again = start();
  expect(await eventsOf(again)).toContainEqual({ type: 'started', run: 1, workflow: 'work', existing: true });
  expect(await again).toMatchObject({ run: 1, status: 'completed', output: 'done' });
  expect(executed).toBe(1);
});

test.each([
  [
    'another payload',
    work,
    { key: 'june', payload: { n: 2 } },
    'names run 1 already, which was started with another payload.',
  ],
  [
    'another workflow',
    other,
    { key: 'june', payload: { n: 1 } },
    'names run 1 already, which is of workflow "work", not of "other".',
  ],
  ['an empty text', work, { key: ' ' }, 'The key " " cannot be one: it is empty.'],
  ['no text', work, { key: 7 as never }, 'The key 7 cannot be one: it is a text.'],
])('a key is refused in words: %s', async (_of, workflow, options, says) => {
  const store = await temporaryStore();
  await run(work, { store, key: 'june', payload: { n: 1 }, inProcess: true });
  await expect(run(workflow, { store, ...options, inProcess: true })).rejects.toThrow(says);
});

test('what the schema makes of a payload is no other payload', async () => {
  const store = await temporaryStore();
  let made = 0;
  const payload = z.object({ at: z.number().default(() => (made += 1)) });
  const defaults = cronflow.define({ id: 'defaults', payload }).step('at', ctx => ctx.payload.at);
  const start = () => run(defaults, { store, key: 'k', payload: {}, inProcess: true });
  const first = await start();
  expect(await start()).toMatchObject({ run: 1, output: first.output });
});

test('a run that is deleted leaves its key to another', async () => {
  const store = await temporaryStore();
  const start = () => run(work, { store, key: 'june', inProcess: true });
  await start();
  const db = openDatabase(store.file, { mode: 'write' });
  deleteRun(db, 1, Date.now);
  db.close();
  expect(await start()).toMatchObject({ run: 2, status: 'completed' });
});

test('it is shown with the run', async () => {
  const store = await temporaryStore();
  await run(work, { store, key: 'films of june', inProcess: true });
  expect((await command('show', '1', '--store', store.file)).stdout).toContain('Key: films of june');
  const shown = (await command('show', '1', '--store', store.file, '--json')).stdout.trim().split('\n').at(-1) ?? '';
  expect(JSON.parse(shown)).toMatchObject({ event: 'summary', key: 'films of june' });
  expect(await command('run', 'films.ts', '--key', '')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('it is empty'),
  });
});
