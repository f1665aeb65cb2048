import { z } from 'zod';
import { RUN_STATUSES } from '../../../common/status.ts';
import { counts, rerunId, runId, storedError } from './common.ts';
import { climb } from './climb.ts';
import { graph } from './graph.ts';

export const runStatus = z.enum(RUN_STATUSES);

/** What a run waits for that only people or events can bring; `rests`: it has paused itself until then. */
export const waiting = {
  waitsFor: z.object({ approvals: z.number(), events: z.number() }).optional(),
  rests: z.boolean().optional(),
};

/**
 * All failed batches, which is what a re-run of the failed ones selects. `batches` does not count those inside batches
 * that tolerated the failure.
 */
export const failedBatches = z.number();

/** A re-run that waits. What it was asked with is asked for by `getQueuedRerun`: its items may be long. */
export const queuedRerun = z.object({
  id: rerunId,
  /** What is re-run, in the words in which it was asked for. */
  what: z.string().optional(),
  node: z.string().optional(),
  tryOne: z.boolean().optional(),
  fromStart: z.boolean().optional(),
  /** Whether its batch gets other items. */
  hasOtherItems: z.boolean().optional(),
  queuedAt: z.number(),
  /**
   * Why it could not start when its turn came. It waits until it is asked for again, or removed. `isQuestion`: what
   * becomes of stored work has to be said first.
   */
  refused: z.object({ message: z.string(), isQuestion: z.boolean() }).optional(),
});

export const runItem = z.object({
  run: runId,
  workflow: z.string(),
  name: z.string(),
  /** Relative to the workspace, as in a WorkflowRef, if it lies in it; else absolute. */
  file: z.string(),
  status: runStatus,
  ...waiting,
  reason: z.string().optional(),
  /** The run that it is a part of: a step of that has started it. */
  partOf: runId.optional(),
  /** Its steps are slowed down, some of its failures are made, and its effects are only pretended. */
  demo: z.literal(true).optional(),
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
  /** What a person calls it, instead of "Run 4". */
  title: z.string().optional(),
  /** What a person says of it. */
  note: z.string().optional(),
  /** Whether it stands first in the list of runs. */
  pinned: z.boolean().optional(),
  /** Re-runs that wait until it has ended, in the order of their turns, and those that were refused when it came. */
  queued: z.array(queuedRerun).optional(),
  /** Its re-run that climbs, or the last one that did and was not dismissed. */
  climb: climb.optional(),
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
      /** Whose process it was, where that is known. */
      who: z.string().optional(),
      /** What a re-run was asked to touch, in words. */
      what: z.string().optional(),
      /** Who has corrected the cells that it speaks of. */
      correctedBy: z.string().optional(),
    }),
  ),
  /** Whether any of its files differs from what its latest session ran. */
  codeChanged: z.boolean(),
  error: storedError.optional(),
  /** What it has come to, as the `present` of its workflow says it. */
  presented: z
    .object({
      headline: z.string().optional(),
      facts: z.array(z.object({ label: z.string(), value: z.union([z.string(), z.number()]) })),
    })
    .optional(),
  /** Whether a process is executing it. */
  live: z.boolean(),
  /** Whether workers on other machines execute its batches, or did when it was worked on last. */
  onQueue: z.boolean(),
});
