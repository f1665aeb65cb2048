import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Project } from '../support/project.ts';

const FLOW = Project.workflow(`cronflow.define({ id: 'flow', name: 'Flow' }).step('one', ctx => {
  if (ctx.payload.how === 'fails') throw new Error('no such film');
  if (ctx.payload.how === 'dies') process.kill(process.pid, 'SIGKILL');
});`);
const TOLD = `const { CRONFLOW_RUN: run, CRONFLOW_RUN_STATUS: status, CRONFLOW_RUN_ERROR: error } = process.env;
  require('fs').appendFileSync(__dirname + '/told.txt', [process.argv[2], run, status, error].join(' ') + '\\n');
  if (process.argv[2] === 'broken') { console.error('mail is down'); process.exit(1); }`;
const payload = (how: string) => ['--payload', JSON.stringify({ how })];
const node = JSON.stringify(process.execPath);

describe.concurrent('who is told of the end of a run', { timeout: 120_000 }, () => {
  test('is told by --on-failure and --on-finish, also when its process was killed', async () => {
    const project = new Project({ 'flow.ts': FLOW, 'told.cjs': TOLD });
    const both = ['--on-failure', `${node} told.cjs failure`, '--on-finish', `${node} told.cjs finish`];
    const codes: (number | null)[] = [];
    for (const how of ['works', 'fails', 'dies'])
      codes.push((await project.cli(['run', 'flow.ts', ...payload(how), ...both])).code);
    expect(codes).toEqual([0, 1, 3]);
    const lines = readFileSync(project.path('told.txt'), 'utf8').trimEnd().split('\n');
    expect(lines[0]).toBe('finish 1 completed ');
    expect(lines.slice(1, 3).toSorted()).toEqual(['failure 2 failed no such film', 'finish 2 failed no such film']);
    expect(
      lines
        .slice(3)
        .map(line => line.trim())
        .toSorted(),
    ).toEqual(['failure 3 interrupted', 'finish 3 interrupted']);
  });

  test('the store tells by itself, and what fails there is told, in the log too, and changes nothing of the run', async () => {
    const project = new Project({ 'flow.ts': FLOW, 'told.cjs': TOLD });
    await project.cli(['run', 'flow.ts']);
    expect((await project.cli(['notify'])).stdout).toBe('Nobody is told of the end of runs of this store.\n');
    const set = await project.cli(['notify', '--on-finish', `${node} told.cjs broken`]);
    expect(set.stdout).toContain('When a run of this store has ended: ');
    const { code, stderr, stdout } = await project.cli(['run', 'flow.ts']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('completed')]);
    expect(stderr).toContain('was to be told of the end of run 2, and failed: it ended with code 1: mail is down.');
    expect(readFileSync(project.path('told.txt'), 'utf8')).toBe('broken 2 completed \n');
    expect((await project.cli(['notify', '--test', '1'])).code).toBe(1);
    expect(readFileSync(project.path('told.txt'), 'utf8')).toContain('broken 1 failed');
    await project.cli(['notify', '--off']);
    expect((await project.cli(['run', 'flow.ts'])).stderr).not.toContain('was to be told');
  });

  test('what is neither a command nor an address is refused before anything runs', async () => {
    const project = new Project({ 'flow.ts': FLOW });
    const { code, stderr } = await project.cli(['run', 'flow.ts', '--on-failure', 'mail "me']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('--on-failure: In "mail \\"me" a quote is not closed.'),
    ]);
    expect((await project.cli(['rerun', '1', '--climb', '--on-finish', 'x'])).code).toBe(2);
  });
});
