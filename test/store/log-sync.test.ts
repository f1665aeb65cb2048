import { fstatSync, mkdtempSync, rmSync, statSync, writeFileSync, type fdatasync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Journal } from '../../engine/store/journal.ts';
import { LogSync } from '../../engine/store/log-sync.ts';
import { openStore } from '../../engine/store/open.ts';

let folder: string;
let store: string;
/** Syncs that have begun: the descriptor, and what ends each. */
let syncs: { readonly log: number; readonly end: () => void }[];
const sync = ((log: number, done: () => void) => syncs.push({ log, end: done })) as unknown as typeof fdatasync;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cronflow-sync-'));
  store = path.join(folder, 'runs.db');
  syncs = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function commit(log: LogSync, times: number): void {
  for (let time = 0; time < times; time++) log.committed();
}

test('the log is synced after each 100 transactions, one sync at a time', () => {
  writeFileSync(`${store}-wal`, '');
  const log = new LogSync(store, sync, 'linux');
  commit(log, 99);
  expect(syncs).toHaveLength(0);
  commit(log, 500);
  expect(syncs).toHaveLength(1);
  syncs[0]?.end();
  commit(log, 1);
  expect(syncs).toHaveLength(2);
  syncs[1]?.end();
  commit(log, 99);
  expect(syncs).toHaveLength(2);
  log.close();
});

test.each(['while it is synced', 'when it is not'])('its file is closed with the run: %s', async when => {
  writeFileSync(`${store}-wal`, '');
  const log = new LogSync(store, sync, 'linux');
  commit(log, 100);
  const [begun] = syncs;
  if (!begun) throw new Error('nothing was synced');
  expect(isLog(begun.log)).toBe(true);
  if (when === 'when it is not') begun.end();
  log.close();
  if (when !== 'when it is not') {
    expect(isLog(begun.log)).toBe(true);
    begun.end();
  }
  await expect.poll(() => isLog(begun.log)).toBe(false);
  commit(log, 200);
  expect(syncs).toHaveLength(1);
});

test('a store whose log is gone, or another system, is left alone', () => {
  const gone = new LogSync(store, sync, 'linux');
  commit(gone, 300);
  gone.close();
  writeFileSync(`${store}-wal`, '');
  const elsewhere = new LogSync(store, sync, 'darwin');
  commit(elsewhere, 300);
  elsewhere.close();
  expect(syncs).toHaveLength(0);
});

test('the journal tells of each transaction that was committed, and of none that failed', async () => {
  const db = openStore(store, { mode: 'create' });
  let commits = 0;
  const journal = new Journal(db, store, { onFailure: () => undefined, onCommit: () => (commits += 1) });
  journal.write(() => db.exec('create table one (a)'));
  journal.write(() => db.exec('create table two (a)'));
  await journal.committed();
  expect(commits).toBe(1);
  journal.write(() => db.exec('create table one (a)'));
  await expect(journal.committed()).rejects.toThrow('one');
  expect(commits).toBe(1);
  journal.rest();
  db.close();
});

/** Whether a descriptor is that of the log: its number may be given to another file once it is closed. */
function isLog(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).ino === statSync(`${store}-wal`).ino;
  } catch {
    return false;
  }
}
