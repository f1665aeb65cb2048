import { counted, RUN } from '../common/format.ts';
import { oneLine, safe } from '../common/safe-text.ts';
import { systemClock } from '../engine/run/clock.ts';
import { isTold, tellNotices, type Notices } from '../engine/runner/notice/notices.ts';
import { finishedRun, logAfterEnd, type FinishedRun } from '../engine/store/finished-run.ts';
import { openStore, storeError, type StoreDatabase } from '../engine/store/open.ts';
import { folderOfStore } from '../engine/store/project-store.ts';
import { pruneByPolicy } from '../engine/store/prune-by-policy.ts';
import { readRun } from '../engine/store/runs.ts';
import { StoreError } from '../engine/store/store-error.ts';
import { noticePolicy } from '../engine/store/store-policies.ts';

export interface EndedRun {
  readonly store: string;
  readonly run: number;
  /** Identifies the run in any store. */
  readonly uid: string;
  /** Its process ended without saying how. */
  readonly isLost: boolean;
}

/**
 * What is to be done when a run has ended: others are told, as the command and the store say, and runs that are no longer
 * needed are deleted, as the store says. What goes wrong is told on standard error, and changes nothing of how the run ended.
 */
export async function applyPolicies(ended: EndedRun, given: Notices): Promise<void> {
  const { store, isLost } = ended;
  const work = withStoreOf(ended, db => {
    const stored = noticePolicy(db);
    const finished = finishedRun(db, ended.run, systemClock.now());
    const deleted = pruneByPolicy(db, systemClock.now);
    if (deleted > 0)
      complain(`By the policy of the store, ${counted(deleted, RUN)} ${deleted === 1 ? 'was' : 'were'} deleted.`);
    return finished && { finished, stored };
  });
  if (!work) return;
  const { finished, stored } = work;
  const failures = [
    ...(await tell(given, finished, isLost, { store, folder: process.cwd() })),
    ...(stored ? await tell(stored, finished, isLost, { store, folder: folderOfStore(store) }) : []),
  ];
  if (failures.length === 0) return;
  for (const failure of failures) complain(failure);
  withStoreOf(ended, db => {
    for (const failure of failures) logAfterEnd(db, ended.run, failure, systemClock.now());
  });
}

async function tell(
  notices: Notices,
  finished: FinishedRun,
  isLost: boolean,
  place: { readonly store: string; readonly folder: string },
): Promise<readonly string[]> {
  if (!isTold(notices, finished, isLost)) return [];
  return await tellNotices(notices, finished, isLost, {
    ...place,
    onOutput: text => process.stderr.write(safe(text)),
  });
}

function withStoreOf<T>({ store, run, uid }: EndedRun, work: (db: StoreDatabase) => T): T | undefined {
  let db;
  try {
    db = openStore(store, { mode: 'write' });
    // Another store may be in its place, in which the number is another run's.
    return readRun(db, run)?.uid === uid ? work(db) : undefined;
  } catch (error) {
    const explained = storeError(store, error);
    if (!(explained instanceof StoreError)) throw explained;
    // That the store is gone, or cannot be written, was told with how the run ended.
    if (db) complain(explained.message);
    return undefined;
  } finally {
    db?.close();
  }
}

function complain(text: string): void {
  process.stderr.write(`${oneLine(text, 1_000)}\n`);
}
