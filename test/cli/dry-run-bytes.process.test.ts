import Database from 'better-sqlite3';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Project } from '../support/project.ts';

test('a dry run changes no byte of the store, and does not wait for who writes to it', async () => {
  const project = new Project({
    'flow.ts': Project.workflow(
      `cronflow.define({ id: 'ten' }).forEach('each', [...Array(10).keys()], (n: any, flow: any) => { flow.step('do', () => { if (n === 3) throw new Error('three'); return n; }); });`,
    ),
  });
  expect(await project.cli(['run', 'flow.ts'])).toMatchObject({ code: 1 });
  const before = readFileSync(project.storeFile);
  expect(await project.cli(['rerun', '1', '--dry-run'])).toMatchObject({ code: 0 });
  expect(readFileSync(project.storeFile).equals(before)).toBe(true);
  const writer = new Database(project.storeFile);
  writer.prepare('begin immediate').run();
  const [planned] = await project.many(['rerun', '1', '--dry-run', '--batches', 'all', '--json']);
  expect(planned).toMatchObject({ code: 0 });
  expect(planned?.stdout).toContain('"event":"dry-run"');
  writer.prepare('rollback').run();
  writer.close();
  expect(readFileSync(project.storeFile).equals(before)).toBe(true);
});
