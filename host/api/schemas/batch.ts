import { z } from 'zod';
import { BATCH_STATUS_NAMES, STEP_STATUS_NAMES } from '../../../common/status.ts';
import type { BatchFilter, BatchPredicate, Cause } from '../../../engine/store/batch-predicate.ts';
import type { CurrentWait } from '../../../engine/store/current-waits.ts';
import { MOST_RANGES } from '../protocol.ts';
import { workerId } from './workers.ts';
import { batchLabel, counts, nodeId, runId, scopeId, storedError } from './common.ts';

export const batchStatus = z.enum(BATCH_STATUS_NAMES);

export const stepStatus = z.enum(STEP_STATUS_NAMES);

/**
 * Ranges of indices among a node's batches, both ends included: `[[0, 0], [4, 9]]`. Any choice among a million batches is no more than
 * half a million of them.
 */
const ranges = z.array(z.tuple([z.int().nonnegative(), z.int().nonnegative()])).max(MOST_RANGES);

/** Which batches of a node: never a list of ids, so that a few bytes can select a million. */
export const batchPredicate = z.object({
  statuses: z.array(batchStatus).max(7).optional(),
  /** A cause of failure: FailureCause.fingerprint. */
  fingerprint: z.string().max(5000).optional(),
  ranges: ranges.optional(),
  /** Text that the error message must contain. */
  search: z.string().max(500).optional(),
  /** Whose latest attempt one of these workers has, or had. */
  workers: z.array(workerId).max(2_000).optional(),
}) satisfies z.ZodType<BatchPredicate>;

/** A cause of failure, as FailureCause has it. */
export const cause = z.object({ node: nodeId, fingerprint: z.string().max(5000) }) satisfies z.ZodType<Cause>;

/** `cause` selects batches that failed for it, and batches that contain such a batch. */
export const batchFilter = batchPredicate.extend({ cause: cause.optional() }) satisfies z.ZodType<BatchFilter>;

/** What comes first of what a batch waits for: the next attempt of itself or of a step in it, or a step with a delay. */
const currentWait = z.object({
  /** Of the step, or of the batch node. */
  path: z.string(),
  kind: z.enum(['next attempt', 'delay']),
  /** The attempt that follows. */
  attempt: z.number(),
  /** When it begins; of a batch that a rate limit holds, a time that is over. */
  until: z.number(),
  /** The name of the error that asked for the wait. */
  asked: z.string().optional(),
}) satisfies z.ZodType<CurrentWait>;

export const batchRow = z.object({
  node: nodeId,
  scope: scopeId,
  index: z.number(),
  label: batchLabel,
  status: batchStatus,
  items: z.number(),
  /** Which attempt it is at, of itself or of the step of it that was tried most, also inside it; also one that it waits for. */
  attempts: z.number(),
  /** Attempts that the `retry` of its steps has made, also inside batches and rounds in it. */
  retries: z.number(),
  /** Milliseconds that it and its steps have waited for their next attempts, in all. */
  waited: z.number(),
  wait: currentWait.optional(),
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  message: z.string().optional(),
  fingerprint: z.string().optional(),
  /** That has, or had, its latest attempt; absent: the process of the run, or nobody yet. */
  worker: workerId.optional(),
});

export const attemptRow = z.object({
  scope: scopeId,
  node: nodeId,
  path: z.string(),
  attempt: z.number(),
  batchAttempt: z.number(),
  session: z.number(),
  status: stepStatus,
  startedAt: z.number(),
  endedAt: z.number().optional(),
  error: storedError.optional(),
  /** Bytes of its stored output; absent when there is none, or it returned nothing. */
  outputSize: z.number().optional(),
  /** Until when the step waits, or waited: after a failed attempt for the next one; while it runs, for its delay. */
  waitsUntil: z.number().optional(),
  /** The run whose output it was given from the cache, instead of being executed. It may have been deleted since. */
  cachedRun: runId.optional(),
  logLines: z.number(),
  /** That has executed it; absent: the process of the run. */
  worker: workerId.optional(),
});

export const batchDetail = z.object({
  batch: batchRow,
  path: z.string(),
  attempt: z.number(),
  error: storedError.optional(),
  /** Attempts before this one, oldest first. */
  earlierAttempts: z.array(
    z.object({
      attempt: z.number(),
      status: batchStatus,
      startedAt: z.number().optional(),
      endedAt: z.number().optional(),
      /** Until when it waited for the next one, or waits. */
      waitsUntil: z.number().optional(),
      error: storedError.optional(),
      worker: workerId.optional(),
    }),
  ),
  attempts: z.array(attemptRow),
  /** The batches, and rounds of a `while`, that contain it, outermost first. */
  around: z.array(
    z.object({
      scope: scopeId,
      node: nodeId,
      path: z.string(),
      index: z.number(),
      parent: scopeId,
      status: batchStatus,
    }),
  ),
  /** How many effects its own steps have. */
  effects: z.number(),
  /** Batch nodes inside it. */
  inner: z.array(z.object({ node: nodeId, path: z.string(), batches: counts })),
});
