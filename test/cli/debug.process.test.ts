import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually, isRunning, type Call } from '../support/cli.ts';
import { DebuggerClient } from '../support/debugger-client.ts';
import { Project } from '../support/project.ts';

/** The types, comments and empty lines are there so that the JavaScript has other lines. */
const FILMS = Project.workflow(`
interface Film {
  readonly title: string;
}

/** Some of them are called by a number. */
type Titles = readonly string[];

cronflow.define({ id: 'films' })
  .batch('tidy', { items: ['Avatar', 1941, 'Up'].map(title => ({ title }) as Film), size: 3 }, (batch: Film[], flow) => {
    flow
      .step('note', (): Titles => {
        note('executed');
        return batch.map(film => film.title);
      }, { pure: true })

      .step('trim', async (ctx): Promise<Titles> => {
        const titles: Titles = ctx.last; // here
        return titles.map((title: string): string =>
          title.trim()); // there
      }, { pure: true, timeout: 2_000 });
  });
`);

const lineOf = (text: string) => FILMS.split('\n').findIndex(line => line.includes(text)) + 1;

async function failedRun(): Promise<Project> {
  const project = new Project({ 'films.ts': FILMS });
  await project.cli(['run', 'films.ts', '--json']);
  return project;
}

async function waiting(project: Project, ...options: string[]): Promise<{ call: Call; address: string }> {
  const call = project.start(['debug', '1', '--json', ...options]);
  onTestFinished(() => call.kill('SIGKILL'));
  await call.says('"address"');
  const [event] = call.stdout.split('\n').map(line => JSON.parse(line || '{}') as { address?: string });
  return { call, address: event?.address ?? '' };
}

describe('cronflow debug', () => {
  test('stops where the failing step begins, in the file of its author, with the recorded input, and says what becomes of it', async () => {
    const project = await failedRun();
    const url = pathToFileURL(project.path('films.ts')).href;
    const before = readFileSync(project.storeFile);
    expect(project.ledger()).toEqual(['executed']);
    const { call, address } = await waiting(project);
    expect(address).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/[0-9a-f-]{36}$/);

    const client = await DebuggerClient.attach(address);
    await client.breakAt(url, lineOf('// there'));
    await client.goOn();
    const begins = await client.paused();
    expect(client.lineOf(begins)).toEqual({ url, line: lineOf('// here') });
    expect(await client.evaluate(begins, 'batch')).toEqual([{ title: 'Avatar' }, { title: 1941 }, { title: 'Up' }]);
    // What the step before has returned is that of the run: it was not executed again.
    expect(await client.evaluate(begins, 'ctx.last')).toEqual(['Avatar', 1941, 'Up']);
    expect(project.ledger()).toEqual(['executed']);

    await client.resume();
    for (const title of ['Avatar', 1941]) {
      const inside = await client.paused();
      expect(client.lineOf(inside)).toEqual({ url, line: lineOf('// there') });
      expect(await client.evaluate(inside, 'title')).toBe(title);
      await client.resume();
    }
    const { code, events } = await call.done;
    expect(code).toBe(0);
    expect(events).toMatchObject([
      { event: 'debugger', node: 'tidy', batch: 0, items: [0, 1, 2], step: 'tidy/trim' },
      { event: 'attached' },
      { event: 'probed', outcome: 'failed', error: { message: expect.stringContaining('trim') as unknown } },
    ]);
    expect(readFileSync(project.storeFile).equals(before)).toBe(true);
  });

  test('over some of the items executes the steps before, too; and what a debugger changes counts', async () => {
    const project = await failedRun();
    const { call, address } = await waiting(project, '--items', '1', '--step', 'trim');
    const client = await DebuggerClient.attach(address);
    await client.goOn();
    const begins = await client.paused();
    expect(await client.evaluate(begins, 'ctx.last')).toEqual([1941]);
    expect(project.ledger()).toEqual(['executed', 'executed']);
    await client.evaluate(begins, "ctx.last[0] = '1941'");
    await client.resume();
    expect((await call.done).events.at(-1)).toMatchObject({ event: 'probed', items: [1], outcome: 'passed' });
  });

  test('stops at another step, which is then executed; a name that no step has is refused', async () => {
    const project = await failedRun();
    const { call, address } = await waiting(project, '--step', 'note');
    const client = await DebuggerClient.attach(address);
    await client.goOn();
    expect(client.lineOf(await client.paused()).line).toBe(lineOf("note('executed')"));
    await client.resume();
    expect((await call.done).events.at(-1)).toMatchObject({ outcome: 'failed' });
    expect(project.ledger()).toEqual(['executed', 'executed']);

    const { code, stderr } = await project.cli(['debug', '1', '--step', 'trin']);
    expect(code).toBe(2);
    expect(stderr).toContain('The batch has no step "trin". It has "note", "trim".');
  });

  test('tells its address only to who has asked for it, unless it is to be listed', async () => {
    const project = await failedRun();
    const listOf = async (address: string) => await (await fetch(`http://${new URL(address).host}/json/list`)).text();
    const { address } = await waiting(project);
    const id = new URL(address).pathname.slice(1);
    expect(await listOf(address)).not.toContain(id);
    const listed = await waiting(project, '--listed');
    expect(await listOf(listed.address)).toContain(new URL(listed.address).pathname.slice(1));
  });

  test.each(['SIGKILL', 'SIGINT'] as const)('leaves no process when it is ended by %s, paused or not', async signal => {
    const project = await failedRun();
    const first = await waiting(project);
    const waits = await (await DebuggerClient.attach(first.address)).pid();
    const second = await waiting(project);
    const client = await DebuggerClient.attach(second.address);
    await client.goOn();
    await client.paused();
    const paused = await client.pid();
    expect([waits, paused].map(isRunning)).toEqual([true, true]);
    for (const { call } of [first, second]) call.kill(signal);
    await eventually('both have ended', () => ![waits, paused].some(isRunning));
    const codes = await Promise.all([first, second].map(async ({ call }) => (await call.done).code));
    expect(codes).toEqual(signal === 'SIGINT' ? [130, 130] : [null, null]);
  });
});

test('a step that is not pure is executed only when that is allowed', async () => {
  const project = new Project({
    'sums.ts': Project.workflow(`
cronflow.define({ id: 'sums' }).forEach('each', [1], (item, flow) => {
  if (item === 1) throw new Error('the body fails');
  flow.step('double', () => item * 2);
});
`),
  });
  await project.cli(['run', 'sums.ts', '--json']);
  const { code, stderr } = await project.cli(['debug', '1']);
  expect(code).toBe(2);
  expect(stderr).toContain('To debug a batch, steps of this workflow have to be executed');

  // Where no step has failed, it stops at the body.
  const { call, address } = await waiting(project, '--yes');
  const client = await DebuggerClient.attach(address);
  await client.goOn();
  const begins = await client.paused();
  expect(await client.evaluate(begins, 'item')).toBe(1);
  await client.resume();
  expect((await call.done).events.at(-1)).toMatchObject({ outcome: 'failed', error: { message: 'the body fails' } });
});
