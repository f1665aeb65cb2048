import { afterAll, afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { attachToPoints } from '../../engine/failpoints.ts';
import { resumeRun, startRun } from '../../engine/run/execute.ts';
import { DELETED_A_PAGE, deleteRun, finishDeletions, unfinishedDeletions } from '../../engine/store/delete-run.ts';
import { openStore, type StoreDatabase } from '../../engine/store/open.ts';
import { labelOf, labelRun, pinnedRuns } from '../../engine/store/run-labels.ts';
import { bytesOfRun } from '../../engine/store/run-size.ts';
import { listRuns } from '../../engine/store/queries.ts';
import { allRuns } from '../../engine/store/run-changes.ts';
import { runLine, runTitles } from '../../engine/store/run-queries.ts';
import { readRun } from '../../engine/store/runs.ts';
import { range } from '../support/outside.ts';
import { Bench, workflow } from '../support/runs.ts';

/* A run that is deleted leaves nothing behind, holds up nobody meanwhile, and a kill in the middle leaves none of it undone. */

// Thousands of batches take a while on a busy machine.
vi.setConfig({ testTimeout: 60_000 });
afterAll(() => vi.resetConfig());
afterEach(() => attachToPoints(() => {}));

const now = () => Date.now();

const flow = (batches: number) =>
  workflow(start =>
    start.forEach(
      'each',
      range(batches),
      (item, inner) => {
        inner.step('go', async ({ state }) => {
          if (item < 20) await state.incr('seen');
          if (item === 7) throw new Error('seven');
          return item;
        });
      },
      { concurrency: 100 },
    ),
  );

/** How many rows of a run each table has, of those that have any. */
function rowsOf(db: StoreDatabase, run: number): Record<string, number> {
  const tables = db
    .prepare<[], string>(
      `select m.name from sqlite_schema m join pragma_table_info(m.name) c on c.name = 'run' where m.type = 'table'`,
    )
    .pluck()
    .all();
  const counts = tables.map((table): [string, number] => [
    table,
    db.prepare<[number], number>(`select count(*) from ${table} where run = ?`).pluck().get(run) ?? 0,
  ]);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

test('nothing is left of a run that is deleted, and all of the others', async () => {
  const bench = new Bench();
  const kept = await bench.run(flow(30));
  const { run } = await bench.run(flow(30));
  labelRun(bench.db, run, { title: 'the wrong file' }, 1);
  const before = rowsOf(bench.db, kept.run);
  expect(rowsOf(bench.db, run)).toMatchObject({ batches: 30, state_writes: 19, run_labels: 1 });
  deleteRun(bench.db, run, now);
  expect(rowsOf(bench.db, run)).toEqual({});
  expect(rowsOf(bench.db, kept.run)).toEqual(before);
  expect(readRun(bench.db, run)).toBeUndefined();
  expect(bench.db.pragma('foreign_key_check')).toEqual([]);
  // Its number is not given to another one: an address, or a note on paper, never means another run.
  expect((await bench.run(flow(3))).run).toBe(run + 1);
});

test('others write between the pages, and a kill in the middle leaves a run that is gone for everybody', async () => {
  const bench = new Bench();
  const { run } = await bench.run(flow(DELETED_A_PAGE * 2 + 10));
  const other = openStore(bench.file, { mode: 'write' });
  onTestFinished(() => {
    other.close();
  });
  other.pragma('busy_timeout = 0');
  let pages = 0;
  attachToPoints(name => {
    if (name !== 'run-page-deleted') return;
    other.transaction(() => {}).immediate();
    if ((pages += 1) === 3) throw new Error('killed');
  });
  expect(() => deleteRun(bench.db, run, now)).toThrow('killed');
  attachToPoints(() => {});
  expect(rowsOf(bench.db, run).batches).toBeGreaterThan(0);
  expect(unfinishedDeletions(bench.db)).toEqual([run]);
  expect([readRun(bench.db, run), runLine(bench.db, run)]).toEqual([undefined, undefined]);
  expect([...runTitles(bench.db, undefined)]).toEqual([]);
  expect(listRuns(bench.db, { limit: 10 })).toEqual([]);
  expect(allRuns(bench.db)).toEqual([]);
  // As long as the process lives, it is at it.
  finishDeletions(bench.db, now);
  expect(unfinishedDeletions(bench.db)).toEqual([run]);
  bench.db.prepare('delete from leases').run();
  await expect(resumeRun(bench.worker(flow(1)), run)).rejects.toThrow(`There is no run ${run}`);
  finishDeletions(bench.db, now);
  expect(rowsOf(bench.db, run)).toEqual({});
});

test('a run that a process works on is not deleted', async () => {
  const bench = new Bench();
  const { promise, resolve } = Promise.withResolvers<void>();
  const begun = await bench.start(workflow(start => start.step('wait', () => promise)));
  const [run = 0] = listRuns(bench.db, { limit: 1 });
  expect(() => deleteRun(bench.db, run, now)).toThrow(`Run ${run} is being worked on by process`);
  expect(unfinishedDeletions(bench.db)).toEqual([]);
  resolve();
  await begun.done;
  expect(readRun(bench.db, run)?.status).toBe('completed');
});

test('files of code stay as long as a run has them', async () => {
  const bench = new Bench();
  const { db } = bench;
  const ran = async (hash: string) => {
    const code = { hash, sources: [{ path: '/a.ts', hash, text: `// ${hash}` }] };
    const begun = await startRun({ ...bench.worker(flow(1)), code }, '/a.ts', undefined);
    return (await begun.done).run;
  };
  const [first, second, third] = [await ran('one'), await ran('one'), await ran('two')];
  const hashes = () => db.prepare<[], string>('select hash from sources order by hash').pluck().all();
  expect(hashes()).toEqual(['one', 'two']);
  deleteRun(db, first, now);
  deleteRun(db, third, now);
  expect(hashes()).toEqual(['one']);
  deleteRun(db, second, now);
  expect(hashes()).toEqual([]);
});

test('what it takes is told as it is, within a third', async () => {
  const bench = new Bench();
  const before = bench.db.pragma('page_count', { simple: true }) as number;
  const long = 'x'.repeat(500);
  const { run } = await bench.run(
    workflow(start =>
      start.batch('all', { items: range(3000).map(n => ({ n, long })), size: 10 }, (items, inner) => {
        inner.step('copy', () => items);
      }),
    ),
  );
  const pages = (bench.db.pragma('page_count', { simple: true }) as number) - before;
  const bytes = pages * (bench.db.pragma('page_size', { simple: true }) as number);
  expect(bytesOfRun(bench.db, run) / bytes).toBeGreaterThan(0.67);
  expect(bytesOfRun(bench.db, run) / bytes).toBeLessThan(1.5);
});

test('a title, a note and a pin are said and taken back one by one', async () => {
  const bench = new Bench();
  const runs = [(await bench.run(flow(1))).run, (await bench.run(flow(1))).run];
  const [first = 0, second = 0] = runs;
  labelRun(bench.db, first, { title: ' before the fix ' }, 1);
  labelRun(bench.db, first, { note: 'see the mail of Monday' }, 2);
  labelRun(bench.db, first, { pinned: true }, 3);
  labelRun(bench.db, second, { pinned: true }, 4);
  expect(labelOf(bench.db, first)).toEqual({ title: 'before the fix', note: 'see the mail of Monday', pinned: true });
  expect(pinnedRuns(bench.db)).toEqual([second, first]);
  labelRun(bench.db, first, { title: '' }, 5);
  labelRun(bench.db, second, { pinned: false }, 6);
  expect(labelOf(bench.db, first)).toEqual({ note: 'see the mail of Monday', pinned: true });
  expect(labelOf(bench.db, second)).toEqual({});
  expect(pinnedRuns(bench.db)).toEqual([first]);
  expect(() => labelRun(bench.db, 99, { title: 'x' }, 7)).toThrow('There is no run 99');
});
