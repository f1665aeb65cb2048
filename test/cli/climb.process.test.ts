import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BatchStatus } from '../../common/status.ts';
import { openStore } from '../../engine/store/open.ts';
import { ownerOf } from '../../engine/store/leases.ts';
import { preparedRaw } from '../../engine/store/prepared-queries.ts';
import { eventually } from '../support/cli.ts';
import { Project } from '../support/project.ts';

/* A re-run that climbs stops by itself, and touches nothing that it did not reach, even when it is killed. */

/** 30 batches of one number each. All fail until `mended` is there; then those in it fail; and those in `held` wait for as long as it is there. */
const NUMBERS = Project.workflow(`
import { existsSync, readFileSync } from 'node:fs';
const at = (name: string) => new URL(name, import.meta.url);
const listed = (name: string) => (existsSync(at(name)) ? (JSON.parse(readFileSync(at(name), 'utf8')) as number[]) : undefined);
cronflow
  .define({ id: 'numbers' })
  .batch('check', { items: () => Array.from({ length: 30 }, (_, number) => number), size: 1, concurrency: 3 }, (batch, flow) => {
    flow.step('look', async () => {
      const [number = 0] = batch;
      if (listed('mended')?.includes(number) ?? true) throw new Error('number ' + number + ' is not well');
      while (listed('held')?.includes(number)) {
        note(number);
        await sleep(20);
      }
    });
  });
`);

async function failedRun(): Promise<Project> {
  const project = new Project({ 'numbers.ts': NUMBERS });
  expect((await project.cli(['run', 'numbers.ts'])).code).toBe(1);
  return project;
}

/** Kills a command and its runner while a batch of theirs waits. */
async function killedWhileHeld(project: Project, args: readonly string[]): Promise<void> {
  const call = project.start(args);
  await eventually('a batch waits', () => project.ledger().length > 0);
  const db = openStore(project.path('.cronflow', 'runs.db'), { mode: 'read' });
  const pid = ownerOf(db, 1)?.pid;
  db.close();
  if (pid === undefined) throw new Error('nobody works on the run');
  call.kill('SIGKILL');
  process.kill(pid, 'SIGKILL');
  await call.done;
}

/** Status and attempt of each batch. */
function batchesOf(project: Project): [number, number][] {
  const db = openStore(project.path('.cronflow', 'runs.db'), { mode: 'read' });
  try {
    return preparedRaw<[], [number, number]>(db, 'select status, attempt from batches order by idx').all();
  } finally {
    db.close();
  }
}

const untouched = (count: number) => Array.from({ length: count }, () => [BatchStatus.failed, 1]);

test('it says each rung before it begins, and stops at the one of which too many fail again', async () => {
  const project = await failedRun();
  writeFileSync(project.path('mended'), '[4, 5, 6]');
  const { stdout, code } = await project.cli(['rerun', '1', '--climb']);
  expect(code).toBe(1);
  expect(stdout).toContain('Rung 1 of 3: batch 0, stops if it fails again');
  expect(stdout).toContain('Rung 2 of 3: 10 batches, stops when more than 2 fail');
  expect(stdout).toContain('Stopped by itself: 3 of 10 failed again, 2 times now.\n  number');
  expect(stdout).toContain('19 batches were not touched.');
  expect(stdout).not.toContain('Rung 3');
  expect(batchesOf(project).slice(11)).toEqual(untouched(19));

  writeFileSync(project.path('mended'), '[]');
  const again = await project.cli(['rerun', '1', '--climb', '--json']);
  expect(again.code).toBe(0);
  expect(again.events.filter(({ event }) => event === 'rung')).toMatchObject([
    { rung: 1, of: 3, succeeded: 1, failed: 0, left: 21, stopped: false },
    { rung: 2, of: 3, succeeded: 10, left: 11 },
    { rung: 3, of: 3, succeeded: 11, left: 0, stopped: false },
  ]);
  expect(batchesOf(project).every(([status]) => status === BatchStatus.succeeded)).toBe(true);
});

test('killed in the middle of a rung, that rung is resumed, and all others are as they were', async () => {
  const project = await failedRun();
  writeFileSync(project.path('mended'), '[]');
  writeFileSync(project.path('held'), '[3]');
  await killedWhileHeld(project, ['rerun', '1', '--climb']);
  expect(batchesOf(project).slice(11)).toEqual(untouched(19));
  writeFileSync(project.path('held'), '[]');
  await project.cli(['resume', '1']);
  const batches = batchesOf(project);
  expect(batches.slice(0, 11).every(([status]) => status === BatchStatus.succeeded)).toBe(true);
  expect(batches.slice(11)).toEqual(untouched(19));
});

test('a run with batches that have not run yet does not climb', async () => {
  const project = await failedRun();
  writeFileSync(project.path('mended'), '[]');
  writeFileSync(project.path('held'), '[0]');
  await killedWhileHeld(project, ['rerun', '1', '--batches', '0-4']);
  const { code, stderr } = await project.cli(['rerun', '1', '--climb']);
  expect(code).toBe(2);
  expect(stderr).toContain('Resume the run first');
});
