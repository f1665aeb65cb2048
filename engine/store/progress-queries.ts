import type { Database } from 'better-sqlite3';
import { count, noCounts, type NodeProgress } from '../../common/counts.ts';
import { BatchStatus, StepStatus } from '../../common/status.ts';
import { BATCH_KINDS_SQL } from './kinds.ts';
import { prepared } from './prepared-queries.ts';

/* How far a run is, as its rows say: of every batch node, and of every step. */

/**
 * The counts of every batch node of a run.
 * @param batchSizeOf How large the batches are that are still to be created; unknown where a body could not be drawn.
 */
export function storedProgress(
  db: Database,
  run: number,
  batchSizeOf: (path: string) => number | undefined,
): (NodeProgress & { readonly node: number })[] {
  const nodes = prepared<[number], { node: number; path: string }>(
    db,
    `select node, path from nodes where run = ? and kind in ${BATCH_KINDS_SQL}`,
  ).all(run);
  const byNode = new Map(
    nodes.map(({ node, path }) => [node, { node, path, batches: noCounts(), items: noCounts(), complete: true }]),
  );
  const rows = prepared<[number], { node: number; status: number; batches: number; items: number }>(
    db,
    'select node, status, count(*) as batches, sum(items) as items from batches where run = ? group by node, status',
  ).iterate(run);
  for (const { node, status, batches, items } of rows) {
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

/** The attempts of one step over all batches. A step that is executed again after it failed counts as running only. */
export interface StepCount {
  readonly path: string;
  running: number;
  succeeded: number;
  failed: number;
}

export interface NodeStepCount extends StepCount {
  readonly node: number;
}

/** The counts of every step of a run: each step of each batch counts by the status of its latest attempt. */
export function storedStepCounts(db: Database, run: number): NodeStepCount[] {
  const rows = prepared<[number, number], { node: number; path: string; status: number; n: number }>(
    db,
    `select latest.node, nodes.path, latest.status, count(*) as n
     from (select node, status, max(attempt) from steps where run = ? group by scope, node) latest
     join nodes on nodes.run = ? and nodes.node = latest.node
     group by latest.node, latest.status`,
  ).all(run, run);
  const counts = new Map<number, NodeStepCount>();
  for (const { node, path, status, n } of rows) {
    const count = counts.get(node) ?? { node, path, running: 0, succeeded: 0, failed: 0 };
    counts.set(node, count);
    if (status === StepStatus.succeeded) count.succeeded += n;
    else if (status === StepStatus.failed) count.failed += n;
    else if (status === StepStatus.running) count.running += n;
  }
  return [...counts.values()];
}
