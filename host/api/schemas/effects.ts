import { z } from 'zod';
import { shownValue } from './values.ts';

/** What a step has done outside (`ctx.effect`). */
export const effectRow = z.object({
  key: z.string(),
  status: z.enum(['begun', 'done', 'failed', 'unknown']),
  path: z.string(),
  attempt: z.number(),
  params: shownValue.optional(),
  /** Absent where there is none, or it could not be stored. */
  receipt: shownValue.optional(),
  message: z.string().optional(),
  /** Who said what became of it, where its own call did not. */
  settled: z.enum(['verify', 'person']).optional(),
  begunAt: z.number(),
  endedAt: z.number().optional(),
});
