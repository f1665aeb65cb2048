import type { Database } from 'better-sqlite3';
import { hasBatches } from '../../common/node-kinds.ts';
import { isInside } from '../../common/node-paths.ts';
import type { Cause } from './batch-predicate.ts';
import { BATCH_KINDS_SQL } from './kinds.ts';
import { lengthUpTo } from './parse-stored.ts';
import { prepared, preparedColumn, preparedRaw } from './prepared-queries.ts';
import { registerMessagePattern } from './message-patterns.ts';
import { nodesOf } from './run-queries.ts';
import { BatchStatus } from '../../common/status.ts';

/*
 * Why batches failed, and where in the run those stand. A batch that failed only with batches inside it is not counted again: its
 * error is a `BatchesFailed`, and what counts are theirs.
 */

/** Batches of one node that failed for one reason. */
export interface CauseLine {
  readonly node: number;
  /** StoredError.fingerprint. */
  readonly cause: string;
  readonly batches: number;
  /** The first of them. */
  readonly scope: number;
  /** What their messages have in common: JSON of its parts. */
  readonly pattern: string;
}

/**
 * The causes for which batches failed, the most frequent first. A round of a while is no batch: what fails in it is
 * told by the step.
 */
export function causeLines(db: Database, run: number, limit: number): CauseLine[] {
  registerMessagePattern(db);
  return prepared<[number, number], CauseLine>(
    db,
    `select node, error ->> '$.fingerprint' as cause, count(*) as batches, min(scope) as scope,
       message_pattern(error ->> '$.message') as pattern from batches indexed by failed_batches
     where run = ? and status = ${BatchStatus.failed} and error ->> '$.name' <> 'BatchesFailed'
       and node in (select node from nodes where run = batches.run and kind in ${BATCH_KINDS_SQL})
     group by node, cause order by batches desc, scope limit ?`,
  ).all(run, limit);
}

/** Places of the batches that failed for a cause, each among the batches of its own scope; at most `limit`. */
export function indicesOfCause(db: Database, run: number, { node, fingerprint }: Cause, limit: number): number[] {
  return preparedColumn<[number, number, string, number], number>(
    db,
    `select idx from batches indexed by failed_batches where run = ? and node = ?
      and status = ${BatchStatus.failed} and error ->> '$.fingerprint' = ?
     order by parent, idx limit ?`,
  ).all(run, node, fingerprint, limit);
}

/** What `FAILED_WITHIN` takes, beside `@run`. */
export interface WithinBinding {
  readonly cause_node: number;
  readonly cause_fingerprint: string;
  readonly around: number;
}

export function withinBinding({ node, fingerprint }: Cause, around: number): WithinBinding {
  return { cause_node: node, cause_fingerprint: fingerprint, around };
}

/** The scopes of the batches of `@around` that failed for a cause, or in which a batch did, however deep. As a table in SQL. */
export const FAILED_WITHIN = `(
  with recursive up (scope, node, parent, idx) as (
    select scope, node, parent, idx from batches indexed by failed_batches
    where run = @run and node = @cause_node and status = ${BatchStatus.failed} and error ->> '$.fingerprint' = @cause_fingerprint
    union
    select around.scope, around.node, around.parent, around.idx from up cross join batches around
    where up.node <> @around and around.run = @run and around.scope = up.parent
  ) select scope as failed_within, idx as failed_at from up where node = @around)`;

/** Places of the batches of a node, all of one scope, that failed for a cause or in which a batch did. */
export function cellsOfCause(db: Database, run: number, around: number, cause: Cause): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(
    preparedColumn<[object], number>(db, `select failed_at from ${FAILED_WITHIN} order by failed_at`).all({
      run,
      ...withinBinding(cause, around),
    }),
  );
}

const MOST_CAUSES = 254;

/**
 * For each batch 0, or one more than the place of its cause of failure in `causes`; 255 for causes beyond the first
 * 254. A batch in
 * which others failed has the cause of the first of them, whether it failed with them or bore it.
 */
export function causesByIndex(
  db: Database,
  run: number,
  node: number,
  parent: number,
): { values: Uint8Array<ArrayBuffer>; causes: string[] } {
  const last = prepared<[number, number, number], { last: number | null }>(
    db,
    'select max(idx) as last from batches where run = ? and parent = ? and node = ?',
  ).get(run, parent, node)?.last;
  const values = new Uint8Array(lengthUpTo(last ?? -1));
  const known = new Map<string, number>();
  const rows = preparedRaw<[object], [number, string | null]>(db, hasInner(db, run, node) ? CAUSES_WITHIN : OWN_CAUSES);
  for (const [index, cause] of rows.iterate({ run, node, parent })) {
    if (cause === null || index < 0 || values[index] !== 0) continue;
    let place = known.get(cause);
    if (place === undefined) {
      place = known.size;
      if (place < MOST_CAUSES) known.set(cause, place);
    }
    values[index] = Math.min(place, MOST_CAUSES) + 1;
  }
  return { values, causes: [...known.keys()] };
}

const OWN_CAUSES = `select idx, error ->> '$.fingerprint' from batches indexed by failed_batches
  where run = @run and node = @node and parent = @parent and status = ${BatchStatus.failed} order by idx`;

const CAUSES_WITHIN = `with recursive up (scope, node, parent, idx, cause, first) as (
    select scope, node, parent, idx, error ->> '$.fingerprint', scope from batches indexed by failed_batches
    where run = @run and status = ${BatchStatus.failed} and error ->> '$.name' <> 'BatchesFailed'
    union
    select around.scope, around.node, around.parent, around.idx, up.cause, up.first from up cross join batches around
    where up.node <> @node and around.run = @run and around.scope = up.parent
  ) select idx, cause from up where node = @node and parent = @parent order by idx, first`;

/** Whether batches stand inside those of a node. */
export function hasInner(db: Database, run: number, node: number): boolean {
  const nodes = nodesOf(db, run);
  const around = nodes.find(other => other.node === node);
  return around !== undefined && nodes.some(({ kind, path }) => hasBatches(kind) && isInside(path, around.path));
}
