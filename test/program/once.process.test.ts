import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { openStore, run, type RunStore } from '../../engine/index.ts';
import { Project } from '../support/project.ts';

/* A run with a key is one run, whichever processes start it. */

const opened: RunStore[] = [];
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

async function storeOf(project: Project): Promise<RunStore> {
  const store = await openStore(project.path('runs.db'));
  opened.push(store);
  return store;
}

/** Its second step waits until there is a file `go`. */
const WAITS = Project.workflow(`
import { existsSync, writeFileSync } from 'node:fs';
cronflow.define({ id: 'waits' })
  .step('first', () => { console.log('first of all'); note('first'); return 1; })
  .step('wait', async ctx => {
    writeFileSync(new URL('./pid', import.meta.url), String(process.pid));
    note('waits');
    while (!existsSync(new URL('./go', import.meta.url))) { ctx.signal.throwIfAborted(); await sleep(20); }
    console.log('last of all');
    await sleep(200);
    return 'went';
  });
`);

test('four commands at the same time: one of them executes it, the others show it, and all say how it ended', async () => {
  const project = new Project({ 'waits.ts': WAITS });
  const calls = [1, 2, 3, 4].map(() =>
    project.start(['run', 'waits.ts', '--key', 'june', '--store', 'runs.db', '--json']),
  );
  await expect.poll(() => project.ledger()).toEqual(['first', 'waits']);
  for (const call of calls) await call.says('"event":"started"');
  project.write('go', '');
  const ended = await Promise.all(calls.map(({ done }) => done));
  const events = ended.map(({ events: told }) => told);
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  for (const told of events)
    expect(told.at(-1)).toMatchObject({ event: 'summary', run: '1', key: 'june', status: 'completed', output: 'went' });
  expect(events.filter(([first]) => first?.existing === true)).toHaveLength(3);
  for (const told of events)
    expect(told).toContainEqual(expect.objectContaining({ event: 'log', text: 'last of all' }));
  expect(project.ledger()).toEqual(['first', 'waits']);
}, 30_000);

test('after kill -9 it goes on from its checkpoints, and a third call executes nothing', async () => {
  const project = new Project({ 'waits.ts': WAITS });
  const args = ['run', 'waits.ts', '--key', 'june', '--store', 'runs.db'];
  const first = project.start(args);
  await expect.poll(() => project.ledger()).toEqual(['first', 'waits']);
  first.kill('SIGKILL');
  process.kill(Number(readFileSync(project.path('pid'), 'utf8')), 'SIGKILL');
  await first.done;
  project.write('go', '');
  const [again, third] = [await project.cli(args), await project.cli(args)];
  expect(again).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('Run 1 has this key already: it is resumed.'),
  });
  expect(third).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('Run 1 has this key already: no other is started.'),
  });
  expect(third.stdout).toMatch(/completed \(run 1,/);
  expect(project.ledger()).toEqual(['first', 'waits', 'waits']);
}, 30_000);

test('a program looks at a run that another process works on: it can leave it, and cancel it', async () => {
  const project = new Project({ 'waits.ts': WAITS });
  const other = project.start(['run', 'waits.ts', '--key', 'june', '--store', 'runs.db', '--json']);
  await expect.poll(() => project.ledger()).toEqual(['first', 'waits']);
  const leaving = await openStore(project.path('runs.db'));
  const left = run(project.path('waits.ts'), { store: leaving, key: 'june' });
  expect(await left.started).toBe(1);
  await leaving.close();
  // It was only looked at: it goes on.
  expect(await left).toMatchObject({ run: 1, status: 'running' });
  const looked = run(project.path('waits.ts'), { store: await storeOf(project), key: 'june' });
  await looked.started;
  looked.cancel('enough');
  expect(await looked).toMatchObject({ run: 1, status: 'cancelled', reason: 'enough' });
  expect((await other.done).code).toBe(130);
}, 30_000);

test('another payload is refused, with what to do', async () => {
  const project = new Project({ 'waits.ts': WAITS, go: '' });
  const args = ['run', 'waits.ts', '--key', 'june', '--store', 'runs.db'];
  await project.cli(args);
  expect(await project.cli([...args, '--payload', '{"n":1}'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /The key "june" names run 1 already, which was started with another payload\. Use another key, or delete that one with: .*delete 1/,
    ),
  });
}, 20_000);

test('Ctrl-C ends the command that only looks, and not the run', async () => {
  const project = new Project({ 'waits.ts': WAITS });
  const args = ['run', 'waits.ts', '--key', 'june', '--store', 'runs.db'];
  const first = project.start(args);
  await expect.poll(() => project.ledger()).toEqual(['first', 'waits']);
  const second = project.start(args);
  await second.says('Run 1 has this key already: no other is started.');
  second.kill('SIGINT');
  expect(await second.done).toMatchObject({ code: 3, stdout: expect.stringContaining('running (run 1') });
  project.write('go', '');
  expect((await first.done).code).toBe(0);
}, 30_000);
