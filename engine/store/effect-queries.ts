import type { Database } from 'better-sqlite3';
import { effectStatusNow, EFFECT, type EffectCounts, type EffectStatus } from '../../common/effects.ts';
import type { Unit } from '../../common/format.ts';
import type { StoredError } from '../../common/stored-error.ts';
import { batchesAround } from './batch-queries.ts';
import { parseStored } from './parse-stored.ts';
import { parseOptionalError } from './queries.ts';
import { prepared, preparedColumn } from './prepared-queries.ts';

/* The read path of effects. */

/** One effect of a run. */
export interface EffectLine {
  readonly key: string;
  readonly status: EffectStatus;
  readonly unit: Unit;
  /** Path of its step. */
  readonly path: string;
  readonly scope: number;
  readonly attempt: number;
  /** The batches and rounds it stands in, outermost first. */
  readonly batches: readonly { readonly node: string; readonly index: number }[];
  /** In the codec's text. */
  readonly params: string | null;
  /** In the codec's text; null where there is none, or where it could not be stored. */
  readonly receipt: string | null;
  readonly error: StoredError | undefined;
  readonly settled: 'verify' | 'person' | null;
  readonly begunAt: number;
  readonly endedAt: number | null;
}

interface Columns {
  readonly key: string;
  readonly status: EffectStatus;
  readonly unit: string | null;
  readonly path: string;
  readonly scope: number;
  readonly attempt: number;
  readonly params: string | null;
  readonly receipt: string | null;
  readonly error: string | null;
  readonly settled: 'verify' | 'person' | null;
  readonly begunAt: number;
  readonly endedAt: number | null;
}

const SELECT = `select e.key, e.status, e.unit, n.path, e.scope, e.attempt, e.params, e.receipt, e.error, e.settled,
  e.begun_at as begunAt, e.ended_at as endedAt from effects e join nodes n on n.run = e.run and n.node = e.node`;

const PAGE = 500;

/** The effects of a run by their keys. Read in pages, so that whoever takes them slowly holds no read open. */
export function* listEffects(
  db: Database,
  run: number,
  live: boolean,
  only?: EffectStatus | undefined,
): Generator<EffectLine> {
  const page = prepared<[number, string], Columns>(
    db,
    `${SELECT} where e.run = ? and e.key > ? order by e.key limit ${PAGE}`,
  );
  for (let after = ''; ;) {
    const rows = page.all(run, after);
    for (const row of rows) {
      after = row.key;
      const line = lineOf(db, run, row, live);
      if (only === undefined || line.status === only) yield line;
    }
    if (rows.length < PAGE) return;
  }
}

export function findEffect(db: Database, run: number, key: string, live: boolean): EffectLine | undefined {
  const row = prepared<[number, string], Columns>(db, `${SELECT} where e.run = ? and e.key = ?`).get(run, key);
  return row && lineOf(db, run, row, live);
}

/** The effects of one batch, in the order in which they were begun: the first of them. */
export function effectsIn(db: Database, run: number, scope: number, live: boolean, limit: number): EffectLine[] {
  return prepared<[number, number, number], Columns>(
    db,
    `${SELECT} where e.run = ? and e.scope = ? order by e.begun_at, e.key limit ?`,
  )
    .all(run, scope, limit)
    .map(row => lineOf(db, run, row, live));
}

/** How many effects the steps of a scope have, or one of its steps. */
export function effectsCounted(db: Database, run: number, scope: number, node?: number): number {
  const of = node === undefined ? '' : ' and node = @node';
  return (
    preparedColumn<[object], number>(db, `select count(*) from effects where run = @run and scope = @scope${of}`).get({
      run,
      scope,
      node,
    }) ?? 0
  );
}

/** How the effects of a run stand; undefined where it has none. */
export function countEffects(db: Database, run: number, live: boolean): EffectCounts | undefined {
  const groups = prepared<[number], { status: EffectStatus; n: number }>(
    db,
    'select status, count(*) as n from effects where run = ? group by status',
  ).all(run);
  if (groups.length === 0) return undefined;
  const counts = { begun: 0, done: 0, failed: 0, unknown: 0 };
  for (const { status, n } of groups) counts[effectStatusNow(status, live)] += n;
  const { done, failed, unknown } = counts;
  return { done, failed, unknown };
}

export function parseUnit(json: string): Unit {
  const [one, many] = parseStored<Unit>(
    json,
    'What effects are called',
    unit => Array.isArray(unit) && unit.length === 2 && unit.every(word => typeof word === 'string'),
  );
  return [one, many];
}

function lineOf(db: Database, run: number, { unit, status, error, ...row }: Columns, live: boolean): EffectLine {
  return {
    ...row,
    status: effectStatusNow(status, live),
    unit: unit === null ? EFFECT : parseUnit(unit),
    batches: batchesOf(db, run, row.scope),
    error: parseOptionalError(error),
  };
}

function batchesOf(db: Database, run: number, scope: number): EffectLine['batches'] {
  const own = prepared<[number, number], { node: string; index: number }>(
    db,
    `select n.path as node, b.idx as "index" from batches b join nodes n on n.run = b.run and n.node = b.node
      where b.run = ? and b.scope = ?`,
  ).get(run, scope);
  return own ? [...batchesAround(db, run, scope).map(({ path, idx }) => ({ node: path, index: idx })), own] : [];
}
