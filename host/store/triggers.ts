import * as waits from '../../engine/store/answer-wait.ts';
import { ownerOf } from '../../engine/store/leases.ts';
import { openStore } from '../../engine/store/open.ts';
import { readRun } from '../../engine/store/runs.ts';
import * as triggers from '../../engine/store/trigger-store.ts';
import type { StoreConnection } from './store-connection.ts';

/* What the triggers of a folder read and write. A folder without a store has fired nothing yet. */

export function triggerStates({ db }: StoreConnection): triggers.TriggerState[] {
  return db ? triggers.triggerStates(db) : [];
}

export function keepTrigger(store: StoreConnection, state: triggers.TriggerState): void {
  // A schedule may be the first that has something to store in a folder.
  if (!store.db) openStore(store.file, { mode: 'create' }).close();
  const { db } = store;
  if (db) triggers.keepTrigger(db, state);
}

export function latestEvent({ db }: StoreConnection): number {
  return db ? triggers.latestEvent(db) : 0;
}

export function eventsAfter(
  { db }: StoreConnection,
  { name, after }: { readonly name: string; readonly after: number },
): triggers.PublishedEvent[] {
  return db ? triggers.eventsAfter(db, name, after, 100) : [];
}

/** Whether a process works on a run now. */
export function isAtWork({ db }: StoreConnection, run: number): boolean {
  return db !== undefined && readRun(db, run)?.status === 'running' && ownerOf(db, run) !== undefined;
}

/** The runs that rest, for which an answer is there or whose time is over. */
export function runsToWake({ db }: StoreConnection, now: number): number[] {
  return db ? waits.runsToWake(db, now) : [];
}
