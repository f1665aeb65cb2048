import { afterAll, beforeAll, expect, test } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startRun } from '../../engine/run/execute.ts';
import { judgeRuns } from '../../engine/store/prune.ts';
import { openStore, type StoreDatabase } from '../../engine/store/open.ts';
import type { ListedRun } from '../../host/api/api.ts';
import { OPERATIONS } from '../../host/store/operations.ts';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { inProcess } from '../support/in-process.ts';
import { copyRuns } from '../support/many-runs.ts';
import { range } from '../support/outside.ts';
import { workflow } from '../support/runs.ts';

/* A store of 100,000 runs is listed, filtered and watched as one of a hundred. */

const RUNS = 100_000;
const IDS = ['films', 'tolls', 'mails'];
let folder: string;
let file: string;
let db: StoreDatabase;
let store: StoreConnection;

const flow = (id: string, fails = false) =>
  workflow(
    start =>
      start.batch('all', { items: range(4), size: 2, tolerateFailures: 'all' }, (items, inner) => {
        inner.step('one', async ({ state }) => {
          await state.incr('seen');
          if (fails && items.includes(3)) throw new Error('three');
        });
      }),
    { id },
  );

const execute = async (definition: ReturnType<typeof flow>) => {
  const code = { hash: 'test', sources: [] };
  const begun = await startRun({ db, storeFile: file, definition, code }, path.join(folder, 'flow.ts'), undefined);
  return (await begun.done).run;
};

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cronflow-many-'));
  file = path.join(folder, 'runs.db');
  db = openStore(file, { mode: 'create' });
  db.pragma('synchronous = OFF');
  for (const at of range(9)) await execute(flow(IDS[at % 3] ?? '', at === 4));
  db.exec(`update runs set status = 'paused' where id = 8`);
  copyRuns(db, RUNS);
  store = new StoreConnection(file, folder);
});

afterAll(() => {
  store.close();
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Of the processor, since others share the machine. */
async function milliseconds<T>(work: () => T | Promise<T>): Promise<{ ms: number; result: T }> {
  const from = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(from);
  return { ms: (user + system) / 1000, result };
}

test.each([
  ['the newest', {}, 50],
  ['of one workflow', { workflow: 'films' }, 50],
  ['of a workflow that has none', { workflow: 'none' }, 0],
  ['of one status', { statuses: ['paused' as const] }, 50],
  ['of a status that none has', { statuses: ['running' as const] }, 0],
  ['by words that fit', { search: 'tolls failed' }, 50],
  ['by words that fit none', { search: 'none' }, 0],
  ['by what none has', { search: 'lost updates' }, 0],
  ['damaged ones, of which there are none', { search: 'damaged' }, 0],
  ['by number', { search: 'run 37' }, 1],
])('%s: the Studio lists them in less than a second', async (_what, wanted, count) => {
  const { ms, result } = await milliseconds((): ListedRun[] => OPERATIONS.listRuns(store, { limit: 50, ...wanted }));
  expect(result).toHaveLength(count);
  expect(ms).toBeLessThan(1_000);
});

test.each([
  [[]],
  [['--workflow', 'mails']],
  [['--workflow', 'none']],
  [['--status', 'failed']],
  [['--status', 'paused', '--json']],
])('cronflow runs %j takes less than a second', async args => {
  const { ms, result } = await milliseconds(() => inProcess('runs', ...args, '--store', file));
  expect(result.code).toBe(0);
  expect(ms).toBeLessThan(1_000);
});

test('to watch the store while somebody writes to it reads what has changed, and nothing else', async () => {
  OPERATIONS.changes(store, []);
  const run = await execute(flow('films'));
  const first = OPERATIONS.changes(store, []);
  expect(first.items.map(item => item.run)).toEqual([run]);
  const looks: number[] = [];
  for (const at of range(10)) {
    db.prepare('update runs set active_ms = ? where id = ?').run(at, run);
    const from = performance.now();
    expect(OPERATIONS.changes(store, [])).toMatchObject({ written: true, items: [], gone: [] });
    looks.push(performance.now() - from);
  }
  // To read a mark of each run took 150 ms, several times a second.
  expect(Math.min(...looks)).toBeLessThan(10);
  db.prepare('insert into run_deletions (run) values (?)').run(run);
  expect(OPERATIONS.changes(store, []).gone).toEqual([run]);
});

test('a rule is held against all of them in seconds', async () => {
  const rule = { keep: 10, olderThanMs: 1, keepFailed: true, unfinished: false };
  const { ms, result } = await milliseconds(() => judgeRuns(db, rule, Date.now() + 1_000));
  const kept = result.filter(({ kept: why }) => why === 'newest').length;
  expect([result.length, kept]).toEqual([RUNS, 30]);
  expect(ms).toBeLessThan(3_000);
});
