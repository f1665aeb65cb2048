import type { Database } from 'better-sqlite3';
import { prepared, preparedColumn } from './prepared-queries.ts';

/** How a trigger stands: where its next look goes on, and what came of the last. */
export interface TriggerState {
  readonly workflow: string;
  readonly kind: string;
  /** A path, a pattern, the name of an event. */
  readonly on: string;
  /** Up to when its firings are settled. Milliseconds since 1970. */
  readonly lookedAt: number;
  /** The last event that it has taken; of others 0. */
  readonly event: number;
  readonly firedAt: number | null;
  /** The run that it has started last. */
  readonly run: number | null;
  /** Why it has started none since: in words. */
  readonly note: string | null;
  /** Firings that wait until the run before has ended, the first that came first. Milliseconds since 1970. */
  readonly waiting: readonly number[];
  /** Firings that start nothing, since as many waited as may: since the last time that none waited. */
  readonly leftOut: number;
}

export function triggerStates(db: Database): TriggerState[] {
  return prepared<[], Omit<TriggerState, 'waiting'> & { readonly waiting: string }>(
    db,
    `select workflow, kind, what as "on", looked_at as lookedAt, event, fired_at as firedAt, run, note, waiting,
       left_out as leftOut from triggers`,
  )
    .all()
    .map(({ waiting, ...state }) => ({ ...state, waiting: waiting === '' ? [] : waiting.split(' ').map(Number) }));
}

export function keepTrigger(db: Database, state: TriggerState): void {
  prepared<unknown[]>(
    db,
    `insert into triggers (workflow, kind, what, looked_at, event, fired_at, run, note, waiting, left_out)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (workflow, kind, what) do update set looked_at = excluded.looked_at, event = excluded.event,
       fired_at = excluded.fired_at, run = excluded.run, note = excluded.note, waiting = excluded.waiting,
       left_out = excluded.left_out`,
  ).run(
    state.workflow,
    state.kind,
    state.on,
    state.lookedAt,
    state.event,
    state.firedAt,
    state.run,
    state.note,
    state.waiting.join(' '),
    state.leftOut,
  );
}

export interface PublishedEvent {
  readonly id: number;
  /** In the codec's text. */
  readonly payload: string;
  readonly at: number;
}

/** What was published under a name after an event, in order. */
export function eventsAfter(db: Database, name: string, after: number, limit: number): PublishedEvent[] {
  return prepared<[string, number, number], PublishedEvent>(
    db,
    'select id, payload, at from events where name = ? and id > ? order by id limit ?',
  ).all(name, after, limit);
}

export function latestEvent(db: Database): number {
  return preparedColumn<[], number | null>(db, 'select max(id) from events').get() ?? 0;
}
