import { z } from 'zod';
import type { PartHistory } from '../../../common/history.ts';
import { bytes, nodeId, words } from './common.ts';
import { runStatus } from './run.ts';
import { failureCause } from './failures.ts';

/** What they are is said in common/history.ts. */
const partHistory = z.object({
  of: z.enum(['batches', 'steps']),
  node: nodeId,
  path: z.string(),
  isMapped: z.boolean(),
  starts: words,
  ends: words,
  statuses: bytes,
  items: words,
  earlier: z.object({ indices: words, starts: words, ends: words, statuses: bytes, until: words, causes: bytes }),
  waits: z.object({ indices: words, starts: words, ends: words }),
  failed: z.object({ indices: words, causes: bytes }),
  aside: z.object({ indices: words, starts: words, ends: words, items: words }),
}) satisfies z.ZodType<PartHistory>;

export const runHistory = z.object({
  /** In milliseconds since 1970. */
  from: z.number(),
  /** How many milliseconds a unit of the times below is. */
  unit: z.number(),
  /** Until when somebody has worked on the run, or has cancelled it. */
  to: z.number(),
  /** What it has come to. */
  status: runStatus,
  /** Who worked on it when; without `outcome` its process went without a word. */
  sessions: z.array(
    z.object({
      kind: z.enum(['start', 'resume', 'rerun']),
      from: z.number(),
      to: z.number(),
      outcome: z.string().optional(),
    }),
  ),
  parts: z.array(partHistory),
  /** Why batches failed, also of attempts that are over. */
  causes: z.array(failureCause.omit({ batches: true, first: true, fields: true })),
  /** Paths of batch nodes inside others and of steps of which there are too many to tell. */
  untold: z.array(z.string()),
});
