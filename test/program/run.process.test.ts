import { afterEach, expect, test } from 'vitest';
import { cancel, openStore, rerun, resume, run, type RunEvent, type RunStore } from '../../engine/index.ts';
import { Project } from '../support/project.ts';

/* Runs that a program starts by itself, each in a process of its own. */

const opened: RunStore[] = [];
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

async function storeOf(project: Project): Promise<RunStore> {
  const store = await openStore(project.path('runs.db'));
  opened.push(store);
  return store;
}

const SUMS = Project.workflow(`
cronflow.define({ id: 'sums' })
  .step('read', ctx => { console.log('reading'); return Array.from({ length: ctx.payload.count ?? 4 }, (_, n) => n); })
  .batch('add', { items: ctx => ctx.steps.read.output as number[], size: 2 }, (batch, flow) => {
    flow.step('sum', () => { if (batch.includes(2) && !ctxOk()) throw new Error('two'); note(batch.join()); return batch.length; });
  })
  .step('done', ctx => ctx.last.items.total);
function ctxOk() { return true; }
`);
const BROKEN = SUMS.replace('return true', 'return false');

/** Waits until it is told to stop. */
const WAITS = Project.workflow(`
cronflow.define({ id: 'waits' }).step('first', () => 1).step('wait', async ctx => {
  note('waits');
  await new Promise((done, stop) => {
    const timer = setTimeout(done, 60_000);
    ctx.signal.addEventListener('abort', () => { clearTimeout(timer); stop(ctx.signal.reason); });
  });
});
`);

test('a run of a file gives its result, and tells its events on the way', async () => {
  const project = new Project({ 'sums.ts': SUMS });
  const store = await storeOf(project);
  const handle = run(project.path('sums.ts'), { store, payload: { count: 6 } });
  const events: RunEvent[] = [];
  for await (const event of handle) events.push(event);
  const result = await handle;
  expect(result).toMatchObject({
    run: await handle.started,
    workflow: 'sums',
    status: 'completed',
    output: 6,
    items: { total: 6, succeeded: 6 },
    batches: { total: 3, succeeded: 3 },
  });
  expect(events[0]).toEqual({ type: 'started', run: result.run, workflow: 'sums' });
  expect(events).toContainEqual(expect.objectContaining({ type: 'log', text: 'reading', step: 'read' }));
  expect(events).toContainEqual(expect.objectContaining({ type: 'progress', items: result.items }));
  expect(events.at(-1)).toEqual({ type: 'ended', result });
});

test('one that fails is a result, too, and its failed batches are run again', async () => {
  const project = new Project({ 'sums.ts': BROKEN });
  const store = await storeOf(project);
  const failed = await run(project.path('sums.ts'), { store });
  expect(failed).toMatchObject({
    status: 'failed',
    error: { message: '1 of 2 batches of "add" failed. The first: two' },
    batches: { succeeded: 1, failed: 1 },
  });
  project.write('sums.ts', SUMS);
  expect(await rerun(failed.run, { store })).toMatchObject({ run: failed.run, status: 'completed', output: 4 });
  expect(project.ledger()).toEqual(['0,1', '2,3']);
});

test('it is paused, resumed and cancelled', async () => {
  const project = new Project({ 'waits.ts': WAITS });
  const store = await storeOf(project);
  const begun = run(project.path('waits.ts'), { store });
  const number = await begun.started;
  await expect.poll(() => project.ledger().length).toBe(1);
  begun.pause();
  expect(await begun).toMatchObject({ status: 'paused', reason: 'the program that started it has paused it' });
  const again = resume(number, { store });
  await again.started;
  await expect.poll(() => project.ledger().length).toBe(2);
  // By its number, as another program would.
  expect(await cancel(number, { store })).toMatchObject({ run: number, status: 'cancelled' });
  expect(await again).toMatchObject({ status: 'cancelled' });
  await expect(cancel(number, { store })).rejects.toThrow('is cancelled already');
});

test('an aborted signal cancels it; one that was aborted before does not begin it', async () => {
  const project = new Project({ 'waits.ts': WAITS });
  const store = await storeOf(project);
  const controller = new AbortController();
  const begun = run(project.path('waits.ts'), { store, signal: controller.signal });
  await expect.poll(() => project.ledger().length).toBe(1);
  controller.abort(new Error('too late'));
  expect(await begun).toMatchObject({ status: 'cancelled', reason: 'its signal was aborted: too late' });
  await expect(run(project.path('waits.ts'), { store, signal: controller.signal })).rejects.toThrow(
    'The run did not begin: its signal was aborted: too late.',
  );
});

test('the end of its store pauses what still runs in it', async () => {
  const project = new Project({ 'waits.ts': WAITS });
  const store = await openStore(project.path('runs.db'));
  const begun = run(project.path('waits.ts'), { store });
  await expect.poll(() => project.ledger().length).toBe(1);
  await store.close();
  expect(await begun).toMatchObject({ status: 'paused' });
  await expect(run(project.path('waits.ts'), { store })).rejects.toThrow('was closed. Open it again.');
});

test.each([
  ['a file that is not there', 'gone.ts', {}, /gone\.ts/],
  ['one of several workflows that it does not have', 'sums.ts', { workflow: 'others' }, /others/],
  ['its file in this process', 'sums.ts', { inProcess: true }, /import it from its file/],
])('what cannot begin is refused in words: %s', async (_of, file, options, says) => {
  const project = new Project({ 'sums.ts': SUMS });
  const store = await storeOf(project);
  const handle = run(project.path(file), { store, ...options });
  const events = (async () => {
    for await (const event of handle) expect(event.type).toBe('never');
  })();
  await expect(handle).rejects.toThrow(says);
  await expect(events).rejects.toThrow(says);
  await expect(handle.started).rejects.toThrow(says);
});

test('a run that the file of the workflow itself starts is refused, and not started without end', async () => {
  const project = new Project({
    'both.ts': `import { cronflow, run } from 'cronflow';
cronflow.define({ id: 'both' }).step('one', () => 1);
await run(import.meta.filename, { store: undefined as never });
`,
  });
  const store = await storeOf(project);
  await expect(run(project.path('both.ts'), { store })).rejects.toThrow(
    'Put the workflow into a file of its own, and import it from the program that starts runs.',
  );
});
