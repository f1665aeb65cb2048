import type { Database } from 'better-sqlite3';
import type { LogEventKind } from '../../common/log-event-kinds.ts';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import { prepared } from './prepared-queries.ts';

/** What became of a run, of a batch or of a step at a time: told among the lines of a log. */
export interface LogEventLine {
  readonly at: number;
  readonly kind: LogEventKind;
  readonly path: string | null;
  /** Of the batch: its node, its index, the scope it stands in, and its own. */
  readonly batchNode: number | null;
  readonly idx: number | null;
  readonly batchParent: number | null;
  readonly batchScope: number | null;
  /** Of the step, or of the batch. */
  readonly attempt: number | null;
  /** What it failed with, or what kind of session it was and what became of it. */
  readonly text: string | null;
  /** How long it waits for its next attempt. */
  readonly waits: number | null;
}

export interface LogEventsOf {
  readonly run: number;
  /** Only of this scope, and in it only of this node. */
  readonly scope?: number | undefined;
  readonly node?: number | undefined;
  /** Only what happened from this time on. */
  readonly from: number;
  readonly limit: number;
}

/** Of what happened in one millisecond, the order in which it can only have happened. */
const RANK = `case kind when 'session' then 0 when 'batch-again' then 1 when 'retry' then 2 when 'batch-failed' then 3 else 4 end`;

/**
 * The last `limit` events, in order. It looks at what failed, was tried again, or was begun again: never at the batches and
 * steps that are done, of which there may be a million.
 */
export function logEvents(db: Database, { run, scope, node, from, limit }: LogEventsOf): LogEventLine[] {
  const ofScope = scope === undefined ? '' : 'and b.scope = @scope';
  const ofStep = `${scope === undefined ? '' : 'and s.scope = @scope'} ${node === undefined ? '' : 'and s.node = @node'}`;
  const batches = node === undefined || scope !== 0;
  const parts = [
    `select s.ended_at as at, 'retry' as kind, n.path, b.node as batchNode, b.idx, b.parent as batchParent, b.scope as batchScope, s.attempt,
       s.error ->> '$.message' as text, s.waits_until - s.ended_at as waits
     from steps s indexed by steps_that_wait join nodes n on n.run = s.run and n.node = s.node
     left join batches b on b.run = s.run and b.scope = s.scope
     where s.run = @run and s.waits_until is not null and s.status = ${StepStatus.failed} and s.ended_at >= @from ${ofStep}`,
    ...(batches
      ? [
          `select b.ended_at, 'batch-failed', n.path, b.node, b.idx, b.parent, b.scope, b.attempt, b.error ->> '$.message', null
     from batches b indexed by failed_batches join nodes n on n.run = b.run and n.node = b.node
     where b.run = @run and b.status = ${BatchStatus.failed} and b.ended_at >= @from ${ofScope}`,
          `select a.ended_at, 'batch-failed', n.path, b.node, b.idx, b.parent, b.scope, a.attempt, a.error ->> '$.message', null
     from batch_attempts a join batches b on b.run = a.run and b.scope = a.scope join nodes n on n.run = b.run and n.node = b.node
     where a.run = @run and a.status = ${BatchStatus.failed} and a.ended_at >= @from ${ofScope}`,
          `select b.started_at, 'batch-again', n.path, b.node, b.idx, b.parent, b.scope, b.attempt, null, null
     from batch_attempts a join batches b on b.run = a.run and b.scope = a.scope and b.attempt = a.attempt + 1
       join nodes n on n.run = b.run and n.node = b.node
     where a.run = @run and b.started_at >= @from ${ofScope}`,
        ]
      : []),
    ...(scope === undefined
      ? [
          `select started_at, 'session', null, null, null, null, null, session, kind, null from sessions
     where run = @run and started_at >= @from`,
          `select ended_at, 'session-end', null, null, null, null, null, session, outcome, null from sessions
     where run = @run and ended_at >= @from`,
        ]
      : []),
  ];
  return prepared<[object], LogEventLine>(
    db,
    `select * from (${parts.join(' union all ')}) order by at desc, ${RANK} desc limit @limit`,
  )
    .all({ run, from, limit, ...(scope !== undefined && { scope }), ...(node !== undefined && { node }) })
    .toReversed();
}
