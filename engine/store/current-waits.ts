import type { Database } from 'better-sqlite3';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import { prepared } from './prepared-queries.ts';
import type { Moment } from './tried-again.ts';

/* What waits for its time at this moment: the next attempt of a step or of a batch, or a step with a delay. */

export interface CurrentWait {
  /** Of the step, or of the batch node. */
  readonly path: string;
  readonly kind: 'next attempt' | 'delay';
  /** The attempt that follows. */
  readonly attempt: number;
  /** When it begins; of a batch that a rate limit holds, a time that is over. */
  readonly until: number;
  /** What the error is called that asked for the wait. */
  readonly asked?: string | undefined;
}

/** A store that something else has written may have batches that stand in each other. */
const DEEPEST = 1_000;

/** @param only A condition on `scope`, to look at some scopes */
function waitingHere(only: string): string {
  return `
    select s.scope, s.node, iif(s.status = ${StepStatus.failed}, 'next attempt', 'delay') as kind,
      s.attempt + (s.status = ${StepStatus.failed}) as attempt, s.waits_until as until,
      iif(s.error ->> '$.askedToWait' is null, null, s.error ->> '$.name') as asked
     from steps s
     where s.run = @run and s.waits_until is not null and s.waits_until > @now ${only}
      and (s.status = ${StepStatus.running} or s.status = ${StepStatus.failed} and not exists (
        select 1 from steps l where l.run = s.run and l.scope = s.scope and l.node = s.node and l.attempt = s.attempt + 1))
    union all
    select s.scope, s.node, 'next attempt', s.attempt, a.waits_until,
      iif(a.error ->> '$.askedToWait' is null, null, a.error ->> '$.name')
     from batches s join batch_attempts a on a.run = s.run and a.scope = s.scope and a.attempt = s.attempt - 1
     where s.run = @run and s.status = ${BatchStatus.retrying} and s.started_at is null and a.waits_until is not null ${only}`;
}

type Row = Omit<CurrentWait, 'asked'> & { readonly scope: number; readonly asked: string | null };

/**
 * What each of some batches waits for: what comes first in it. Nothing does in a run that no process works on.
 * @param hasInside Whether there may be scopes inside them: then all that waits in the run is looked at
 */
export function currentWaits(
  db: Database,
  run: number,
  scopes: readonly number[],
  hasInside: boolean,
  { live, now }: Moment,
): ReadonlyMap<number, CurrentWait> {
  if (!live || scopes.length === 0) return new Map();
  const among = 'in (select value from json_each(@scopes))';
  const waits = hasInside
    ? `up (scope, node, kind, attempt, until, asked, depth) as (
         select *, 0 from (${waitingHere('')})
         union all
         select b.parent, up.node, kind, up.attempt, until, asked, depth + 1 from up cross join batches b
          where b.run = @run and b.scope = up.scope and b.parent <> 0 and depth < ${DEEPEST}
       ) select w.*, n.path from (select * from up where scope ${among}) w`
    : `up as (${waitingHere(`and s.scope ${among}`)}) select w.*, n.path from up w`;
  const rows = prepared<[object], Row>(
    db,
    `with recursive ${waits} join nodes n on n.run = @run and n.node = w.node order by until desc`,
  ).all({ run, now, scopes: JSON.stringify(scopes) });
  return new Map(
    rows.map(({ scope, path, kind, attempt, until, asked }) => [
      scope,
      { path, kind, attempt, until, ...(asked !== null && { asked }) },
    ]),
  );
}
