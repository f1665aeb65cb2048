import type { Database } from 'better-sqlite3';
import { count, noCounts, type NodeProgress } from '../../common/counts.ts';
import { BatchStatus } from '../../common/status.ts';
import { BATCH_KINDS_SQL } from './kinds.ts';
import { prepared } from './prepared-queries.ts';

/* How far a run is, as its rows say. */

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
