import type { Database } from 'better-sqlite3';
import { prepared, preparedColumn } from './prepared-queries.ts';
import { BatchStatus, StepStatus } from '../../common/status.ts';

/* What ran when: batches of the outermost batch nodes, all their attempts, and the steps outside of batches. */

export interface Span {
  readonly node: number;
  readonly scope: number;
  readonly idx: number | null;
  /** BatchStatus, also of a step. */
  readonly status: number;
  readonly attempt: number;
  readonly from: number;
  readonly to: number;
  /** That has executed it; null: the process of the run. */
  readonly worker: number | null;
}

export interface SpansOf {
  readonly run: number;
  readonly batchNodes: readonly number[];
  readonly stepNodes: readonly number[];
  readonly from: number;
  readonly to: number;
  /** Where what has no end as yet is taken to end. */
  readonly open: number;
}

/** What a later process has marked as cancelled or interrupted had ended with the session that ran it. */
const endIn = (row: string, is: number) =>
  `max(${row}.started_at, iif(${row}.status = ${is}, min(${row}.ended_at, coalesce((select x.ended_at from sessions x
    where x.run = ${row}.run and x.session = ${row}.session), ${row}.ended_at)), coalesce(${row}.ended_at, @open)))`;

const AS_BATCH = `case s.status when ${StepStatus.running} then ${BatchStatus.running} 
  when ${StepStatus.succeeded} then ${BatchStatus.succeeded}
  when ${StepStatus.failed} then ${BatchStatus.failed} when ${StepStatus.superseded} then ${BatchStatus.superseded}
  else ${BatchStatus.cancelled} end`;

const SPANS = `
  with spans as (
    select b.node, b.scope, b.idx, b.status, b.attempt, b.started_at as s, ${endIn('b', BatchStatus.cancelled)} as e,
       b.worker as worker
    from batches b
     where b.run = @run and b.started_at is not null and b.status <> ${BatchStatus.waiting} and b.node in (select value
     from json_each(@batchNodes))
    union all
    select b.node, b.scope, b.idx, p.status, p.attempt, p.started_at, ${endIn('p', BatchStatus.cancelled)}, p.worker
    from batch_attempts p join batches b on b.run = p.run and b.scope = p.scope
    where p.run = @run and p.started_at is not null and b.node in (select value from json_each(@batchNodes))
    union all
    select s.node, 0, null, ${AS_BATCH}, s.attempt, s.started_at, ${endIn('s', StepStatus.interrupted)}, null
    from steps s where s.run = @run and s.scope = 0 and s.node in (select value from json_each(@stepNodes))
  )`;

const IN_RANGE = 's <= @to and e >= @from';

/** How many spans touch the range; counting stops past `limit`. */
export function countSpans(db: Database, of: SpansOf, limit: number): number {
  return (
    preparedColumn<[object], number>(
      db,
      `${SPANS} select count(*) from (select 1 from spans where ${IN_RANGE} limit @limit)`,
    ).get({ ...bind(of), limit }) ?? 0
  );
}

/** The spans that touch the range, by when they began. */
export function spans(db: Database, of: SpansOf): Span[] {
  return prepared<[object], Span>(
    db,
    `${SPANS} select node, scope, idx, status, attempt, s as "from", e as "to", worker from spans where ${IN_RANGE} order by s, scope`,
  ).all(bind(of));
}

/** An attempt of a step in a batch. */
export interface StepSpan extends Omit<Span, 'idx' | 'worker'> {
  readonly batchAttempt: number;
  /** Until when the step waited for its next attempt, up to this moment; null: it did not. */
  readonly waitedTo: number | null;
}

/** The attempts of the steps in some batches that touch the range, by when they began; undefined where there are more than `limit`. */
export function stepSpans(
  db: Database,
  of: SpansOf,
  scopes: readonly number[],
  limit: number,
): readonly StepSpan[] | undefined {
  const found = prepared<[object], StepSpan>(
    db,
    `select s.node, s.scope, s.batch_attempt as batchAttempt, ${AS_BATCH} as status, s.attempt, s.started_at as "from",
       ${endIn('s', StepStatus.interrupted)} as "to",
       iif(s.status = ${StepStatus.failed}, min(s.waits_until, coalesce(later.started_at, @open)), null) as waitedTo
     from steps s left join steps later on s.waits_until is not null and later.run = s.run and later.scope = s.scope
       and later.node = s.node and later.attempt = s.attempt + 1
     where s.run = @run and s.scope in (select value from json_each(@scopes))
      and s.node in (select value from json_each(@stepNodes)) and s.started_at <= @to
      and max(coalesce(s.ended_at, @open), coalesce(s.waits_until, 0)) >= @from order by s.started_at, s.seq limit @limit`,
  ).all({
    run: of.run,
    open: of.open,
    from: of.from,
    to: of.to,
    scopes: JSON.stringify(scopes),
    stepNodes: JSON.stringify(of.stepNodes),
    limit: limit + 1,
  });
  return found.length > limit ? undefined : found;
}

export interface Edge {
  readonly node: number;
  readonly failed: number;
  readonly column: number;
  readonly spans: number;
  /** Sum of their times, counted from the beginning of the range. */
  readonly times: number;
}

/** How many spans begin or end in each of the columns the range is divided into: enough to know how many ran in each. */
export function edges(db: Database, of: SpansOf, edge: 'begin' | 'end', columns: number): Edge[] {
  const time = edge === 'begin' ? 'max(s, @from)' : 'e';
  const inside = edge === 'begin' ? IN_RANGE : 'e between @from and @to and s <= @to';
  return prepared<[object], Edge>(
    db,
    `${SPANS}
      select node, status = ${BatchStatus.failed} as failed,
       min(cast((${time} - @from) * @columns / (@to - @from) as integer), @columns - 1) as "column",
       count(*) as spans, sum(${time} - @from) as times
     from spans where ${inside} group by 1, 2, 3`,
  ).all({ ...bind(of), columns });
}

function bind({ run, batchNodes, stepNodes, from, to, open }: SpansOf): Record<string, number | string> {
  return { run, batchNodes: JSON.stringify(batchNodes), stepNodes: JSON.stringify(stepNodes), from, to, open };
}
