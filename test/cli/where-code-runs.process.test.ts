import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { cleanEnvironment } from '../support/call.ts';
import { BIN } from '../support/cli.ts';
import { Project } from '../support/project.ts';

const FLOW = Project.workflow(`
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
cronflow
  .define({ id: 'where', payload: undefined })
  .batch('rows', { items: () => createInterface({ input: process.stdin }), size: 2 }, (rows, flow) => {
    flow.step('row', () => rows.join());
  })
  .step('where', async ctx => {
    if (readFileSync('./fails', 'utf8') === 'yes') throw new Error('it fails');
    const rows: unknown[] = [];
    for await (const { output } of ctx.results('rows')) rows.push(output);
    return { cwd: process.cwd(), beside: readFileSync('./beside.txt', 'utf8'), electron: process.env.ELECTRON_RUN_AS_NODE ?? '', rows, payload: ctx.payload };
  });
`);

/** Calls the command line with something in its standard input. */
async function piped(args: readonly string[], cwd: string, input: string) {
  const child = spawn(process.execPath, [BIN, ...args, '--json'], { cwd, env: cleanEnvironment() });
  child.stdin.end(input);
  const [out] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return out
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)
    .at(-1);
}

function inFolder() {
  const project = new Project();
  mkdirSync(project.path('flows'));
  writeFileSync(project.path('flows', 'where.ts'), FLOW);
  writeFileSync(project.path('flows', 'beside.txt'), 'beside it');
  writeFileSync(project.path('flows', 'fails'), 'no');
  return project;
}

describe.concurrent('the code of a workflow runs', { timeout: 120_000 }, () => {
  test('in the folder of its file, with what was piped in, and without what the engine needed to start it', async () => {
    const project = inFolder();
    const summary = await piped(['run', 'flows/where.ts'], project.path(), 'a\nb\nc\n');
    expect(summary).toMatchObject({
      status: 'completed',
      output: { cwd: project.path('flows'), beside: 'beside it', electron: '', rows: ['a,b', 'c'], payload: {} },
    });
  });

  test('in the same folder by a re-run from elsewhere, where nothing is piped in', async () => {
    const project = inFolder();
    writeFileSync(project.path('flows', 'fails'), 'yes');
    await piped(['run', 'flows/where.ts', '--store', 'runs.db'], project.path(), 'a\n');
    writeFileSync(project.path('flows', 'fails'), 'no');
    const args = ['rerun', '1', '--store', 'runs.db'];
    expect(await piped(args, project.path(), 'x\n')).toMatchObject({
      status: 'completed',
      output: { cwd: project.path('flows'), rows: ['a'] },
    });
  });

  test('with a payload from standard input, where that is asked for', async () => {
    const project = inFolder();
    const args = ['run', 'flows/where.ts', '--payload-file', '-'];
    expect(await piped(args, project.path(), '{"since":"2020"}')).toMatchObject({
      status: 'completed',
      output: { rows: [], payload: { since: '2020' } },
    });
  });
});
