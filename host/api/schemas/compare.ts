import { z } from 'zod';
import { batchStatus } from './batch.ts';
import { batchLabel, nodeId, scopeId } from './common.ts';

/** A place in which the code of an attempt differs from that of another one. */
export const codeChange = z.object({
  file: z.string(),
  /** The first of its lines, from 1, in the later code. */
  line: z.number(),
  /** The line before it. */
  before: z.string().optional(),
  /** Long ones are cut. */
  removed: z.array(z.string()),
  added: z.array(z.string()),
  /** How many lines have changed, with those that are cut. */
  lines: z.number(),
  /** Path of the step in whose definition it stands; absent where it stands in none. */
  step: z.string().optional(),
});

/** An attempt of a batch beside the one it is compared with. */
export const comparedAttempt = z.object({
  attempt: z.number(),
  /** Whose code executed it; absent where that is not on record. */
  session: z.number().optional(),
  /** How its items came to be what they are: `other` where an earlier step gave others. */
  input: z.enum(['first', 'same', 'edited', 'set-aside', 'taken-back', 'other']),
  /** When a person changed its items, who, and why, as far as that is on record. */
  at: z.number().optional(),
  who: z.string().optional(),
  reason: z.string().optional(),
  /** What is other in its code; absent where one of the two is not on record, and for the first. */
  code: z.array(codeChange).optional(),
});

/** What two batches of one number in two runs can differ in. */
export const runDifference = z.enum(['state', 'output', 'items', 'slower', 'faster']);

/** A batch of one of two runs. */
const batchSide = z.object({
  scope: scopeId,
  status: batchStatus,
  items: z.number(),
  attempts: z.number(),
  ms: z.number().optional(),
  /** The attempt of the step whose output is the batch's. */
  output: z.object({ node: nodeId, attempt: z.number() }).optional(),
  message: z.string().optional(),
});

/** A batch that differs: absent on a side where there is no batch of this number. */
export const comparedBatch = z.object({
  index: z.number(),
  label: batchLabel,
  differs: z.array(runDifference),
  here: batchSide.optional(),
  there: batchSide.optional(),
});
