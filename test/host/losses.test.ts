import { rmSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { identityOf } from '../../engine/store/process-identity.ts';
import { openStore } from '../../engine/store/open.ts';
import { beginSession } from '../../engine/store/runs.ts';
import { StoreConnection } from '../../host/store/store-connection.ts';
import { OPERATIONS } from '../../host/store/operations.ts';
import { temporaryFolder } from '../support/runs.ts';
import { writeBigRun } from './big-run.ts';

/** Of a pid that no process has. */
const GONE = 2 ** 22 + 7;

test('why a run was lost is told even where it cannot be written, until the run is taken up again', () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'runs.db');
  const db = openStore(file, { mode: 'create' });
  const { run } = writeBigRun(db, 3);
  const { host, born } = identityOf(process.pid);
  db.prepare(`update runs set status = 'running', ended_at = null where id = ?`).run(run);
  db.prepare('update sessions set ended_at = null, outcome = null where run = ?').run(run);
  db.prepare('insert into leases (run, owner, pid, born, host, heartbeat) values (?, ?, ?, ?, ?, ?)').run(
    run,
    'runner',
    GONE,
    born ?? null,
    host,
    Date.now(),
  );
  const access = new StoreConnection(file, folder);
  try {
    // No page can be added, which so long a reason needs.
    access.db?.pragma(`max_page_count = ${access.db.pragma('page_count', { simple: true }) as number}`);
    const full = 'The disk is full. '.repeat(50_000);
    OPERATIONS.noteLoss(access, { run, owner: 'runner', reason: full });
    expect(db.prepare('select status from runs where id = ?').pluck().get(run)).toBe('running');
    expect(OPERATIONS.runItem(access, run)).toMatchObject({ status: 'interrupted', reason: full });
    // A later session ends for reasons of its own.
    beginSession(db, run, { kind: 'resume', code: { hash: 'x', sources: [] }, onQueue: false, now: Date.now() });
    expect(OPERATIONS.runItem(access, run)).toMatchObject({ status: 'interrupted', reason: 'its process ended' });
    access.db?.pragma('max_page_count = 1000000');
    OPERATIONS.noteLoss(access, { run, owner: 'runner', reason: 'It was ended.' });
    expect(OPERATIONS.runItem(access, run)).toMatchObject({ status: 'interrupted', reason: 'It was ended.' });
  } finally {
    access.close();
    db.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
