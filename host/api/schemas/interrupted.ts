import { z } from 'zod';
import { runId } from './common.ts';

/** Runs that were interrupted are being resumed, or have been. */
const resuming = z.object({
  /** Who asked for it; absent: the setting of the folder did. */
  by: z.string().optional(),
  startedAt: z.number(),
  total: z.number(),
  /** How many run again. */
  resumed: z.number(),
  refused: z.array(z.object({ run: runId, message: z.string() })),
  /** `stopping`: the one that is being started is the last. */
  state: z.enum(['going on', 'stopping', 'stopped', 'done']),
});

/** What the start says of runs that were interrupted before. */
export const interrupted = z.object({
  /** Newest first, at most 500. */
  runs: z.array(z.object({ run: runId, name: z.string() })),
  /** Whether runs of this folder that are interrupted from now on are resumed by themselves at the next start. */
  resumesByItself: z.boolean(),
  resuming: resuming.optional(),
});
