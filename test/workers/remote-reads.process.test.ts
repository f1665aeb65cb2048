import { execFile } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { RunSummary } from '../../common/run-summary.ts';
import { openStore } from '../../engine/store/open.ts';
import { eventually } from '../support/call.ts';
import { Project } from '../support/project.ts';

/* Workers as processes that have not got the store's file, as on another machine. */

const RUNNER = fileURLToPath(new URL('remote-run.ts', import.meta.url));

async function run(project: Project): Promise<RunSummary> {
  const args = [RUNNER, project.path('w.ts'), project.path('runs.db')];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: project.folder, timeout: 100_000 });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as RunSummary;
}

const WORKFLOW = Project.workflow(`
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
const opened = () => process.platform !== 'linux' ? [] : readdirSync('/proc/self/fd').flatMap(fd => {
  try { return [readlinkSync('/proc/self/fd/' + fd)]; } catch { return []; }
}).filter(name => name.includes('runs.db'));
cronflow
  .define({ id: 'w' })
  .step('long', () => 'x'.repeat(400_000))
  .batch('work', { items: Array.from({ length: 8 }, (_, i) => i), size: 1, workers: 2, concurrency: 4, retry: { attempts: 3, backoff: { delay: 1 } } }, ([item], flow) => {
    flow
      .step('one', async ctx => {
        note({ step: 'one', item, pid: process.pid, opened: opened() });
        await ctx.effect('mail ' + item, () => { note({ mail: item }); return { sent: item }; });
        await cronflow.publishEvent('seen', { item });
        return ctx.steps.long.output.length;
      })
      .batch('inner', { items: [1, 2, 3, 4, 5, 6], size: 2 }, (numbers, flow) => {
        flow.step('two', () => numbers.map(number => String(number).repeat(100_000)));
      })
      .step('three', async ctx => {
        let chars = 0;
        for await (const { output } of ctx.results('inner')) chars += output.join('').length;
        note({ step: 'three', item, pid: process.pid });
        while (existsSync('hold')) await new Promise(resolve => setTimeout(resolve, 20));
        if (item === 2 && !existsSync('broke')) { (await import('node:fs')).writeFileSync('broke', ''); throw new Error('once'); }
        return [ctx.steps.one.output, chars, item];
      });
  })
  .step('sum', async ctx => {
    const all = [];
    for await (const { output } of ctx.results('work')) all.push(output);
    return all;
  });
`);

interface Noted {
  readonly step?: string;
  readonly mail?: number;
  readonly item?: number;
  readonly pid?: number;
  readonly opened?: readonly string[];
}

function notedIn(project: Project): readonly Noted[] {
  return existsSync(project.path('ledger.txt')) ? (project.ledger() as Noted[]) : [];
}

const EXPECTED = Array.from({ length: 8 }, (_, item) => [400_000, 600_000, item]);

test('all that batches read comes from the runner, and what steps publish goes there', async () => {
  const project = new Project({ 'w.ts': WORKFLOW, hold: '' });
  const running = run(project);
  // One that starts late would find that the other has done all.
  await eventually('both are at work', () => new Set(notedIn(project).flatMap(({ pid }) => pid ?? [])).size === 2, 60);
  rmSync(project.path('hold'));
  expect(await running).toMatchObject({ status: 'completed', output: EXPECTED });
  expect(notedIn(project).flatMap(({ opened }) => opened ?? [])).toEqual([]);
  const db = openStore(project.path('runs.db'), { mode: 'read' });
  expect(db.prepare('select count(*) from events').pluck().get()).toBe(8);
  db.close();
});

test('a worker that is killed loses nothing, and what it had done is read by the next one', async () => {
  const project = new Project({ 'w.ts': WORKFLOW, hold: '' });
  const running = run(project);
  const noted = () => notedIn(project);
  await eventually('steps are at work', () => noted().some(({ step }) => step === 'three'), 60);
  process.kill(noted().find(({ step }) => step === 'three')?.pid ?? 0, 'SIGKILL');
  rmSync(project.path('hold'));
  expect(await running).toMatchObject({ status: 'completed', output: EXPECTED });
  // Each mail was sent once, whoever has asked for it.
  expect(
    noted()
      .flatMap(({ mail }) => mail ?? [])
      .toSorted((a, b) => a - b),
  ).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(noted().filter(({ step }) => step === 'one').length).toBeLessThanOrEqual(8 + 4);
});
