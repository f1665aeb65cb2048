import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Project } from '../support/project.ts';

/* A coding agent finds why a run failed, fixes it, and re-runs what a plan has shown: nothing else, and nothing that has changed since. */

const FLOW = (broken: boolean) =>
  Project.workflow(`
cronflow.define({ id: 'films', name: 'Films' }).batch('clean', { items: [1, 2, 3, 4], size: 2, tolerateFailures: 'all' }, (items, flow) => {
  flow.step('check', ctx => {
    note('checked ' + items.join());
    return ctx.each(items, item => { if (${broken} && item === 3) throw new Error('film 3 has no title'); });
  });
});`);

async function agentOf(project: Project, ...args: string[]) {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [path.resolve('bin/cronflow.mjs'), 'mcp', ...args],
    cwd: project.folder,
    stderr: 'pipe',
  });
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport);
  onTestFinished(() => client.close());
  const call = async (name: string, given: Record<string, unknown> = {}) => {
    const { content, isError } = await client.callTool({ name, arguments: given });
    const [{ text }] = content as [{ text: string }];
    return { isError: isError === true, text };
  };
  /** The answer to a call that succeeds. */
  const ask = async (name: string, given: Record<string, unknown> = {}) => {
    const { isError, text } = await call(name, given);
    expect(isError, text).toBe(false);
    return JSON.parse(text) as Record<string, never>;
  };
  const tools = async () => (await client.listTools()).tools;
  return { call, ask, tools };
}

async function failedRun() {
  const project = new Project({ 'flow.ts': FLOW(true) });
  await project.cli(['run', 'flow.ts']);
  return project;
}

describe('cronflow mcp', { timeout: 120_000 }, () => {
  test('from the failed run to the cause, the item at fault, the plan, and the re-run with the plan’s token', async () => {
    const project = await failedRun();
    const { ask, call } = await agentOf(project);
    expect(await ask('list_runs', { status: 'completed' })).toMatchObject({
      runs: [{ run: 1, workflow: 'films', failedBatches: 1, items: { failed: 2, succeeded: 2 } }],
    });
    expect(await ask('show_run', { run: 1 })).toMatchObject({
      causes: [{ node: 'clean', batches: 1, indices: [1], message: 'film 3 has no title', step: 'clean/check' }],
    });
    expect(await ask('list_failed_batches', { run: 1 })).toMatchObject({ batches: [{ node: 'clean', index: 1 }] });
    expect(await ask('list_items_at_fault', { run: 1 })).toMatchObject({
      atFault: [{ node: 'clean', batch: 1, item: 0 }],
    });
    expect(project.ledger()).toHaveLength(2);

    const { token: early } = await ask('plan_rerun', { run: 1 });
    project.write('flow.ts', FLOW(false));
    const refused = await call('rerun', { token: early });
    expect(refused).toEqual({
      isError: true,
      text: expect.stringContaining('has changed since the plan was shown') as string,
    });
    const plan = await ask('plan_rerun', { run: 1 });
    expect(plan).toMatchObject({ codeChanged: true, plan: expect.stringContaining('1 batch') as string });
    expect(project.ledger()).toHaveLength(2);
    expect(await ask('rerun', { token: plan.token })).toMatchObject({
      status: 'completed',
      failedBatches: 0,
      causes: [],
    });
    expect(project.ledger().slice(2)).toEqual([expect.stringContaining('checked 3,4')]);
    expect(await call('rerun', { token: plan.token })).toMatchObject({ isError: true });
    expect((await call('rerun', { token: 'plan-guessed' })).text).toContain('no token of a plan');
  });

  test('what cannot be asked is refused with a reason, and --read-only has nothing that executes', async () => {
    const project = await failedRun();
    const { call, tools } = await agentOf(project, '--read-only');
    expect((await tools()).map(({ name, annotations }) => [name, annotations?.readOnlyHint])).toEqual(
      ['list_runs', 'show_run', 'list_failed_batches', 'list_items_at_fault'].map(name => [name, true]),
    );
    expect(await call('show_run', { run: 9 })).toEqual({
      isError: true,
      text: expect.stringContaining('There is no run 9') as string,
    });
    expect(await call('show_run', { run: 'x' })).toMatchObject({ isError: true });
    expect(await call('rerun', { token: 'x' })).toMatchObject({ isError: true });
    expect(project.ledger()).toHaveLength(2);
  });

  test('a re-run that goes on when the agent is gone is interrupted, to be resumed', async () => {
    const project = new Project({
      'flow.ts': Project.workflow(`import { existsSync } from 'node:fs';
      cronflow.define({ id: 'slow' }).step('wait', async () => {
        note('began');
        if (!existsSync(new URL('fixed.txt', import.meta.url))) throw new Error('at first');
        await sleep(60_000);
      });`),
    });
    await project.cli(['run', 'flow.ts']);
    project.write('fixed.txt', 'yes');
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [path.resolve('bin/cronflow.mjs'), 'mcp'],
      cwd: project.folder,
      stderr: 'ignore',
    });
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(transport);
    const { content } = await client.callTool({ name: 'plan_rerun', arguments: { run: 1 } });
    const [{ text }] = content as [{ text: string }];
    const { token } = JSON.parse(text) as { token: string };
    client.callTool({ name: 'rerun', arguments: { token } }).catch(() => undefined);
    await expect.poll(() => project.ledger().length).toBe(2);
    await client.close();
    await expect
      .poll(async () => (await project.cli(['show', '1', '--json'])).events.at(-1)?.status)
      .toBe('interrupted');
  });
});
