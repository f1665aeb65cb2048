import type { Database } from 'better-sqlite3';
import { decode, encode } from './codec.ts';
import { describeValue } from '../workflow/errors.ts';
import { prepared } from './prepared-queries.ts';

/*
 * What all runs of a store share: `cronflow.setGlobalState`, and of one workflow `cronflow.setWorkflowState`. It belongs to the store, and
 * is not deleted with any run.
 */

/** The workflow that a value belongs to. `''`, which no workflow is called, stands for all of them. */
export const ALL_WORKFLOWS = '';

interface SharedKey {
  readonly workflow: string;
  readonly key: string;
}

/** A change of a value, at a moment: as data, so that a worker can leave it to its runner. */
export type SharedWrite = SharedKey & { readonly at: number } & (
    | { readonly op: 'set'; readonly value: string; readonly expiresAt: number | null }
    | { readonly op: 'incr'; readonly by: number }
    | { readonly op: 'delete' }
  );

/** A value in the codec's text; undefined: there is none, or its time is over. */
export function readShared(db: Database, workflow: string, key: string, now: number): string | undefined {
  return prepared<[string, string, number], { value: string }>(
    db,
    'select value from shared_state where workflow = ? and key = ? and (expires_at is null or expires_at > ?)',
  ).get(workflow, key, now)?.value;
}

/**
 * Makes a change, inside a transaction of the caller's. Returns the new value, in the codec's text, and null for none; undefined where
 * something is to be added to what is no number: nothing is changed then.
 * @param run That makes it; null: a program
 */
export function writeShared(db: Database, write: SharedWrite, run: number | null): string | null | undefined {
  const { workflow, key, at } = write;
  switch (write.op) {
    case 'set':
      put(db, write, write.value, write.expiresAt, run);
      return write.value;
    case 'delete':
      prepared<[string, string]>(db, 'delete from shared_state where workflow = ? and key = ?').run(workflow, key);
      return null;
    case 'incr': {
      const before = prepared<[string, string, number], { value: string; expiresAt: number | null }>(
        db,
        `select value, expires_at as expiresAt from shared_state
         where workflow = ? and key = ? and (expires_at is null or expires_at > ?)`,
      ).get(workflow, key, at);
      const number = before === undefined ? 0 : decode(before.value);
      if (typeof number !== 'number') return undefined;
      const value = encode(number + write.by, 'state');
      put(db, write, value, before?.expiresAt ?? null, run);
      return value;
    }
  }
}

function put(
  db: Database,
  { workflow, key, at }: SharedKey & { readonly at: number },
  value: string,
  expiresAt: number | null,
  run: number | null,
): void {
  prepared<unknown[]>(
    db,
    `insert into shared_state (workflow, key, value, expires_at, changed_at, run) values (?, ?, ?, ?, ?, ?)
     on conflict (workflow, key) do update set value = excluded.value, expires_at = excluded.expires_at,
       changed_at = excluded.changed_at, run = excluded.run`,
  ).run(workflow, key, value, expiresAt, at, run);
}

/** @throws TypeError */
export function sharedNumber(value: unknown, key: string): number {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  throw new TypeError(
    `The state ${describeValue(key)} is ${describeValue(value)}: only to a number can something be added.`,
  );
}

export interface SharedLine {
  readonly workflow: string;
  readonly key: string;
  /** In the codec's text. */
  readonly value: string;
  readonly expiresAt: number | null;
  readonly changedAt: number;
  /** That has changed it last, and may have been deleted since; null: a program. */
  readonly run: number | null;
}

/** All values whose time is not over, by workflow and key. */
export function sharedLines(db: Database, now: number): SharedLine[] {
  return prepared<[number], SharedLine>(
    db,
    `select workflow, key, value, expires_at as expiresAt, changed_at as changedAt, run from shared_state
     where expires_at is null or expires_at > ? order by workflow, key`,
  ).all(now);
}

export interface SharedCount {
  readonly workflow: string;
  readonly keys: number;
  readonly expired: number;
}

export interface SharedDeletions {
  readonly workflow: string;
  readonly deleted: number;
}

/** How many values there are of each workflow, and of how many of them the time is over. */
export function sharedCounts(db: Database, now: number): SharedCount[] {
  return prepared<[number], SharedCount>(
    db,
    `select workflow, count(*) as keys, count(*) filter (where expires_at <= ?) as expired from shared_state
     group by workflow order by workflow`,
  ).all(now);
}

/** Deletes the values whose time is over. Returns how many of each workflow. */
export function deleteExpiredShared(db: Database, now: number): SharedDeletions[] {
  const expired = prepared<[number], SharedDeletions>(
    db,
    'select workflow, count(*) as deleted from shared_state where expires_at <= ? group by workflow order by workflow',
  ).all(now);
  if (expired.length > 0) prepared<[number]>(db, 'delete from shared_state where expires_at <= ?').run(now);
  return expired;
}
