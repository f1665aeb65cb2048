import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { STORE_VERSION } from '../../engine/store/migrations.ts';
import { openStore } from '../../engine/store/open.ts';
import { failureCauses, listBatches, placesOfCause } from '../../engine/store/queries.ts';
import { unsoundness } from '../../engine/store/soundness.ts';
import { Call } from '../support/call.ts';

/*
 * Stores as earlier versions wrote them: a run of letters.ts beside them that has failed in two of three batches, each after two
 * attempts. To add one before a migration is added: run letters.ts with the version before, `pragma journal_mode = delete`, copy.
 */
const FIXTURES = path.resolve(import.meta.dirname, '../fixtures/stores');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cronflow-old-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe.each(['v1', 'v2'])('a store of %s', version => {
  function copyOf(): string {
    const store = path.join(folder, 'runs.db');
    copyFileSync(path.join(FIXTURES, `${version}.db`), store);
    return store;
  }

  test('is brought up to date, with its causes and attempts as they were', () => {
    const store = copyOf();
    const db = openStore(store, { mode: 'write' });
    expect(db.pragma('user_version', { simple: true })).toBe(STORE_VERSION);
    expect(
      failureCauses(db, 1, 10).map(cause => [cause.message, cause.batches, placesOfCause(db, 1, cause).indices]),
    ).toEqual([
      ['"group": a has no address', 1, [0]],
      ['"group": e has no address', 1, [2]],
    ]);
    expect([...listBatches(db, 1, {}, false)].map(({ status, attempts }) => [status, attempts])).toEqual([
      ['failed', 2],
      ['succeeded', 1],
      ['failed', 2],
    ]);
    db.close();
    expect(unsoundness(store)).toBeUndefined();
  });

  test('has the plans of queries that a new store has', () => {
    const stat = 'select tbl, idx, stat from sqlite_stat1 order by tbl, idx';
    const old = openStore(copyOf(), { mode: 'write' });
    const fresh = openStore(path.join(folder, 'fresh.db'), { mode: 'create' });
    expect(old.prepare(stat).all()).toEqual(fresh.prepare(stat).all());
    old.close();
    fresh.close();
  });

  test('continues: its failed batches are re-run, and what succeeded is not executed again', async () => {
    const store = copyOf();
    const flow = path.join(folder, 'flows', 'letters.ts');
    mkdirSync(path.dirname(flow));
    copyFileSync(path.join(FIXTURES, 'letters.ts'), flow);
    writeFileSync(path.join(folder, 'flows', 'fixed'), '');
    const args = ['rerun', '1', '--store', store, '--file', flow, '--json'];
    const { code, events, summary, stderr } = await new Call(args, { cwd: folder }).done;
    expect(code, stderr).toBe(0);
    expect(events.filter(({ event }) => event === 'log').map(({ text }) => text)).toEqual(['sent a,b', 'sent e,f']);
    expect(summary).toMatchObject({ status: 'completed', output: 6 });
    const db = new Database(store, { readonly: true });
    expect(db.prepare('select idx, attempt from batches order by idx').all()).toEqual([
      { idx: 0, attempt: 3 },
      { idx: 1, attempt: 1 },
      { idx: 2, attempt: 3 },
    ]);
    db.close();
  });
});
