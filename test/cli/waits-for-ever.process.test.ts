import { describe, expect, test } from 'vitest';
import { Project } from '../support/project.ts';

/* What hung for ever without a word: each ends at once, with its reason and the place in the author's file. */

const NEVER = 'It waits for something that never comes: nothing is left in its process that could wake it';

const CASES: readonly [what: string, code: string, step: string, message: string][] = [
  [
    'a stream whose source fails, which `pipe` does not pass on',
    `.batch('rows', { items: () => createReadStream('./wrong.csv').pipe(new PassThrough({ objectMode: true })), size: 2 }, rows => rows)`,
    'rows',
    "ENOENT: no such file or directory, open './wrong.csv'",
  ],
  [
    'a timer that throws while a generator waits',
    `.forEach('rows', async function* () { yield 1; await new Promise(() => setTimeout(() => { throw new Error('in a timer'); }, 5)); }, row => row)`,
    'rows',
    'in a timer',
  ],
  ['items that never come', `.forEach('rows', () => new Promise(() => {}), row => row)`, 'rows', NEVER],
  [
    'a generator that never goes on',
    `.forEach('rows', async function* () { yield 1; await new Promise(() => {}); }, row => row)`,
    'rows',
    NEVER,
  ],
  ['a step', `.step('waits', () => new Promise(() => {}))`, 'waits', NEVER],
  ['a condition', `.if('ever', () => new Promise(() => {})).endIf()`, 'ever', NEVER],
  [
    'the condition of a while',
    `.while('again', () => new Promise(() => {}), flow => flow.step('a', () => 1))`,
    'again/?',
    NEVER,
  ],
  ['an onError', `.step('one', () => { throw new Error('no'); }).onError(() => new Promise(() => {}))`, 'one', NEVER],
];

describe.concurrent('what nothing can wake any more fails at once', { timeout: 120_000 }, () => {
  test.each(CASES)('%s', async (_what, code, step, message) => {
    const project = new Project({ 'flow.ts': workflowOf(code) });
    const { code: exit, summary, stderr } = await project.cli(['run', 'flow.ts', '--json']);
    expect(exit, stderr).toBe(1);
    expect(summary).toMatchObject({ status: 'failed', error: { step, message: expect.stringContaining(message) } });
  });

  test('a body, alone: the other batches go on', async () => {
    const project = new Project({
      'flow.ts': workflowOf(
        `.forEach('rows', [1, 2, 3], async (row, flow) => { if (row === 2) await new Promise(() => {}); flow.step('ok', () => row); })`,
      ),
    });
    const { summary } = await project.cli(['run', 'flow.ts', '--json']);
    expect(summary).toMatchObject({
      status: 'failed',
      items: { succeeded: 2, failed: 1 },
      error: { message: expect.stringContaining(NEVER) },
    });
  });

  test('a retryOn: its step is not tried again, and keeps its own error', async () => {
    const project = new Project({
      'flow.ts': workflowOf(
        `.step('x', () => { throw new Error('refused'); }).retry({ attempts: 3, retryOn: () => new Promise(() => {}) as never })`,
      ),
    });
    const { summary, events } = await project.cli(['run', 'flow.ts', '--json']);
    expect(summary).toMatchObject({ status: 'failed', error: { message: 'refused' }, steps: { executed: 1 } });
    expect(events.filter(({ event }) => event === 'log').map(({ text }) => text)).toEqual([
      expect.stringContaining(`retryOn threw WaitsForEver: ${NEVER}`),
    ]);
  });

  test('not a step that a timer, a connection or a child process will wake', async () => {
    const project = new Project({
      'flow.ts': workflowOf(
        `.step('timer', () => new Promise(resolve => setTimeout(resolve, 50, 1)))` +
          `.step('child', () => new Promise(resolve => spawn(process.execPath, ['-e', '']).on('exit', resolve)))` +
          `.sleep(20)`,
      ),
    });
    const { summary } = await project.cli(['run', 'flow.ts', '--json']);
    expect(summary).toMatchObject({ status: 'completed' });
  });
});

function workflowOf(code: string): string {
  return Project.workflow(`
import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { PassThrough } from 'node:stream';
void spawn, createReadStream, PassThrough;
cronflow.define({ id: 'flow' })${code};
`);
}
