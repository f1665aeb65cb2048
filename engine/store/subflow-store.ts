import type { Database } from 'better-sqlite3';
import type { RunStatus } from '../../common/status.ts';
import { prepared, preparedColumn } from './prepared-queries.ts';
import { NOT_DELETED } from './runs.ts';

/* Runs that are a part of others: a step of the parent has started each, and comes to what it comes to. */

/** Which step of which run asks for a run of another workflow, and how often it has. */
export interface SubflowKey {
  readonly run: number;
  readonly scope: number;
  readonly node: number;
  readonly ask: number;
}

/** A run that is to be a part of another one. */
export interface NewSubflow extends SubflowKey {
  /** Of the step, that starts it. */
  readonly attempt: number;
  /** What the idempotency keys of its steps begin with: the same for each run of this step with this input. */
  readonly keyBase: string;
}

/** The link of a run to the step that has started it. */
export interface SubflowRow extends SubflowKey {
  readonly child: number;
  readonly attempt: number;
  readonly taken: 0 | 1;
}

/** A run that a step has started, and what it was started with. */
export interface StartedSubflow extends SubflowRow {
  readonly workflow: string;
  readonly status: RunStatus;
  /** As it was given, in the codec's text. */
  readonly payload: string;
}

/** The number of a run, which the SQL gives, and those of the runs that stand in it at any depth. */
export const withInner = (run: string): string =>
  `(with recursive inner_runs (id) as (
     select ${run} union all select s.child from subflows s join inner_runs i on s.run = i.id) select id from inner_runs)`;

/** Of a run: it is a part of no other. */
export const NO_SUBFLOW = 'id not in (select child from subflows)';

const COLUMNS = 's.child, s.run, s.scope, s.node, s.ask, s.attempt, s.taken';

/** In the transaction that creates the child: no other process can start it a second time. */
export function linkSubflow(db: Database, child: number, link: NewSubflow): void {
  prepared<unknown[]>(
    db,
    'insert into subflows (child, run, scope, node, ask, attempt, key_base) values (?, ?, ?, ?, ?, ?, ?)',
  ).run(child, link.run, link.scope, link.node, link.ask, link.attempt, link.keyBase);
}

/** The last run that a step has started; one that is being deleted counts as gone. */
export function lastSubflow(db: Database, run: number, scope: number, node: number): StartedSubflow | undefined {
  return prepared<[number, number, number], StartedSubflow>(
    db,
    `select ${COLUMNS}, r.workflow, r.status, coalesce(r.given_payload, r.payload) as payload
     from subflows s join runs r on r.id = s.child
     where s.run = ? and s.scope = ? and s.node = ? and r.${NOT_DELETED}
     order by s.ask desc limit 1`,
  ).get(run, scope, node);
}

/** The number under which a step asks next. */
export function nextAsk(db: Database, run: number, scope: number, node: number): number {
  const last = preparedColumn<[number, number, number], number | null>(
    db,
    'select max(ask) from subflows where run = ? and scope = ? and node = ?',
  ).get(run, scope, node);
  return (last ?? 0) + 1;
}

/** The step has come to the output of the child. In the journal's transaction. */
export function takeSubflow(db: Database, child: number): void {
  prepared<[number]>(db, 'update subflows set taken = 1 where child = ?').run(child);
}

/** What the idempotency keys of a run begin with, where it is a part of another one. */
export function keyBaseOf(db: Database, run: number): string | undefined {
  return preparedColumn<[number], string>(db, 'select key_base from subflows where child = ?').get(run);
}

/** The runs around a run, the nearest first. */
export function ancestorsOf(db: Database, child: number): number[] {
  return preparedColumn<[number], number>(
    db,
    `with recursive around (run, depth) as (
       select run, 1 from subflows where child = ? union all
       select s.run, depth + 1 from subflows s join around a on s.child = a.run)
     select run from around order by depth`,
  ).all(child);
}

/** The run that is resumed for a run to go on: the outermost around it, or itself. */
export function rootOf(db: Database, run: number): number {
  return ancestorsOf(db, run).at(-1) ?? run;
}

/** The runs that stand in a run at any depth, each after the one around it. */
export function descendantsOf(db: Database, run: number): number[] {
  return preparedColumn<[number], number>(
    db,
    `with recursive inside (child) as (
       select child from subflows where run = ? union all
       select s.child from subflows s join inside i on s.run = i.child)
     select child from inside`,
  ).all(run);
}

/** The runs that steps of a run have started. */
export function childrenOf(db: Database, run: number): number[] {
  return preparedColumn<[number], number>(db, 'select child from subflows where run = ? order by child').all(run);
}
