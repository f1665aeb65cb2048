import type { Database } from 'better-sqlite3';
import { count, noCounts, type NodeProgress } from '../../common/counts.ts';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import { BATCH_KINDS_SQL } from './kinds.ts';
import { prepared, preparedColumn, preparedRaw } from './prepared-queries.ts';
import { batchRetries, stepRetries } from './retry-queries.ts';

/* How far a run is, as its rows say: of every batch node, and of every step. */

/** The batches of a node that have one status. */
export interface StatusGroup {
  readonly node: number;
  readonly status: number;
  readonly batches: number;
  readonly items: number;
  /** The lowest index among them. */
  readonly firstIndex: number;
  /** The highest scope that one of them stands in: 0 where all stand in the workflow itself. */
  readonly lastParent: number;
}

/*
 * Of a large run nearly everything has succeeded. SQLite groups rows by sorting them, which takes more than twice as long as
 * to count those of each node side by side (a million batches: 2.8 s and 1.2 s on a busy machine).
 * With more nodes, sorting is as good.
 */
const MOST_SIDE_BY_SIDE = 8;

/** The batches of a run by node and status. */
export function statusGroups(db: Database, run: number): StatusGroup[] {
  const nodes = nodesWhere(db, run, `kind in ${BATCH_KINDS_SQL}`);
  const isCounted = nodes.length <= MOST_SIDE_BY_SIDE;
  const groups = prepared<[number], StatusGroup>(
    db,
    `select node, status, count(*) as batches, sum(items) as items, min(idx) as firstIndex, max(parent) as lastParent
     from batches where run = ? ${isCounted ? `and status <> ${BatchStatus.succeeded}` : ''} group by node, status`,
  ).all(run);
  return isCounted ? [...groups, ...succeededBatches(db, run, nodes)] : groups;
}

function succeededBatches(db: Database, run: number, nodes: readonly number[]): StatusGroup[] {
  if (nodes.length === 0) return [];
  const columns = nodes.map(
    node =>
      `sum(node = ${node}), sum(iif(node = ${node}, items, 0)), min(iif(node = ${node}, idx, null)), max(iif(node = ${node}, parent, null))`,
  );
  const row = preparedRaw<[number], (number | null)[]>(
    db,
    `select ${columns.join(', ')} from batches where run = ? and status = ${BatchStatus.succeeded}`,
  ).get(run);
  return nodes.flatMap((node, at) => {
    const [batches = 0, items = 0, firstIndex = 0, lastParent = 0] = row?.slice(4 * at).map(Number) ?? [];
    return batches > 0 ? [{ node, status: BatchStatus.succeeded, batches, items, firstIndex, lastParent }] : [];
  });
}

/** @param condition On `nodes`, in SQL */
function nodesWhere(db: Database, run: number, condition: string): number[] {
  return preparedColumn<[number], number>(db, `select node from nodes where run = ? and ${condition}`).all(run);
}

/**
 * The counts of every batch node of a run.
 * @param batchSizeOf How large the batches are that are still to be created; unknown where a body could not be drawn.
 */
export function storedProgress(
  db: Database,
  run: number,
  batchSizeOf: (path: string) => number | undefined,
  groups: readonly StatusGroup[] = statusGroups(db, run),
): (NodeProgress & { readonly node: number })[] {
  const nodes = prepared<[number], { node: number; path: string }>(
    db,
    `select node, path from nodes where run = ? and kind in ${BATCH_KINDS_SQL}`,
  ).all(run);
  const byNode = new Map(
    nodes.map(({ node, path }) => [node, { node, path, batches: noCounts(), items: noCounts(), complete: true }]),
  );
  for (const { node, status, batches, items } of groups) {
    const progress = byNode.get(node);
    if (progress) count(progress, status, batches, items);
  }
  const splits = prepared<[number], { node: number; batches: number; items: number; known_items: number | null }>(
    db,
    'select node, batches, items, known_items from splits where run = ? and exhausted = 0',
  ).iterate(run);
  for (const split of splits) {
    const progress = byNode.get(split.node);
    if (!progress) continue;
    if (split.known_items === null) progress.complete = false;
    const unsplit = Math.max(0, (split.known_items ?? split.items) - split.items);
    // All batches but the last are full.
    const size = batchSizeOf(progress.path) ?? (Math.ceil(split.items / split.batches) || 1);
    count(progress, BatchStatus.waiting, Math.ceil(unsplit / size), unsplit);
  }
  return [...byNode.values()];
}

/**
 * The attempts of one step over all batches. A step that is executed again after it failed counts as running only, and
 * one that waits for that as retrying only. Of a batch node only its batches' retries are counted.
 */
export interface StepCount {
  readonly path: string;
  running: number;
  succeeded: number;
  failed: number;
  retrying: number;
  /** Attempts that a `retry` has made. */
  retries: number;
  /** When the first of the retrying goes on, in milliseconds since 1970. */
  readonly nextAt?: number | undefined;
}

export interface NodeStepCount extends StepCount {
  readonly node: number;
}

/**
 * The counts of every step of a run: each step of each batch counts by the status of its latest attempt.
 * @param now Attempts that are to begin later are waited for; undefined where no process works on the run
 */
export function storedStepCounts(db: Database, run: number, now?: number): NodeStepCount[] {
  // Nearly all have one attempt: all are counted, and then those before the latest are taken away.
  const nodes = nodesWhere(db, run, 'true');
  const isCounted = nodes.length > 0 && nodes.length <= MOST_SIDE_BY_SIDE;
  const rows = prepared<[object], { node: number; path: string; status: number; n: number }>(
    db,
    `select counted.node, nodes.path, status, sum(n) as n from (
       select node, status, count(*) as n from steps
        where run = :run ${isCounted ? `and status <> ${StepStatus.succeeded}` : ''} group by node, status
       union all
       ${isCounted ? succeededSteps(nodes) : ''}
       select earlier.node, earlier.status, -count(*) from
         (select scope, node, max(attempt) as last from steps where run = :run and attempt > 1 group by scope, node) latest
         join steps earlier on earlier.run = :run and earlier.scope = latest.scope and earlier.node = latest.node
          and earlier.attempt < latest.last
        group by earlier.node, earlier.status
     ) counted join nodes on nodes.run = :run and nodes.node = counted.node
     group by counted.node, status having sum(n) > 0`,
  ).all({ run });
  const counts = new Map<number, NodeStepCount>();
  const of = ({ node, path }: { readonly node: number; readonly path: string }): NodeStepCount => {
    let count = counts.get(node);
    if (!count)
      counts.set(node, (count = { node, path, running: 0, succeeded: 0, failed: 0, retrying: 0, retries: 0 }));
    return count;
  };
  for (const { node, path, status, n } of rows) {
    const count = of({ node, path });
    if (status === StepStatus.succeeded) count.succeeded += n;
    else if (status === StepStatus.failed) count.failed += n;
    else if (status === StepStatus.running) count.running += n;
  }
  for (const { retries, retrying, nextAt, ...node } of stepRetries(db, run, now)) {
    const count = of(node);
    count.retries = retries;
    count.retrying = retrying;
    count.failed -= retrying;
    if (nextAt !== null) counts.set(node.node, { ...count, nextAt });
  }
  for (const { retries, ...node } of batchRetries(db, run)) of(node).retries += retries;
  return [...counts.values()];
}

/** The start of a union in SQL: a row for each node. */
function succeededSteps(nodes: readonly number[]): string {
  return `select value ->> 0 as node, ${StepStatus.succeeded} as status, value ->> 1 as n from (
      select json_array(${nodes.map((node, at) => `json_array(${node}, n${at})`).join(', ')}) as counts from (
        select ${nodes.map((node, at) => `sum(node = ${node}) as n${at}`).join(', ')} from steps
         where run = :run and status = ${StepStatus.succeeded})
    ), json_each(counts)
    union all`;
}
