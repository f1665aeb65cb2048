import type { Database } from 'better-sqlite3';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import { prepared } from './prepared-queries.ts';

/** What stands stored of a node and is in use, where its scope is still to be executed. */
export interface NodeWork {
  /** Batches, or rounds of a while, in use. */
  readonly batches: { readonly all: number; readonly succeeded: number };
  /** The largest number of items in one of those that have not succeeded. */
  readonly mostItems: number;
  /** Its results: where it stands in a batch, one for each batch. */
  readonly results: number;
}

/** What a scope is that is executed again: the workflow itself, or a batch that waits. A batch that is done asks for nothing. */
const IS_OPEN = (scope: string) =>
  `(${scope} = 0 or exists (select 1 from batches p where p.run = :run and p.scope = ${scope}
    and p.status in (${BatchStatus.waiting}, ${BatchStatus.running}, ${BatchStatus.retrying})))`;

/** The work of a node of a run, after what was in flight has been put back. Costs what the node has. */
export function workOf(db: Database, run: number, node: number): NodeWork {
  const batches = prepared<[object], { all: number; succeeded: number | null; mostItems: number | null }>(
    db,
    `select count(*) as "all", sum(status = ${BatchStatus.succeeded}) as succeeded,
       max(iif(status = ${BatchStatus.succeeded}, 0, items)) as mostItems
     from batches b where run = :run and node = :node and status <> ${BatchStatus.superseded} and ${IS_OPEN('b.parent')}`,
  ).get({ run, node });
  const steps = prepared<[object], { results: number }>(
    db,
    `select count(*) as results from steps s
      where run = :run and node = :node and status = ${StepStatus.succeeded} and ${IS_OPEN('s.scope')}`,
  ).get({ run, node });
  return {
    batches: { all: batches?.all ?? 0, succeeded: batches?.succeeded ?? 0 },
    mostItems: batches?.mostItems ?? 0,
    results: steps?.results ?? 0,
  };
}

export function setKind(db: Database, run: number, node: number, kind: string): void {
  prepared<[string, number, number]>(db, 'update nodes set kind = ? where run = ? and node = ?').run(kind, run, node);
}

export function setPath(db: Database, run: number, node: number, path: string): void {
  prepared<[string, number, number]>(db, 'update nodes set path = ? where run = ? and node = ?').run(path, run, node);
}
