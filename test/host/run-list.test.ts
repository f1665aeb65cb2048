import { rmSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openStore } from '../../engine/store/open.ts';
import { runTitles } from '../../engine/store/run-queries.ts';
import { ChangeWatch } from '../../host/store/changes.ts';
import { listRuns } from '../../host/store/run-list.ts';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { range } from '../support/outside.ts';
import { temporaryFolder } from '../support/runs.ts';

const FOLDER_FILE = 'sub/films.ts';

/** A store with as many runs, whose latest is `films`; the others are as `columns` has it. */
function storeOf(runs: number) {
  const folder = temporaryFolder();
  const file = path.join(folder, 'runs.db');
  const db = openStore(file, { mode: 'create' });
  const store = new StoreConnection(file, folder);
  onTestFinished(() => {
    store.close();
    db.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const counts = { total: 2, waiting: 0, running: 0, succeeded: 1, failed: 1, cancelled: 0, setAside: 0 };
  const add = db.prepare(
    `insert into runs (uid, workflow, name, file, status, payload, graph, counts, started_at, ended_at)
      values (?, ?, ?, ?, 'completed', '{}', '{"id":"films","name":"Films","triggers":[],"nodes":[]}', ?, 1, 2)`,
  );
  const json = JSON.stringify({
    items: counts,
    batches: counts,
    nodes: [{ path: 'each', items: counts, batches: counts, complete: true }],
  });
  db.transaction(() => {
    for (const run of range(runs)) add.run(`u${run}`, 'films', 'Übersicht', path.join(folder, FOLDER_FILE), json);
  })();
  return { db, store };
}

const numbers = (store: StoreConnection, search: string, limit = 500) =>
  listRuns(store, { limit, search }).map(({ run }) => run);

test('a run is found by its number among all runs of the store, however many are newer', () => {
  const { store } = storeOf(501);
  expect(numbers(store, 'run 37')).toEqual([37]);
  expect(numbers(store, '#37')).toEqual([37]);
  expect(numbers(store, 'run 502')).toEqual([]);
});

test('each word of a filter must fit: names in upper or lower case, the file in its folder, the status', () => {
  const { db, store } = storeOf(5);
  db.exec(`update runs set name = 'Imports of 2024', workflow = 'imports', status = 'paused' where id = 2`);
  expect(numbers(store, 'übersicht')).toEqual([5, 4, 3, 1]);
  expect(numbers(store, '2024')).toEqual([2]);
  expect(numbers(store, 'IMPORTS paused')).toEqual([2]);
  expect(numbers(store, 'imports completed')).toEqual([]);
  expect(numbers(store, FOLDER_FILE, 2)).toEqual([5, 4]);
  // The folder the project is in is in every path.
  expect(numbers(store, path.basename(store.folder))).toEqual([]);
  expect(numbers(store, '  ')).toEqual([5, 4, 3, 2, 1]);
});

test('a stored run that nobody works on any more is found as interrupted, not as running', () => {
  const { db, store } = storeOf(3);
  db.exec(`update runs set status = 'running', ended_at = null where id = 1`);
  expect(numbers(store, 'interrupted')).toEqual([1]);
  expect(numbers(store, 'running')).toEqual([]);
});

test('“failed” finds runs that completed because their failures were tolerated, and “lost” those that lost updates', () => {
  const { db, store } = storeOf(4);
  db.exec(`
    insert into nodes (run, node, path, kind) values (2, 1, 'each', 'batch');
    insert into batches (run, scope, node, parent, idx, items, attempt, status) values (2, 1, 1, 0, 0, 1, 1, 3);
    insert into state_writes (run, seq, key, op, value, scope, node, attempt, lost_scope, lost_node, lost_attempt)
      values (3, 1, 'sum', 'set', '1', 1, 1, 1, 2, 1, 1), (3, 2, 'sum', 'set', '2', 1, 1, 1, 2, 1, 1)`);
  expect(numbers(store, 'failed')).toEqual([2]);
  expect(numbers(store, 'lost updates')).toEqual([3]);
  expect(listRuns(store, { limit: 9 }).map(run => ('lostUpdates' in run ? run.lostUpdates : 0))).toEqual([0, 2, 0, 0]);
});

test('a run that is damaged is listed by its number with what is wrong, and the others are as they were', () => {
  const { db, store } = storeOf(3);
  db.exec(`update runs set counts = '{"items": 7' where id = 2`);
  expect(listRuns(store, { limit: 9 })).toMatchObject([
    { run: 3, status: 'completed', items: { total: 2 } },
    { run: 2, status: 'damaged', message: expect.stringContaining('The counts of a run cannot be read') },
    { run: 1, status: 'completed' },
  ]);
  expect(numbers(store, 'damaged')).toEqual([2]);
  expect(listRuns(store, { limit: 9, statuses: ['completed'] }).map(({ run }) => run)).toEqual([3, 1]);
});

test('news of other runs arrive although a run is damaged', () => {
  const { db, store } = storeOf(2);
  const watch = new ChangeWatch();
  watch.look(store, []);
  db.exec(`
    update runs set counts = 'x' where id = 1;
    insert into sessions (run, session, kind, code_hash, pid, host, started_at, ended_at)
      values (1, 1, 'start', 'h', 1, 'h', 1, 2), (2, 1, 'start', 'h', 1, 'h', 1, 2)`);
  expect(watch.look(store, []).items.map(({ run }) => run)).toEqual([2]);
});

test('the latest run of a workflow is found behind hundreds of runs of others', () => {
  const { db, store } = storeOf(400);
  db.exec(`update runs set workflow = 'rare' where id = 3`);
  expect(listRuns(store, { limit: 1, workflow: 'rare', file: FOLDER_FILE })).toMatchObject([{ run: 3 }]);
  expect(listRuns(store, { limit: 1, workflow: 'rare', file: 'films.ts' })).toEqual([]);
});

test('a search of 100,000 runs reads an index, and neither payloads nor graphs', () => {
  const { db } = storeOf(1);
  const asked = vi.spyOn(db, 'prepare');
  expect(runTitles(db, 100_000).next().value).toMatchObject({ run: 1 });
  const [[sql] = ['']] = asked.mock.calls;
  asked.mockRestore();
  const plan = db.prepare<[number], { detail: string }>(`explain query plan ${sql}`).all(100_000);
  expect(plan.map(({ detail }) => detail)).toEqual([
    expect.stringContaining('COVERING INDEX runs_by_title (id<?)'),
    // One look at a number, for those that are a part of another run.
    expect.stringContaining('ROWID SEARCH ON TABLE subflows'),
    // Few are being deleted, and mostly none.
    expect.stringContaining('run_deletions'),
  ]);
});

test('the total of a source of unknown length is marked as one that may grow', () => {
  const { db, store } = storeOf(1);
  db.exec(`update runs set counts = replace(counts, '"complete":true', '"complete":false')`);
  expect(listRuns(store, { limit: 1 })).toMatchObject([{ isOpenEnded: true }]);
});
