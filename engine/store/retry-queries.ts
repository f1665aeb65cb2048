import type { Database } from 'better-sqlite3';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import { prepared } from './prepared-queries.ts';

/*
 * Retries: attempts that a `retry` has made. A failed attempt with a time until which its step waited was followed by
 * one. What a re-run or an `onError` executes is none.
 */

const NEXT = `steps later on later.run = s.run and later.scope = s.scope and later.node = s.node and later.attempt = s.attempt + 1`;
const WAITED = `s.run = @run and s.waits_until is not null and s.status = ${StepStatus.failed}`;

export interface NodeRetries {
  readonly node: number;
  readonly path: string;
  readonly retries: number;
  /** How many wait for their next attempt. */
  readonly retrying: number;
  /** When the first of these begins. */
  readonly nextAt: number | null;
}

/** The retries of each step. @param now Waits that last longer go on; undefined where no process works on the run */
export function stepRetries(db: Database, run: number, now: number | undefined): NodeRetries[] {
  const waits = 'later.attempt is null and s.waits_until > @now';
  return prepared<[object], NodeRetries>(
    db,
    `select s.node, n.path, count(later.attempt) as retries, count(*) filter (where ${waits}) as retrying,
       min(s.waits_until) filter (where ${waits}) as nextAt
     from steps s left join ${NEXT} join nodes n on n.run = s.run and n.node = s.node
     where ${WAITED} group by s.node`,
  ).all({ run, now: now ?? Number.MAX_SAFE_INTEGER });
}

/** The retries of each batch node's batches. An attempt that a re-run began is none. */
export function batchRetries(db: Database, run: number): Omit<NodeRetries, 'retrying' | 'nextAt'>[] {
  return prepared<[object], Omit<NodeRetries, 'retrying' | 'nextAt'>>(
    db,
    `select node, path, count(*) as retries from (
       select b.node, n.path, a.session as before, iif(b.attempt = a.attempt + 1, b.session, next.session) as after
       from batch_attempts a join batches b on b.run = a.run and b.scope = a.scope
       join nodes n on n.run = b.run and n.node = b.node
       left join batch_attempts next on next.run = a.run and next.scope = a.scope and next.attempt = a.attempt + 1
       where a.run = @run and a.status = ${BatchStatus.failed}
     ) join sessions x on x.run = @run and x.session = after
     where after = before or x.kind = 'resume' group by node`,
  ).all({ run });
}
