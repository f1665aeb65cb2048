import { z } from 'zod';
import { RUN_STATUSES } from '../../../common/status.ts';
import { counts, problem, runId, storedError } from './common.ts';
import { graph } from './graph.ts';

export const runStatus = z.enum(RUN_STATUSES);

/**
 * All failed batches, which is what a re-run of the failed ones selects. `batches` does not count those inside batches
 * that tolerated the failure.
 */
export const failedBatches = z.number();

export const runItem = z.object({
  run: runId,
  workflow: z.string(),
  name: z.string(),
  /** Relative to the workspace, as in a WorkflowRef, if it lies in it; else absolute. */
  file: z.string(),
  status: runStatus,
  reason: z.string().optional(),
  items: counts,
  batches: counts,
  failedBatches,
  /** Whether the totals may still grow: a source that does not know its length has not ended. */
  isOpenEnded: z.boolean().optional(),
  /** How many state updates were overwritten unread, if any were. */
  lostUpdates: z.number().optional(),
  startedAt: z.number(),
  endedAt: z.number().optional(),
  activeMs: z.number(),
  /** What a running run was asked to become, here or by another command: its steps in flight may still take their time. */
  stopping: z.enum(['cancelled', 'paused']).optional(),
  /** How many re-runs wait until it has ended. */
  queued: z.number().optional(),
  /** Why a queued re-run did not start. */
  problem: problem.optional(),
});

/** A run that cannot be read: something of it is damaged. */
export const damagedRun = z.object({
  run: runId,
  status: z.literal('damaged'),
  message: z.string(),
});

/** A run as a list has it. One that is damaged does not keep the others from being listed. */
export const listedRun = z.discriminatedUnion('status', [runItem, damagedRun]);

export const runDetail = z.object({
  item: runItem,
  graph,
  sessions: z.array(
    z.object({
      session: z.number(),
      kind: z.enum(['start', 'resume', 'rerun']),
      startedAt: z.number(),
      endedAt: z.number().optional(),
      outcome: z.string().optional(),
      codeHash: z.string(),
    }),
  ),
  /** Whether any of its files differs from what its latest session ran. */
  codeChanged: z.boolean(),
  error: storedError.optional(),
  /** Whether a process is executing it. */
  live: z.boolean(),
});
