import type { Database } from 'better-sqlite3';
import { prepared } from './prepared-queries.ts';

/** How the items of a batch attempt came to be what they are. */
export type InputOrigin = 'first' | 'same' | 'edited' | 'set-aside' | 'taken-back' | 'other';

/** With what an attempt of a batch was executed. */
export interface AttemptOrigin {
  readonly attempt: number;
  /** Whose code executed it; null while it waits, and where it was never begun. */
  readonly session: number | null;
  /** `other`: what came before gave it other items. */
  readonly input: InputOrigin;
  /** When a person changed the items, as far as that is on record. */
  readonly at: number | null;
  readonly who: string | null;
  readonly reason: string | null;
}

interface Row {
  readonly attempt: number;
  readonly session: number | null;
  readonly startedAt: number | null;
  /** Who asked for the re-run. */
  readonly asker: string | null;
  readonly isEdited: number;
  readonly hasOwnItems: number;
  readonly asideAt: number | null;
  readonly who: string | null;
  readonly reason: string | null;
  readonly takesBack: number;
}

/** All attempts of a batch, oldest first, each with the code and the items that it was executed with. */
export function attemptOrigins(db: Database, run: number, scope: number): AttemptOrigin[] {
  // The session of a re-run says what it was asked with; a batch retry of the same session asks nothing again.
  const rows = prepared<[object], Row>(
    db,
    `with attempts (attempt, session) as (
       select attempt, session from batch_attempts where run = @run and scope = @scope
       union all select attempt, session from batches where run = @run and scope = @scope
     ), asked (session, started_at, who, items, node) as (
       select session, started_at, who, coalesce(json_type(note, '$.items'), json_type(note, '$.correct')), json_extract(note, '$.node')
       from (select *, iif(kind = 'rerun' and json_valid(note), note, null) as note from sessions where run = @run)
     )
     select a.attempt, a.session, s.started_at as startedAt, s.who as asker,
       s.items is not null and (s.node is null or n.path = s.node or '/' || n.path like '%/' || s.node) as isEdited,
       exists (select 1 from batch_items i where i.run = @run and i.scope = @scope and i.attempt = a.attempt) as hasOwnItems,
       aside.at as asideAt, aside.who, aside.reason,
       exists (select 1 from set_aside t where t.run = @run and t.scope = @scope and t.until_attempt = a.attempt) as takesBack
     from attempts a
     join batches b on b.run = @run and b.scope = @scope join nodes n on n.run = @run and n.node = b.node
     left join asked s on s.session = a.session
     left join (select since_attempt, max(at) as at, who, reason from set_aside where run = @run and scope = @scope
       group by since_attempt) aside on aside.since_attempt = a.attempt
     order by a.attempt`,
  ).all({ run, scope });
  return rows.map((row, at) => {
    const { attempt, session, reason } = row;
    const input = inputOf(row, at === 0);
    const isAsked = input === 'edited' || input === 'taken-back';
    const [changedAt, who] = isAsked ? [row.startedAt, row.asker] : [row.asideAt, row.who];
    return { attempt, session, input, at: changedAt, who, reason };
  });
}

function inputOf({ hasOwnItems, isEdited, asideAt, takesBack }: Row, isFirst: boolean): InputOrigin {
  if (isFirst) return 'first';
  if (asideAt !== null) return 'set-aside';
  if (takesBack === 1) return 'taken-back';
  if (hasOwnItems === 0) return 'same';
  return isEdited === 1 ? 'edited' : 'other';
}
