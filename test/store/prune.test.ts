import Database from 'better-sqlite3';
import { statSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { deleteIdleRuns } from '../../engine/store/delete-run.ts';
import { openStore } from '../../engine/store/open.ts';
import { judgeRuns, type PruneRule } from '../../engine/store/prune.ts';
import { pruneByPolicy } from '../../engine/store/prune-by-policy.ts';
import { labelRun } from '../../engine/store/run-labels.ts';
import { listRuns } from '../../engine/store/queries.ts';
import { sharedCounts, writeShared } from '../../engine/store/shared-state.ts';
import { prunePolicy, setPrunePolicy } from '../../engine/store/store-policies.ts';
import { canGiveBackSpace, compactStore, giveBackSpace, storeSpace } from '../../engine/store/store-space.ts';
import { copyRuns } from '../support/many-runs.ts';
import { range } from '../support/outside.ts';
import { Bench, temporaryFolder, workflow } from '../support/runs.ts';

/* Runs that are no longer needed go by a rule, none that is, and the disk has their space again. */

vi.setConfig({ testTimeout: 30_000 });

const HOUR = 3_600_000;
const flow = (id = 'test', fails = false) =>
  workflow(
    start =>
      start.batch('all', { items: range(4), size: 2, tolerateFailures: 'all' }, (items, inner) => {
        inner.step('one', () => {
          if (fails && items.includes(3)) throw new Error('three');
        });
      }),
    { id },
  );

const rule = (given: Partial<PruneRule>): PruneRule => ({ keepFailed: false, unfinished: false, ...given });
const endedAt = (bench: Bench, run: number, at: number) =>
  bench.db.prepare('update runs set ended_at = ? where id = ?').run(at, run);
const verdicts = (bench: Bench, given: Partial<PruneRule>, now = Date.now()) =>
  judgeRuns(bench.db, rule(given), now).map(({ kept }) => kept ?? 'goes');

test('only finished runs that ended before that age go, and each of the others says why it stays', async () => {
  const bench = new Bench();
  const now = 100 * HOUR;
  for (const at of range(7)) {
    await bench.run(flow('test', at === 1));
    endedAt(bench, at + 1, (at + 1) * HOUR);
  }
  bench.db.exec(`update runs set status = 'paused' where id = 3`);
  bench.db.exec(`update runs set status = 'running', ended_at = null where id = 4`);
  bench.db.exec(`update sessions set started_at = 1 where run = 4`);
  labelRun(bench.db, 5, { pinned: true }, 1);
  endedAt(bench, 6, now - 1);
  const age = { olderThanMs: 10 * HOUR };
  expect(verdicts(bench, age, now)).toEqual(['goes', 'goes', 'unfinished', 'unfinished', 'pinned', 'young', 'goes']);
  // It completed, since the failure was tolerated: there still is something to look at.
  expect(verdicts(bench, { ...age, keepFailed: true }, now)[1]).toBe('failed');
  expect(verdicts(bench, { ...age, unfinished: true }, now).slice(2, 4)).toEqual(['goes', 'goes']);
});

test('the newest of each workflow stay, however often another one runs', async () => {
  const bench = new Bench();
  for (const id of ['rare', 'often', 'often', 'rare', 'often', 'often']) await bench.run(flow(id));
  expect(verdicts(bench, { keep: 2 })).toEqual(['newest', 'goes', 'goes', 'newest', 'newest', 'newest']);
  expect(verdicts(bench, { keep: 1, olderThanMs: HOUR })).toEqual([
    'young',
    'young',
    'young',
    'newest',
    'young',
    'newest',
  ]);
});

test('a run that goes on stays, and one that was taken up since it was judged is not deleted', async () => {
  const bench = new Bench();
  await bench.run(flow());
  const gate = Promise.withResolvers<void>();
  const { done } = await bench.start(workflow(start => start.step('wait', () => gate.promise)));
  await vi.waitFor(() => expect(listRuns(bench.db, { limit: 9 })).toEqual([2, 1]));
  expect(verdicts(bench, { olderThanMs: 1, unfinished: true }, Date.now() + HOUR)).toEqual(['goes', 'running']);
  expect([...deleteIdleRuns(bench.db, [2, 1, 7], Date.now)]).toEqual([1]);
  gate.resolve();
  await done;
  expect(listRuns(bench.db, { limit: 9 })).toEqual([2]);
});

test('many runs are deleted in an instant, all rows of them, and the file gets as small as what is left', async () => {
  const bench = new Bench();
  for (const _ of range(4)) await bench.run(flow());
  const { bytes: few } = storeSpace(bench.db);
  copyRuns(bench.db, 4_000);
  bench.db.pragma('wal_checkpoint(truncate)');
  const size = () => statSync(bench.file).size;
  const large = size();
  expect(large).toBeGreaterThan(few * 10);
  const goes = judgeRuns(bench.db, rule({ keep: 4 }), Date.now()).flatMap(({ run, kept }) => (kept ? [] : [run]));
  expect([...deleteIdleRuns(bench.db, goes, Date.now)]).toHaveLength(3_996);
  expect(listRuns(bench.db, { limit: 9 })).toEqual([4000, 3999, 3998, 3997]);
  for (const table of ['steps', 'batches', 'sessions', 'session_sources', 'tallies'])
    expect(bench.db.prepare(`select distinct run from ${table} where run < 3997`).all(), table).toEqual([]);
  expect(storeSpace(bench.db).freeBytes).toBeGreaterThan(large / 2);
  giveBackSpace(bench.db);
  expect(storeSpace(bench.db).freeBytes).toBe(0);
  expect(size()).toBeLessThan(few * 2);
  expect(bench.db.pragma('integrity_check', { simple: true })).toBe('ok');
});

test('a store of an earlier version gives nothing back until it is written anew', () => {
  const file = path.join(temporaryFolder(), 'runs.db');
  // As SQLite makes a file by itself.
  const early = new Database(file);
  early.pragma('auto_vacuum = none');
  early.exec('create table of_before (text text)');
  early.exec('drop table of_before');
  early.close();
  const db = openStore(file, { mode: 'write' });
  onTestFinished(() => {
    db.close();
  });
  expect(canGiveBackSpace(db)).toBe(false);
  compactStore(db);
  expect(canGiveBackSpace(db)).toBe(true);
});

test('a policy is applied once an hour, by one of those who look, until it is taken back', async () => {
  const bench = new Bench();
  const now = () => 5 * HOUR;
  for (const _ of range(3)) await bench.run(flow());
  expect(pruneByPolicy(bench.db, now)).toBe(0);
  setPrunePolicy(bench.db, rule({ keep: 1 }));
  const passing = { op: 'set', workflow: '', key: 'passing', value: '1', expiresAt: 4 * HOUR, at: 0 } as const;
  writeShared(bench.db, passing, null);
  expect(pruneByPolicy(bench.db, now)).toBe(2);
  // What runs share and whose time is over goes with them.
  expect(sharedCounts(bench.db, now())).toEqual([]);
  await bench.run(flow());
  const other = openStore(bench.file, { mode: 'write' });
  onTestFinished(() => {
    other.close();
  });
  expect(pruneByPolicy(other, () => now() + HOUR - 1)).toBe(0);
  expect(pruneByPolicy(other, () => now() + HOUR + 1)).toBe(1);
  expect(pruneByPolicy(bench.db, () => now() + HOUR + 1)).toBe(0);
  // A clock that was set back does not keep it from being applied.
  await bench.run(flow());
  expect(pruneByPolicy(bench.db, () => HOUR)).toBe(1);
  setPrunePolicy(bench.db, undefined);
  await bench.run(flow());
  expect(pruneByPolicy(bench.db, () => 99 * HOUR)).toBe(0);
});

test('a policy that is not one of ours deletes nothing', async () => {
  const bench = new Bench();
  await bench.run(flow());
  for (const policy of [
    '{"keepFailed":false,"unfinished":false}',
    '{"keep":-1,"keepFailed":false,"unfinished":false}',
    '[',
  ]) {
    bench.db.prepare(`insert or replace into policies (name, policy) values ('prune', ?)`).run(policy);
    expect(() => prunePolicy(bench.db)).toThrow('The policy by which runs are deleted');
    expect(() => pruneByPolicy(bench.db, Date.now)).toThrow('The policy by which runs are deleted');
  }
  expect(listRuns(bench.db, { limit: 9 })).toEqual([1]);
});
