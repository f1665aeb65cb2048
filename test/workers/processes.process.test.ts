import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { eventually, isRunning, killAllCalls } from '../support/call.ts';
import { Project } from '../support/project.ts';

afterAll(killAllCalls);

const WORKFLOW = `
import { appendFileSync, existsSync } from 'node:fs';
import { cronflow } from 'cronflow';
const note = (...words: unknown[]) => appendFileSync('ledger', words.join(' ') + '\\n');
cronflow
  .define({ id: 'w' })
  .batch('work', { items: Array.from({ length: 16 }, (_, i) => i), size: 2, workers: 2, concurrency: 4 }, (items, flow) => {
    flow
      .step('one', async ctx => {
        note('one', items[0], process.pid, process.ppid);
        console.log('at', items[0]);
        await ctx.state.incr('n', items.length);
        await ctx.state.update('m', (value = 0) => Number(value) + 1);
        return items;
      })
      .step('two', async ctx => {
        note('two', items[0], process.pid, process.ppid);
        while (existsSync('hold')) await new Promise(resolve => setTimeout(resolve, 20));
        return ctx.last.length;
      });
  })
  .step('sum', async ctx => {
    let sum = 0;
    for await (const { output } of ctx.results('work')) sum += output;
    return [sum, ctx.state.get('n'), ctx.state.get('m')];
  });
`;

/** What steps have noted: which step, of which batch, in which worker, started by which runner. */
function noted(project: Project): { step: string; batch: string; pid: number; runner: number }[] {
  const file = path.join(project.folder, 'ledger');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const [step = '', batch = '', pid = '', runner = ''] = line.split(' ');
      return { step, batch, pid: Number(pid), runner: Number(runner) };
    });
}

test.each(['one worker', 'the runner'] as const)(
  'a kill of %s loses nothing, counts nothing twice, and leaves no process behind',
  async whom => {
    const project = new Project({ 'w.ts': WORKFLOW, hold: '' });
    const call = project.start(['run', 'w.ts', '--json']);
    await eventually('steps are at work', () => noted(project).some(({ step }) => step === 'two'), 60);
    const [first] = noted(project);
    process.kill((whom === 'one worker' ? first?.pid : first?.runner) ?? 0, 'SIGKILL');
    rmSync(project.path('hold'));
    let { summary } = await call.done;
    if (whom === 'the runner') {
      expect(summary.status).toBe('interrupted');
      const pids = new Set(noted(project).map(({ pid }) => pid));
      await eventually('no worker is left', () => ![...pids].some(isRunning), 30);
      ({ summary } = await project.cli(['resume', '1', '--json']));
    }
    expect(summary).toMatchObject({ status: 'completed', output: [16, 16, 8] });
    const pids = new Set(noted(project).map(({ pid }) => pid));
    expect(pids.size).toBeGreaterThan(1);
    await eventually('no worker is left', () => ![...pids].some(isRunning), 30);
    // What was in flight is repeated: four batches at most.
    expect(noted(project).length).toBeLessThanOrEqual(16 + 4);
  },
);
