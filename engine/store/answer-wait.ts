import type { Database } from 'better-sqlite3';
import type { DurableWaitKind } from '../../common/node-kinds.ts';
import type { RunStatus } from '../../common/status.ts';
import { told, type Told } from '../../common/told.ts';
import { NEXT } from '../../common/next-steps.ts';
import { dateAndTime } from '../../common/format.ts';
import { prepared, preparedColumn } from './prepared-queries.ts';
import { RunStateError } from './run-state-error.ts';
import { NOT_DELETED, requireRun } from './runs.ts';
import { ancestorsOf, rootOf, withInner } from './subflow-store.ts';
import { inTransaction } from './transactions.ts';
import type { WaitStatus } from './wait-store.ts';

/* What others than the run's own process do with its waits: they look for them, and answer them. */

/** A wait that somebody can answer. */
export interface OpenWait {
  readonly run: number;
  readonly scope: number;
  /** Path of its step. */
  readonly path: string;
  readonly token: string;
  readonly kind: DurableWaitKind;
  readonly event: string | null;
  readonly description: string | null;
  /** In the codec's text. */
  readonly payload: string | null;
  readonly since: number;
  readonly until: number | null;
}

const OPEN = `select w.run, w.scope, n.path, w.token, w.kind, w.event, w.description, w.payload, w.since, w.until
  from waits w join nodes n on n.run = w.run and n.node = w.node
  where w.taken = 0 and w.status = 'open'`;

/** The waits of a run that are open, and of the runs in it, the oldest first. None of a run that has ended is. */
export function openWaits(db: Database, run: number, limit: number): OpenWait[] {
  return prepared<[number, number], OpenWait>(
    db,
    `${OPEN} and w.run in ${withInner('?')} and exists (select 1 from runs r where r.id = w.run and r.status in ('running', 'paused', 'interrupted'))
     order by w.since, w.scope, w.node limit ?`,
  ).all(run, limit);
}

/** What people can answer now in all runs of the store, the oldest first. */
export function allOpenWaits(db: Database): (OpenWait & { readonly workflow: string })[] {
  return prepared<[], OpenWait & { workflow: string }>(
    db,
    `select w.run, r.workflow, w.scope, n.path, w.token, w.kind, w.event, w.description, w.payload, w.since, w.until
      from waits w join nodes n on n.run = w.run and n.node = w.node
        join runs r on r.id = w.run and r.status in ('running', 'paused', 'interrupted') and r.${NOT_DELETED}
      where w.taken = 0 and w.status = 'open' and w.event is null order by w.since`,
  ).all();
}

/** How many steps wait at each node of a run that rests: those that run another workflow, for what waits in that. */
export function openWaitsByNode(db: Database, run: number): { readonly path: string; readonly count: number }[] {
  return prepared<[number, number], { path: string; count: number }>(
    db,
    `select n.path, count(*) as count from waits w join nodes n on n.run = w.run and n.node = w.node
      where w.run = ? and w.taken = 0 and w.status = 'open' group by n.path
     union all
     select n.path, count(*) from subflows s join nodes n on n.run = s.run and n.node = s.node
      join runs r on r.id = s.child and r.status = 'paused' and r.rests = 1 where s.run = ? group by n.path`,
  ).all(run, run);
}

/** Whether somebody has answered a wait of the run, or of one in it, and its step does not know yet. */
export function hasAnswer(db: Database, run: number): boolean {
  return (
    prepared<[number]>(
      db,
      `select 1 from waits where run in ${withInner('?')} and status = 'answered' and taken = 0 limit 1`,
    ).get(run) !== undefined
  );
}

/** The runs at rest for which somebody has an answer, or that have waited for as long as they were to: of a part of a run, that. */
export function runsToWake(db: Database, now: number): number[] {
  const runs = preparedColumn<[number], number>(
    db,
    `select distinct w.run from waits w join runs r on r.id = w.run and r.status = 'paused' and r.rests = 1
     join sessions s on s.run = w.run and s.session = (select max(session) from sessions where run = w.run)
     where w.taken = 0 and r.${NOT_DELETED} and
       -- What an earlier session has not taken, such as the answer to a step that is gone from the file, wakes no other one.
       (w.status = 'answered' and w.answered_at >= s.started_at or w.status = 'open' and w.until between s.started_at and ?)`,
  ).all(now);
  return [...new Set(runs.map(run => rootOf(db, run)))];
}

export interface AnswerGiven {
  /** What the step comes to, in the codec's text. */
  readonly text: string;
  readonly by: string;
  readonly at: number;
}

/**
 * Answers a wait. Its run comes to the answer at once where a process works on it, else when it is resumed. Returns the run.
 * @param token @default The one wait of the run for a person, where there is one
 * @throws RunStateError when there is no such wait, or it has ended
 */
export function answerWait(
  db: Database,
  { run, token }: { readonly run?: number | undefined; readonly token?: string | undefined },
  answer: AnswerGiven,
): number {
  return inTransaction(db, () => {
    const wait = token === undefined ? onlyWait(db, run) : waitOf(db, token, run);
    const { status } = requireRun(db, wait.run);
    checkOpen(wait, status, answer.at);
    prepared<[string, number, string, string]>(
      db,
      `update waits set status = 'answered', answer = ?, answered_at = ?, answered_by = ? where token = ?`,
    ).run(answer.text, answer.at, answer.by, wait.token);
    return wait.run;
  });
}

/** Publishes an event: what waits for it goes on, and what is started by it starts. Returns the runs that waited. */
export function publishEvent(
  db: Database,
  event: { readonly name: string; readonly payload: string; readonly by: string; readonly at: number },
): number[] {
  const { name, payload, by, at } = event;
  return inTransaction(db, () => {
    const { lastInsertRowid: id } = prepared<unknown[]>(
      db,
      'insert into events (name, payload, at, who) values (?, ?, ?, ?)',
    ).run(name, payload, at, by);
    const runs = preparedColumn<[string, number], number>(
      db,
      `select distinct w.run from waits w join runs r on r.id = w.run and r.status in ('running', 'paused', 'interrupted')
       where w.event = ? and w.status = 'open' and (w.until is null or w.until > ?) and r.${NOT_DELETED}`,
    ).all(name, at);
    const answer = prepared<unknown[]>(
      db,
      `update waits set status = 'answered', answer = ?, answered_at = ?, answered_by = ?, event_id = ?
       where run = ? and event = ? and status = 'open' and (until is null or until > ?)`,
    );
    for (const run of runs) answer.run(payload, at, by, id, run, name, at);
    return runs;
  });
}

interface FoundWait {
  readonly run: number;
  readonly token: string;
  readonly kind: DurableWaitKind;
  readonly event: string | null;
  readonly status: WaitStatus;
  readonly until: number | null;
  readonly answeredAt: number | null;
  readonly answeredBy: string | null;
}

const FOUND =
  'select run, token, kind, event, status, until, answered_at as answeredAt, answered_by as answeredBy from waits';

function waitOf(db: Database, token: string, run: number | undefined): FoundWait {
  const wait = prepared<[string], FoundWait>(db, `${FOUND} where token = ?`).get(token);
  if (!wait) throw new RunStateError(told`Nothing in this store waits under the token ${token}. ${whatWaits(run)}`);
  if (run !== undefined && wait.run !== run && !ancestorsOf(db, wait.run).includes(run))
    throw new RunStateError(told`The token ${token} belongs to run ${wait.run}, not to run ${run}.`);
  return wait;
}

function onlyWait(db: Database, run: number | undefined): FoundWait {
  if (run === undefined) throw new RunStateError(told`Name the token of what is to be answered.`);
  requireRun(db, run);
  const waits = prepared<[number], FoundWait>(
    db,
    `${FOUND} where run in ${withInner('?')} and kind = 'humanInTheLoop' and status = 'open' and taken = 0 limit 2`,
  ).all(run);
  const [wait] = waits;
  if (!wait) throw new RunStateError(told`Run ${run} waits for no approval. ${NEXT.show(run)}`);
  if (waits.length > 1)
    throw new RunStateError(
      told`Run ${run} waits for more than one approval: say which, by its token. ${whatWaits(run)}`,
    );
  return wait;
}

function checkOpen(wait: FoundWait, status: RunStatus, now: number): void {
  const { run, event } = wait;
  if (event !== null)
    throw new RunStateError(
      told`This step of run ${run} waits for the event ${event}, not for a person. ${NEXT.publish(event)}`,
    );
  if (wait.status === 'answered')
    throw new RunStateError(
      told`This was answered before${wait.answeredBy === null ? '' : ` by ${wait.answeredBy}`}${wait.answeredAt === null ? '' : `, ${dateAndTime(wait.answeredAt)}`}. An answer cannot be changed.`,
    );
  if (wait.status === 'withdrawn')
    throw new RunStateError(
      told`Run ${run} does not wait for this any more: its batch was cancelled or began anew. ${whatWaits(run)}`,
    );
  if (wait.status === 'timeout' || (wait.until !== null && wait.until <= now))
    throw new RunStateError(
      told`This comes too late: run ${run} waited for it until ${dateAndTime(wait.until ?? now)}. To go on with the timeout: ${NEXT.resume(run)}`,
    );
  if (status === 'completed' || status === 'failed' || status === 'cancelled')
    throw new RunStateError(told`Run ${run} has ended (${status}): nothing in it waits any more. ${NEXT.show(run)}`);
}

function whatWaits(run: number | undefined): Told {
  return run === undefined ? NEXT.listRuns : NEXT.show(run);
}
