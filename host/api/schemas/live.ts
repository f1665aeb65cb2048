import { z } from 'zod';
import { bytes, counts, nodeId, runId, words } from './common.ts';
import { failedBatches, runStatus, waiting } from './run.ts';

/**
 * The attempts of one step node, over all batches: each step of each batch counts once, by its latest attempt. Of a
 * batch node `retrying` and `retries` are those of its batches.
 */
export const stepProgress = z.object({
  path: z.string(),
  running: z.number(),
  succeeded: z.number(),
  failed: z.number(),
  /** They failed and wait for their next attempt. */
  retrying: z.number(),
  /** Attempts that a `retry` has made. */
  retries: z.number(),
  /** Milliseconds that were waited for attempts of these, all together, up to this moment. */
  waited: z.number(),
  /** When the first of the retrying goes on, in milliseconds since 1970. */
  nextAt: z.number().optional(),
  /** Of a batch node: until when its rate limit lets no more batches begin, where the runner has said so. */
  heldUntil: z.number().optional(),
});

export const nodeProgress = z.object({
  node: nodeId,
  path: z.string(),
  batches: counts,
  items: counts,
  /** False while a stream can still bring more. */
  complete: z.boolean(),
  /** How many batches can run at a time now. */
  concurrency: z.number(),
});

export const progress = z.object({
  status: runStatus,
  ...waiting,
  reason: z.string().optional(),
  items: counts,
  batches: counts,
  failedBatches,
  nodes: z.array(nodeProgress),
  steps: z.array(stepProgress),
  /** Items a second over the last seconds; 0 when nothing runs. */
  rate: z.number(),
  /** Milliseconds left, from and to; absent when it cannot be estimated. */
  left: z.tuple([z.number(), z.number()]).optional(),
  startedAt: z.number(),
  endedAt: z.number().optional(),
  activeMs: z.number(),
});

/**
 * The state of a run that deltas build on. `statuses` has one byte for each batch of an outermost batch node: a
 * BatchStatus of common/status.ts.
 */
export const snapshot = z.object({
  run: runId,
  seq: z.number(),
  progress,
  maps: z.array(z.object({ node: nodeId, path: z.string(), statuses: bytes })),
});

/**
 * What has changed since the snapshot or the last delta. A node that was not mentioned before has a new map. `ranges`
 * are the indices that have changed, in order, as pairs of the first index and how many follow it; `statuses` has one
 * byte for each of these indices. An index past the end of the map makes the map longer: batches in between are
 * waiting.
 */
export const delta = z.object({
  run: runId,
  seq: z.number(),
  progress: progress.optional(),
  maps: z.array(z.object({ node: nodeId, path: z.string(), ranges: words, statuses: bytes })),
});
