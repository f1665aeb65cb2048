import type { Database } from 'better-sqlite3';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import { prepared, preparedColumn, preparedRaw } from './prepared-queries.ts';

/* What later sessions of a run have executed again: for people who want to know that nothing was done twice. */

export interface RepairedBatches {
  /** Batches of an outermost node that failed in an earlier session and have succeeded since, in order. */
  readonly indices: Uint32Array<ArrayBuffer>;
  /** How many items they hold. */
  readonly items: number;
}

export function repairedBatches(db: Database, run: number, node: number): RepairedBatches {
  const rows = preparedRaw<[object], [number, number]>(
    db,
    `select b.idx, b.items from (select distinct scope from batch_attempts where run = @run and status = ${BatchStatus.failed}) a
     cross join batches b on b.run = @run and b.scope = a.scope
     where b.node = @node and b.parent = 0 and b.idx >= 0 and b.status = ${BatchStatus.succeeded}
       and exists (select 1 from batch_attempts e where e.run = @run and e.scope = b.scope and e.session is not b.session)
     order by b.idx`,
  ).all({ run, node });
  return {
    indices: Uint32Array.from(rows, ([index]) => index),
    items: rows.reduce((total, [, items]) => total + items, 0),
  };
}

/**
 * Whether no step that had succeeded was executed again, and none was cut off and then begun anew: what such a one had done until
 * then, nobody knows.
 */
export function isDoneOnce(db: Database, run: number): boolean {
  const superseded = prepared<[object], { found: number }>(
    db,
    // A re-run takes the result of a step out of use only in what it reopens: the workflow itself, and batches with an earlier attempt.
    `select exists (select 1 from steps where run = @run and scope = 0 and status = ${StepStatus.superseded})
       or exists (select 1 from batch_attempts a cross join steps s on s.run = @run and s.scope = a.scope
         where a.run = @run and s.status = ${StepStatus.superseded})
       or exists (select 1 from batch_attempts where run = @run and status = ${BatchStatus.succeeded})
       or exists (select 1 from batches where run = @run and status = ${BatchStatus.superseded} and started_at is not null) as found`,
  ).get({ run });
  if (superseded?.found !== 0) return false;
  return !wasInterrupted(db, run) || !isAnyBegunAnew(db, run);
}

/** Only then are all steps of the run looked at. */
function wasInterrupted(db: Database, run: number): boolean {
  return (
    preparedColumn<[number], number>(
      db,
      `select exists (select 1 from sessions where run = ? and outcome = 'interrupted')`,
    ).get(run) === 1
  );
}

function isAnyBegunAnew(db: Database, run: number): boolean {
  return (
    preparedColumn<[object], number>(
      db,
      `select exists (select 1 from steps s join steps later on later.run = s.run and later.scope = s.scope and later.node = s.node
         and later.attempt = s.attempt + 1 where s.run = @run and s.status = ${StepStatus.interrupted})`,
    ).get({ run }) === 1
  );
}
