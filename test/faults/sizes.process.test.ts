import { processes } from '../../engine/store/process-identity.ts';
import { hostname } from 'node:os';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { Studio, value } from '../host/studio.ts';
import { Project } from '../support/project.ts';
import { isThorough, seen } from './fault.ts';

/* More of everything than anybody has planned for. */

const OPEN = 10_000;

describe('10,000 runs that are open', () => {
  test(
    'are listed in pages, and a new one is started, ended and told as if it were the first',
    { timeout: 240_000 },
    async ({ task, skip }) => {
      skip(!isThorough, 'takes seconds to write them');
      const project = new Project({
        'flow.ts': Project.workflow(
          "cronflow.define({ id: 'open', name: 'Open' }).forEach('each', [0, 1, 2], (n: any, flow: any) => { flow.step('do', () => { if (n === 1) throw new Error('wrong'); return n; }); });",
        ),
      });
      expect((await project.many(['run', 'flow.ts']))[0]).toMatchObject({ code: 1 });
      copyRun(project.storeFile, OPEN - 1);
      const studio = await Studio.open(project);
      const first = await studio.api.listRuns({ limit: 50 });
      expect(first.map(({ run, status }) => [run, status])).toEqual(
        Array.from({ length: 50 }, (_, at) => [OPEN - at, (OPEN - at) % 2 === 0 ? 'interrupted' : 'failed']),
      );
      // Nothing has completed: each of them has to be looked at to know that.
      expect(await studio.api.listRuns({ limit: 50, statuses: ['completed'] })).toEqual([]);
      const run = await studio.start('flow.ts');
      expect(run).toBe(OPEN + 1);
      expect(await studio.ended(run)).toMatchObject({ status: 'failed', items: { succeeded: 2, failed: 1 } });
      const opened = await studio.watch(5_000);
      expect(opened.progress).toMatchObject({ status: 'interrupted', items: { total: 3, succeeded: 2 } });
      // Another process works on one of them: it is noticed among all the others.
      project.write(
        'flow.ts',
        Project.workflow(
          "cronflow.define({ id: 'open', name: 'Open' }).forEach('each', [0, 1, 2], (n: any, flow: any) => { flow.step('do', () => n); });",
        ),
      );
      const [resumed, runs] = await project.many(['resume', '5000', '--json'], ['runs', '--json', '--limit', '10001']);
      expect(resumed).toMatchObject({ code: 0, summary: { status: 'completed' } });
      await studio.until('its end is noticed', () => opened.progress.status === 'completed');
      expect(runs?.events).toHaveLength(OPEN + 1);
      value(await studio.api.stopRun({ run: OPEN, as: 'cancelled' }));
      seen(task, {
        fault: '10,000 open runs in the history',
        became: 'listed, watched, started, resumed as ever',
        said: 'nothing',
        afterwards: 'nothing to do',
      });
    },
  );
});

/** As if the run had been started so many times more; every second time its process has gone without a word. */
function copyRun(file: string, times: number): void {
  const db = new Database(file);
  db.exec('begin');
  const numbers = 'with recursive n(id) as (select 2 union all select id + 1 from n where id <= @times)';
  const columns = (table: string) => db.pragma(`table_info(${table})`) as { name: string }[];
  for (const table of [
    'runs',
    'sessions',
    'session_sources',
    'nodes',
    'splits',
    'batches',
    'batch_items',
    'item_pages',
    'steps',
    'logs',
  ]) {
    const names = columns(table)
      .map(({ name }) => name)
      .filter(name => !(table === 'logs' && name === 'id'));
    const values = names.map(name =>
      name === (table === 'runs' ? 'id' : 'run') ? 'n.id' : name === 'uid' ? "t.uid || '-' || n.id" : `t.${name}`,
    );
    db.prepare(
      `${numbers} insert into ${table} (${names.join(', ')}) select ${values.join(', ')} from n, ${table} t where t.${table === 'runs' ? 'id' : 'run'} = 1`,
    ).run({ times });
  }
  db.exec("update runs set status = 'running', ended_at = null, counts = null, error = null where id % 2 = 0");
  db.exec('update sessions set ended_at = null, outcome = null where run % 2 = 0');
  db.exec('update batches set status = 1, ended_at = null, error = null where status = 3 and run % 2 = 0');
  db.prepare(
    'insert into leases (run, owner, pid, born, host, heartbeat) select id, uid, 4194303, ?, ?, started_at from runs where id % 2 = 0',
  ).run(processes.of(process.pid).born ?? null, hostname());
  db.exec('commit');
  db.close();
}

describe('an output of 50 MB', () => {
  test(
    'is kept, handed on and shown in part, whether it is a text, bytes or 20,000 objects',
    { timeout: 240_000 },
    async ({ task, skip }) => {
      skip(!isThorough, 'takes a while');
      const project = new Project({
        'large.ts': Project.workflow(`
cronflow.define({ id: 'large' })
  .step('text', () => 'x'.repeat(50 * 1_048_576))
  .step('length', (ctx: any) => ctx.last.length)
  .step('bytes', () => Buffer.alloc(50 * 1_048_576, 7))
  .step('sum', (ctx: any) => ctx.last.length + ctx.last[1000])
  .step('objects', () => Array.from({ length: 20_000 }, (_, n) => ({ number: n, name: 'number '.repeat(350) + n })))
  .step('count', (ctx: any) => ctx.last.length)
  .step('last', () => 'z'.repeat(50 * 1_048_576));`),
      });
      const studio = await Studio.open(project);
      const run = await studio.start('large.ts');
      const ended = await studio.until(
        'it has ended',
        async () => {
          const [item] = await studio.api.listRuns({ limit: 1 });
          return item && item.status !== 'running' ? item : undefined;
        },
        120_000,
      );
      expect(ended).toMatchObject({ status: 'completed' });
      const outputs = project
        .rows(
          "select n.path, s.output from steps s join nodes n using (run, node) where n.path in ('length', 'sum', 'count') order by s.seq",
        )
        .map(({ output }) => output);
      expect(outputs).toEqual([`${50 * 1_048_576}`, `${50 * 1_048_576 + 7}`, '20000']);
      const result = await studio.api.getResult({ run });
      expect(JSON.stringify(result).length).toBeLessThan(3_000_000);
      const [show, json] = await project.many(['show', '1'], ['show', '1', '--json']);
      expect(show?.code).toBe(0);
      expect(show?.stdout.length).toBeLessThan(100_000);
      expect(json?.summary.output).toHaveLength(50 * 1_048_576);
      seen(task, {
        fault: 'outputs of 50 MB: a text, bytes, 20,000 objects',
        became: 'completed',
        said: 'nothing; shown in part, given in full by `--json`',
        afterwards: 'nothing to do',
      });
    },
  );
});
