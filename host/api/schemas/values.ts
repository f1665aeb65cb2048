import { z } from 'zod';
import { LOG_EVENT_KINDS } from '../../../common/log-event-kinds.ts';
import { batchLabel, nodeId, scopeId } from './common.ts';

/**
 * A stored value as text that is safe to show: JSON, and what JSON cannot say as common/value-text.ts describes it. A large one is
 * truncated unless the full value is requested. `size` is in characters, as it is stored.
 */
export const shownValue = z.object({ json: z.string(), truncated: z.boolean(), size: z.number() });

const batchOfLine = z.object({ node: nodeId, index: z.number(), label: batchLabel, parent: scopeId });

/** A line that the store has not numbered yet has a negative id. */
export const logLine = z.object({
  id: z.number(),
  at: z.number(),
  level: z.string(),
  text: z.string(),
  path: z.string().optional(),
  index: z.number().optional(),
  attempt: z.number().optional(),
  /** The batch in which it was said: by its node, its index and the scope it stands in. Absent while the store has not got the line. */
  batch: batchOfLine.optional(),
});

/** What became of a run, of a batch or of a step, told among the lines of a log. */
export const logEvent = z.object({
  at: z.number(),
  kind: z.enum(LOG_EVENT_KINDS),
  path: z.string().optional(),
  batch: batchOfLine.optional(),
  /** Of the step, of the batch, or which session it is. */
  attempt: z.number().optional(),
  /** What it failed with; of a session, its kind and what became of it. */
  text: z.string().optional(),
  /** How long, in milliseconds, the step waits for its next attempt. */
  waits: z.number().optional(),
});

export const lostUpdate = z.object({ key: z.string(), count: z.number() });

export const stateEntry = z.object({ key: z.string(), value: shownValue, version: z.number() });

/** A value that runs share. */
export const sharedEntry = z.object({
  key: z.string(),
  value: shownValue,
  /** Whether all runs see it, or those of the workflow. */
  scope: z.enum(['all', 'workflow']),
  changedAt: z.number(),
  /** The run that has changed it last, which may have been deleted since; undefined: a program. */
  changedBy: z.number().optional(),
  /** From then on it is as if it were not there. */
  expiresAt: z.number().optional(),
});

export const stateWrite = z.object({
  seq: z.number(),
  key: z.string(),
  op: z.enum(['set', 'incr', 'update', 'delete', 'revert']),
  value: z.string().optional(),
  delta: z.number().optional(),
  path: z.string().optional(),
  index: z.number().optional(),
  attempt: z.number(),
  reverted: z.boolean(),
  /** Whose value this write has overwritten without reading it. */
  lost: z.object({ path: z.string(), index: z.number().optional(), attempt: z.number() }).optional(),
});

export const sourceFile = z.object({
  file: z.string(),
  text: z.string(),
  /** The file on disk differs from it now. */
  changed: z.boolean(),
});
