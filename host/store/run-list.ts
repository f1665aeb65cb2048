import type { Database } from 'better-sqlite3';
import { storeError } from '../../engine/store/open.ts';
import { StoreError } from '../../engine/store/store-error.ts';
import { checkReadable, observedRun } from '../../engine/store/run-as-shown.ts';
import * as labels from '../../engine/store/run-labels.ts';
import { runTitles } from '../../engine/store/run-queries.ts';
import type { Args, DamagedRun, ListedRun } from '../api/api.ts';
import { runSearch } from './run-search.ts';
import { fileIn, itemOf } from './runs.ts';
import type { StoreConnection } from './store-connection.ts';

/** Runs, newest first. One that cannot be read is named as damaged, and the others are what they are. */
export function listRuns(store: StoreConnection, wanted: Args<'listRuns'>): ListedRun[] {
  const { db } = store;
  if (!db) return [];
  const { before, limit, workflow, file, statuses } = wanted;
  const fits = runSearch(db, wanted.search);
  const found: ListedRun[] = [];
  for (const title of runTitles(db, before)) {
    // One that reads as running may have lost its process.
    if (statuses && title.status !== 'running' && !statuses.includes(title.status)) continue;
    if (workflow !== undefined && title.workflow !== workflow) continue;
    const titleFile = fileIn(store.folder, String(title.file));
    if (file !== undefined && titleFile !== file) continue;
    const isDamaged = () => unlessDamaged(store, title.run, () => checkReadable(db, title.run)) !== undefined;
    if (fits && !fits(title, titleFile, db, isDamaged)) continue;
    const run = listed(store, db, title.run);
    if (!run || (statuses && (run.status === 'damaged' || !statuses.includes(run.status)))) continue;
    found.push(run);
    if (found.length === limit) break;
  }
  return found;
}

/** The pinned runs, the latest pin first. */
export function pinnedRuns(store: StoreConnection): ListedRun[] {
  const { db } = store;
  if (!db) return [];
  return labels.pinnedRuns(db).flatMap(run => listed(store, db, run) ?? []);
}

function listed(store: StoreConnection, db: Database, run: number): ListedRun | undefined {
  return unlessDamaged(store, run, () => {
    const line = observedRun(db, run);
    return line && itemOf(store, db, line);
  });
}

/** What is read of a run; or that it is damaged, which is no reason to keep other runs from being shown. */
export function unlessDamaged<T>(store: StoreConnection, run: number, read: () => T): T | DamagedRun {
  try {
    return read();
  } catch (error) {
    const explained = storeError(store.file, error);
    if (!(explained instanceof StoreError) || explained.problem !== 'damaged') throw error;
    return { run, status: 'damaged', message: error instanceof Error ? error.message : explained.message };
  }
}
