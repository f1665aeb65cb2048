import Database from 'better-sqlite3';
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { storedSummary } from '../../engine/store/stored-summary.ts';
import type { RunSummary } from '../../common/run-summary.ts';
import { openStore } from '../../engine/store/open.ts';
import type { OwnerWatch } from '../../engine/store/owner-watch.ts';
import { hasPagesToWrite } from '../../engine/store/rerun-pages.ts';
import { nodesOf } from '../../engine/store/run-queries.ts';
import { readRun } from '../../engine/store/runs.ts';
import { firstName } from './world.ts';
import { outcomeOf, placeIn, placesOf, type Outcome } from '../support/outcome.ts';

/** A row that is to stay: what it is, and what it says. */
export type Kept = ReadonlyMap<string, string>;

export interface AttemptAt {
  /** Stays what it is, wherever a re-run moves what it is in. */
  readonly id: string;
  readonly attempt: number;
  readonly status: number;
  readonly path: string;
  readonly kind: string;
  readonly logs: number;
}

/** What the store holds of the run at one moment, when nobody works on it. */
export interface StoreRecord {
  readonly summary: RunSummary;
  readonly outcome: Outcome;
  /** Of the nodes that have been begun. */
  readonly paths: readonly string[];
  /** Attempts by the place of their step, in order. */
  readonly attempts: ReadonlyMap<string, readonly AttemptAt[]>;
  readonly statuses: ReadonlyMap<string, number>;
  /** Statuses of effects, by their keys. */
  readonly effects: ReadonlyMap<string, string>;
  /** Items of each batch node that are split into batches, by its path. */
  readonly split: ReadonlyMap<string, number>;
  /** Attempts that have ended, logs, earlier passes, items, writes to the state: nothing may ever be taken from these. */
  readonly kept: Readonly<Record<'attempts' | 'logs' | 'passes' | 'items' | 'writes', Kept>>;
  readonly sessions: readonly {
    readonly session: number;
    readonly kind: string;
    readonly ended: boolean;
    readonly outcome: string | null;
    readonly ms: number | null;
  }[];
  readonly activeMs: number;
  /** A re-run has begun, and is not written to its end yet: whoever comes next does that first. */
  readonly isReopening: boolean;
  readonly leftovers: { readonly leases: number; readonly requests: number; readonly running: number };
}

/**
 * Opens a copy of the store as its processes have left it, and reads it. The files themselves stay untouched: it is for
 * whoever takes the run up next to recover them.
 * @param watch Of whom those are told by that are in places which can't be seen from here.
 * @returns undefined where there is no run yet
 * @throws when the store cannot be opened, or is not whole
 */
export function readRecord(storeFile: string, watch?: OwnerWatch): StoreRecord | undefined {
  if (!existsSync(storeFile)) return undefined;
  const folder = path.join(path.dirname(storeFile), '..', 'copy');
  mkdirSync(folder, { recursive: true });
  const copy = path.join(folder, 'runs.db');
  for (const end of ['', '-wal', '-shm']) rmSync(copy + end, { force: true });
  for (const end of ['', '-wal']) if (existsSync(storeFile + end)) copyFileSync(storeFile + end, copy + end);
  const db = openStore(copy, { mode: 'write' });
  try {
    const problems = [...(db.pragma('integrity_check') as { integrity_check: string }[])]
      .map(row => row.integrity_check)
      .filter(text => text !== 'ok');
    const foreign = db.pragma('foreign_key_check') as unknown[];
    if (problems.length > 0 || foreign.length > 0)
      throw new Error(`The store is not whole: ${[...problems, JSON.stringify(foreign)].join('; ')}`);
    return recordOf(db, watch);
  } finally {
    db.close();
  }
}

/**
 * An outcome as it would be had no node been renamed, and no batch node become a `forEach`, whose batches are called items:
 * as JSON, which any two are compared as.
 */
export function underFirstNames(outcome: Outcome): Outcome {
  const text = firstName(JSON.stringify(outcome)).replaceAll(/(\d+ of \d+) items of/g, '$1 batches of');
  return JSON.parse(text) as Outcome;
}

/** @returns undefined where there is no run yet */
export function recordOf(db: Database.Database, watch?: OwnerWatch): StoreRecord | undefined {
  const row = readRun(db, 1);
  if (!row) return undefined;
  if (readRun(db, 2)) throw new Error('There are two runs.');
  const places = placesOf(db, 1);
  const placeOf = (scope: number, node: string) =>
    firstName(placeIn(places.get(scope) ?? { path: '', place: '' }, node));
  const attempts = new Map<string, AttemptAt[]>();
  const statuses = new Map<string, number>();
  for (const { scope, path: node, ...attempt } of db
    .prepare<[], AttemptAt & { scope: number }>(
      `select s.scope, format('%d/%d/%d', s.scope, s.node, s.attempt) as id, n.path, n.kind, s.attempt, s.status,
       (select count(*) from logs l where l.run = s.run and l.scope = s.scope and l.node = s.node and l.attempt = s.attempt) as logs
     from steps s join nodes n on n.run = s.run and n.node = s.node order by s.scope, s.node, s.attempt`,
    )
    .all()) {
    if (!places.has(scope)) continue; // The last question of a while has a scope, and no round.
    const place = placeOf(scope, node);
    statuses.set(attempt.id, attempt.status);
    attempts.set(place, [...(attempts.get(place) ?? []), { ...attempt, path: node }]);
  }
  const splits = db
    .prepare<[], { path: string; parent: number; items: number }>(
      'select n.path, c.parent, c.items from splits c join nodes n on n.run = c.run and n.node = c.node',
    )
    .all();
  const rows = (sql: string): Kept =>
    new Map(
      db
        .prepare<[], { id: string; row: string }>(sql)
        .all()
        // An `if` has the name of the way that it took, which may have another name now.
        .map(({ id, row: text }) => [id, firstName(text)]),
    );
  const count = (sql: string) => Number(db.prepare<[], number>(sql).pluck().get());
  return {
    summary: storedSummary(db, row, Date.now(), watch),
    outcome: underFirstNames(outcomeOf({ db }, 1)),
    paths: nodesOf(db, 1).map(node => node.path),
    attempts,
    statuses,
    effects: rows('select key as id, status as row from effects'),
    split: new Map(splits.map(({ path: node, parent, items }) => [placeOf(parent, node), items])),
    kept: {
      // Whether a result is still in use may change, and is looked at by itself; a sleep that was interrupted goes on.
      attempts:
        rows(`select format('%d/%d/%d', scope, node, attempt) as id, json_array(batch_attempt, session, iif(status = 6, 2, status), started_at, ended_at, error, output) as row
        from steps join nodes using (run, node) where status <> 1 and not (kind = 'sleep' and status = 5)`),
      logs: rows('select id, json_array(scope, node, attempt, at, level, text) as row from logs'),
      passes: rows(
        `select format('%d/%d', scope, attempt) as id, json_array(status, session, started_at, ended_at, last_node, last_attempt, error) as row from batch_attempts`,
      ),
      items: rows(
        `select format('%d/%d', scope, attempt) as id, items as row from batch_items
         union all select format('from %d', first_scope), format('%s %s', lengths, hex(items)) from item_pages`,
      ),
      writes: rows(
        `select seq as id, json_array(key, op, value, delta, scope, node, attempt) as row from state_writes`,
      ),
    },
    sessions: db
      .prepare<
        [],
        { session: number; kind: string; ended_at: number | null; outcome: string | null; ms: number | null }
      >('select session, kind, ended_at, outcome, ended_at - started_at as ms from sessions order by session')
      .all()
      .map(({ ended_at, ...session }) => ({ ...session, ended: ended_at !== null })),
    activeMs: row.active_ms,
    isReopening: hasPagesToWrite(db, 1),
    leftovers: {
      leases: count('select count(*) from leases'),
      requests: count('select count(*) from requests'),
      running: count('select count(*) from steps where status = 1'),
    },
  };
}
