import type { Database } from 'better-sqlite3';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import { IN_FLIGHT_SQL } from './at-rest.ts';
import { prepared } from './prepared-queries.ts';

/*
 * The scopes inside some, themselves included. From what is in flight outwards, once for all that a process had: few batches are
 * in flight, and a run may have millions that are not.
 */
const IS_INSIDE = (scope: string) => `exists (
  with recursive around (scope) as (
    select ${scope}
    union all
    select b.parent from around join batches b on b.run = :run and b.scope = around.scope
  )
  select 1 from around where scope in (select value from json_each(:scopes))
)`;

/** What was in flight inside batches, whose process has ended while the run goes on. In the caller's transaction. */
export function putBackInside(db: Database, run: number, of: readonly number[], now: number): void {
  const scopes = JSON.stringify(of);
  prepared<[object], never>(
    db,
    `update steps set status = ${StepStatus.interrupted}, ended_at = max(:now, started_at)
      where run = :run and status = ${StepStatus.running} and ${IS_INSIDE('steps.scope')}`,
  ).run({ run, scopes, now });
  prepared<[object], never>(
    db,
    `update batches set status = ${BatchStatus.waiting}
      where run = :run and status in ${IN_FLIGHT_SQL} and scope not in (select value from json_each(:scopes)) and ${IS_INSIDE('batches.scope')}`,
  ).run({ run, scopes });
}
