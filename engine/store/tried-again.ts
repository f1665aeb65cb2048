import type { Database } from 'better-sqlite3';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import { prepared, preparedRaw } from './prepared-queries.ts';

/*
 * What was tried more than once, or waits to be: found by what was, which is little beside all batches of a run. A batch has
 * with it what happened inside it.
 */

/** At which moment a run is looked at. */
export interface Moment {
  /** Whether a process works on the run. Without one nothing waits for its time. */
  readonly live: boolean;
  /** Of a run at rest, the end of its last session: what waited then waits no longer. */
  readonly now: number;
}

/** How often one batch was tried. */
export interface Tried {
  /** Which attempt it is at, of itself or of the step of it that was tried most; also one that it still waits for. */
  readonly attempts: number;
  /** Attempts that the `retry` of its steps has made. */
  readonly retries: number;
  /** Milliseconds that it and its steps waited for their next attempts, one after the other or at a time. */
  readonly waited: number;
}

/** A store that something else has written may have batches that stand in each other. */
const DEEPEST = 1_000;

/** @param only A condition on `scope`, to look at some scopes; without those inside them */
function triedHere(only: string): string {
  const next = (of: string) =>
    `${of}.run = @run and ${of}.scope = s.scope and ${of}.node = s.node and ${of}.attempt = s.attempt + 1`;
  const waits = (until: string, next: string) => `@live and ${next} is null and ${until} > @now`;
  const waited = (until: string, next: string, from: string) =>
    `max(0, min(${until}, coalesce(${next}, @now)) - coalesce(${from}, ${until}))`;
  return `
    select scope, attempt as attempts, 0 as retries, 0.0 as waited from steps s where run = @run and attempt > 1 ${only}
    union all
    select s.scope, s.attempt + (${waits('s.waits_until', 'later.attempt')}), later.attempt is not null,
      ${waited('s.waits_until', 'later.started_at', 's.ended_at')}
     from steps s left join steps later on ${next('later')}
     where s.run = @run and s.waits_until is not null and s.status = ${StepStatus.failed} ${only}
    union all
    select s.scope, s.attempt + 1, 0,
      iif(s.waits_until is null, 0.0, ${waited('s.waits_until', 'coalesce(after.started_at, iif(b.attempt = s.attempt + 1, b.started_at, null))', 's.ended_at')})
     from batch_attempts s cross join batches b on b.run = s.run and b.scope = s.scope
     left join batch_attempts after on after.run = s.run and after.scope = s.scope and after.attempt = s.attempt + 1
     where s.run = @run ${only}`;
}

/**
 * To be named in a `with recursive`: `tried (within, attempts, retries, waited)` has each scope in which something was tried again, and the
 * batches around it. Binds `@run`, `@live` and `@now`.
 */
export const TRIED = `
  tried_up (scope, attempts, retries, waited, depth) as (
    select scope, max(attempts), sum(retries), sum(waited), 0 from (${triedHere('')}) group by scope
    union all
    select b.parent, up.attempts, up.retries, up.waited, depth + 1 from tried_up up cross join batches b
     where b.run = @run and b.scope = up.scope and b.parent <> 0 and depth < ${DEEPEST}
  ),
  tried (within, attempts, retries, waited) as materialized (
    select scope, max(attempts), sum(retries), sum(waited) from tried_up group by scope
  )`;

type Row = Tried & { readonly scope: number };

/**
 * How often some batches were tried.
 * @param hasInside Whether there may be scopes inside them: then all that was tried again in the run is looked at
 */
export function triedOf(
  db: Database,
  run: number,
  scopes: readonly number[],
  hasInside: boolean,
  moment: Moment,
): ReadonlyMap<number, Tried> {
  const among = 'in (select value from json_each(@scopes))';
  const sql = hasInside
    ? `with recursive ${TRIED} select within as scope, attempts, retries, waited from tried where within ${among}`
    : `select scope, max(attempts) as attempts, sum(retries) as retries, sum(waited) as waited
        from (${triedHere(`and s.scope ${among}`)}) group by scope`;
  const rows = prepared<[object], Row>(db, sql).all({ run, scopes: JSON.stringify(scopes), ...bound(moment) });
  return new Map(rows.map(({ scope, ...tried }) => [scope, tried]));
}

/** What is bound to `TRIED` beside the run. */
export function bound({ live, now }: Moment): { live: number; now: number } {
  return { live: Number(live), now };
}

/** The batches of an outermost node that are at an attempt after their first, in order, with which it is: at most 255. */
export function attempts(
  db: Database,
  run: number,
  node: number,
  moment: Moment,
): { indices: Uint32Array<ArrayBuffer>; values: Uint8Array<ArrayBuffer> } {
  const rows = preparedRaw<[object], [number, number]>(
    db,
    `with recursive ${TRIED}
     select b.idx, min(t.attempts, 255) from tried t cross join batches b on b.run = @run and b.scope = t.within
      where b.node = @node and b.parent = 0 and b.idx >= 0 and t.attempts > 1 and b.status <> ${BatchStatus.superseded} order by b.idx`,
  ).all({ run, node, ...bound(moment) });
  return { indices: Uint32Array.from(rows, ([index]) => index), values: Uint8Array.from(rows, ([, n]) => n) };
}
