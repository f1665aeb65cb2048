import { z } from 'zod';
import { runId } from './common.ts';

/** What starts runs of a workflow by itself. */
export const shownTrigger = z.object({
  /** As in a WorkflowRef. */
  file: z.string(),
  workflow: z.string(),
  kind: z.enum(['webhook', 'schedule', 'event', 'interval', 'manual']),
  /** A path, a pattern of cron, the name of an event, an interval. */
  on: z.string(),
  nextAt: z.number().optional(),
  lastAt: z.number().optional(),
  /** The run that it has started last. It may have been deleted since. */
  lastRun: runId.optional(),
  /** Why it has started none since. */
  note: z.string().optional(),
});
