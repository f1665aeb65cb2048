import { z } from 'zod';
import { runId, scopeId } from './common.ts';
import { runStatus } from './run.ts';

/** A run that a step of another one has started: a part of that. */
export const runPart = z.object({
  run: runId,
  workflow: z.string(),
  name: z.string(),
  status: runStatus,
  /** Path of the step, in the run around it. */
  path: z.string(),
  scope: scopeId,
  /** The batch that the step is in, in words of the author's where they have some. */
  batch: z.string().optional(),
  startedAt: z.number(),
  activeMs: z.number(),
  /** Another run has come in its place: its step began anew. */
  isReplaced: z.boolean().optional(),
});
