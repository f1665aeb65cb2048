import type { Database } from 'better-sqlite3';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import { prepared } from './prepared-queries.ts';
import { bound, type Moment } from './tried-again.ts';

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
  /** Milliseconds that were waited, all together, up to this moment. */
  readonly waited: number;
  /** When the first of those that wait goes on. */
  readonly nextAt: number | null;
}

/** The retries of each step. */
export function stepRetries(db: Database, run: number, moment: Moment): NodeRetries[] {
  const waits = '@live and later.attempt is null and s.waits_until > @now';
  return prepared<[object], NodeRetries>(
    db,
    `select s.node, n.path, count(later.attempt) as retries, count(*) filter (where ${waits}) as retrying,
       sum(max(0, min(s.waits_until, coalesce(later.started_at, @now)) - s.ended_at)) as waited,
       min(s.waits_until) filter (where ${waits}) as nextAt
     from steps s left join ${NEXT} join nodes n on n.run = s.run and n.node = s.node
     where ${WAITED} group by s.node`,
  ).all({ run, ...bound(moment) });
}

/** The retries of each batch node's batches. An attempt that a re-run began is none. */
export function batchRetries(db: Database, run: number, moment: Moment): NodeRetries[] {
  const waits = `@live and begun is null and status = ${BatchStatus.retrying}`;
  return prepared<[object], NodeRetries>(
    db,
    `select node, path, count(*) filter (where after = before or x.kind = 'resume') as retries,
       count(*) filter (where ${waits}) as retrying,
       sum(iif(until is null, 0.0, max(0, min(until, coalesce(begun, @now)) - ended))) as waited,
       min(until) filter (where ${waits}) as nextAt
      from (
       select b.node, n.path, b.status, a.session as before, iif(b.attempt = a.attempt + 1, b.session, next.session) as after,
         iif(b.attempt = a.attempt + 1, b.started_at, next.started_at) as begun, a.waits_until as until, a.ended_at as ended
       from batch_attempts a join batches b on b.run = a.run and b.scope = a.scope
       join nodes n on n.run = b.run and n.node = b.node
       left join batch_attempts next on next.run = a.run and next.scope = a.scope and next.attempt = a.attempt + 1
       where a.run = @run and a.status = ${BatchStatus.failed}
     ) left join sessions x on x.run = @run and x.session = after group by node having retries + retrying + waited > 0`,
  ).all({ run, ...bound(moment) });
}
