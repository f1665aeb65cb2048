import type { Database } from 'better-sqlite3';
import type { RunStatus } from '../../common/status.ts';
import { prepared } from './prepared-queries.ts';
import { NOT_DELETED } from './runs.ts';

/* Runs that are a part of others, as people are shown them. */

/** Where a run stands in another one. */
export interface PartOf {
  /** The run around it. */
  readonly run: number;
  /** The step of that which has started it. */
  readonly path: string;
  /** The batch of that in which the step is; 0: in none. */
  readonly scope: number;
}

/** A run that a step of another one has started. */
export interface PartLine {
  readonly run: number;
  readonly workflow: string;
  readonly name: string;
  /** As stored: one that reads as running may have lost its process. */
  readonly status: RunStatus;
  readonly path: string;
  readonly scope: number;
  readonly startedAt: number;
  readonly activeMs: number;
  /** Another run has come in its place since: its step began anew. */
  readonly isReplaced: 0 | 1;
}

/** The step that a run was started by; undefined where it is a part of no other. */
export function partOf(db: Database, run: number): PartOf | undefined {
  return prepared<[number], PartOf>(
    db,
    `select s.run, n.path, s.scope from subflows s join nodes n on n.run = s.run and n.node = s.node where s.child = ?`,
  ).get(run);
}

export interface WantedParts {
  /** Of one step. @default Of all */
  readonly path?: string | undefined;
  readonly scope?: number | undefined;
  readonly limit: number;
}

const IS_REPLACED =
  'exists (select 1 from subflows later where later.run = s.run and later.scope = s.scope and later.node = s.node and later.ask > s.ask)';
const WANTED = `s.run = :run and (:path is null or n.path = :path) and (:scope is null or s.scope = :scope) and r.${NOT_DELETED}`;

/** The runs that steps of a run have started: those that failed first, then in the order in which they began. */
export function partsOf(db: Database, run: number, { path, scope, limit }: WantedParts): PartLine[] {
  return prepared<[object], PartLine>(
    db,
    `select r.id as run, r.workflow, r.name, r.status, n.path, s.scope, r.started_at as startedAt, r.active_ms as activeMs,
       ${IS_REPLACED} as isReplaced
     from subflows s join runs r on r.id = s.child join nodes n on n.run = s.run and n.node = s.node
     where ${WANTED} order by isReplaced, r.status = 'failed' desc, r.status = 'completed', r.id limit :limit`,
  ).all({ run, path: path ?? null, scope: scope ?? null, limit });
}

/** How many of them stand how, as stored; those that another has come in the place of are not counted. */
export function countParts(
  db: Database,
  run: number,
  { path, scope }: Omit<WantedParts, 'limit'> = {},
): { readonly status: RunStatus; readonly count: number }[] {
  return prepared<[object], { status: RunStatus; count: number }>(
    db,
    `select r.status, count(*) as count from subflows s join runs r on r.id = s.child
       join nodes n on n.run = s.run and n.node = s.node where ${WANTED} and not ${IS_REPLACED} group by r.status order by r.status`,
  ).all({ run, path: path ?? null, scope: scope ?? null });
}

/** The step of a run in which another one stands, at any depth. */
export function placeIn(db: Database, outer: number, inner: number): PartOf | undefined {
  for (let at = partOf(db, inner); at; at = partOf(db, at.run)) if (at.run === outer) return at;
  return undefined;
}
