import type { Database } from 'better-sqlite3';
import type { EffectStatus } from '../../common/effects.ts';
import type { Unit } from '../../common/format.ts';
import { BatchStatus } from '../../common/status.ts';
import { prepared } from './prepared-queries.ts';
import type { Writer } from './records.ts';

/** An effect as it is stored: which attempt used its key last, and what came of it. */
export interface EffectRow {
  readonly status: EffectStatus;
  readonly node: number;
  /** Path of the step that owns the key. */
  readonly path: string;
  readonly scope: number;
  readonly batchAttempt: number;
  /** In the codec's text; null where the author gave none. */
  readonly params: string | null;
  /** In the codec's text; null where there is none, or where it could not be stored. */
  readonly receipt: string | null;
}

/** The attempt that uses a key. */
export interface EffectUser extends Writer {
  readonly batchAttempt: number;
}

/** What a run writes and reads of its effects. Writes run at once; journal.ts groups them into transactions. */
export class EffectStore {
  readonly #db: Database;
  readonly #run: number;
  readonly #session: number;

  constructor(db: Database, run: number, session: number) {
    this.#db = db;
    this.#run = run;
    this.#session = session;
  }

  find(key: string): EffectRow | undefined {
    return prepared<[number, string], EffectRow>(
      this.#db,
      `select e.status, e.node, n.path, e.scope, e.batch_attempt as batchAttempt, e.params, e.receipt
       from effects e join nodes n on n.run = e.run and n.node = e.node where e.run = ? and e.key = ?`,
    ).get(this.#run, key);
  }

  /** Whether this attempt of a batch is its latest one, and the batch is in use: its items are what they were. */
  isInUse(scope: number, batchAttempt: number): boolean {
    const row = prepared<[number, number], { status: number; attempt: number }>(
      this.#db,
      'select status, attempt from batches where run = ? and scope = ?',
    ).get(this.#run, scope);
    return row !== undefined && row.status !== BatchStatus.superseded && row.attempt === batchAttempt;
  }

  /** It is about to be executed. */
  begins(key: string, by: EffectUser, params: string | undefined, unit: Unit | undefined, at: number): void {
    prepared<unknown[]>(
      this.#db,
      `insert into effects (run, key, status, node, scope, batch_attempt, attempt, session, params, unit, begun_at)
       values (?, ?, 'begun', ?, ?, ?, ?, ?, ?, ?, ?)
       on conflict (run, key) do update set
         status = 'begun', node = excluded.node, scope = excluded.scope, batch_attempt = excluded.batch_attempt,
         attempt = excluded.attempt, session = excluded.session, params = excluded.params, unit = excluded.unit,
         begun_at = excluded.begun_at, receipt = null, error = null, ended_at = null, settled = null`,
    ).run(
      this.#run,
      key,
      by.node,
      by.scope,
      by.batchAttempt,
      by.attempt,
      this.#session,
      params ?? null,
      unit ? JSON.stringify(unit) : null,
      at,
    );
  }

  /** @param receipt In the codec's text; null where it cannot be stored. */
  done(key: string, receipt: string | null, at: number, settled: 'verify' | null): void {
    prepared<unknown[]>(
      this.#db,
      `update effects set status = 'done', receipt = ?, error = null, ended_at = max(?, begun_at), settled = ?
        where run = ? and key = ?`,
    ).run(receipt, at, settled, this.#run, key);
  }

  /** @param error JSON of a StoredError. */
  notDone(key: string, status: 'failed' | 'unknown', error: string | null, at: number): void {
    prepared<unknown[]>(
      this.#db,
      'update effects set status = ?, error = ?, ended_at = max(?, begun_at) where run = ? and key = ?',
    ).run(status, error, at, this.#run, key);
  }

  /** Another attempt has been given the receipt: the key belongs to its batch from now on. */
  usedBy(key: string, by: EffectUser): void {
    prepared<unknown[]>(
      this.#db,
      'update effects set scope = ?, batch_attempt = ?, attempt = ? where run = ? and key = ?',
    ).run(by.scope, by.batchAttempt, by.attempt, this.#run, key);
  }
}

/**
 * What a run has done outside counts as done in the one that comes in its place, too: a step that runs another workflow anew does no
 * effect a second time, as a step of its own would not. In the transaction that creates that run.
 */
export function inheritEffects(db: Database, from: number, to: number): void {
  prepared<[number, number]>(
    db,
    `insert into nodes (run, node, path, kind)
     select ?, row_number() over (order by node), path, kind from nodes n
      where n.run = ? and exists (select 1 from effects e where e.run = n.run and e.node = n.node)`,
  ).run(to, from);
  prepared<[number, number]>(
    db,
    `insert into effects (run, key, status, node, scope, batch_attempt, attempt, session, params, unit, receipt, error, settled, begun_at, ended_at)
     select own.run, e.key, iif(e.status = 'begun', 'unknown', e.status), own.node, 0, 0, e.attempt, 1, e.params, e.unit, e.receipt, e.error,
       e.settled, e.begun_at, e.ended_at
     from effects e join nodes n on n.run = e.run and n.node = e.node join nodes own on own.run = ? and own.path = n.path where e.run = ?`,
  ).run(to, from);
}

/** What was being executed when its process ended may have been done, or not. */
export function forgetEffectsInFlight(db: Database, run: number, now: number): void {
  prepared<[number, number]>(
    db,
    `update effects set status = 'unknown', ended_at = max(?, begun_at) where run = ? and status = 'begun'`,
  ).run(now, run);
}
