import { z } from 'zod';
import type { NodeAnswers } from '../../../engine/run/changed-nodes/answers.ts';
import type { ContinuationReport } from '../../../engine/run/rerun/rerun.ts';
import type { MovedItems, RerunReport } from '../../../engine/run/rerun/request.ts';
import { LARGEST_TEXT } from '../protocol.ts';
import { batchPredicate } from './batch.ts';
import { scopeId } from './common.ts';
import { correctedFileId } from './corrections.ts';

/** What becomes of stored work whose node is not in the file any more, or is another one now. */
export const nodeAnswers = z.object({
  renamed: z
    .array(z.object({ from: z.string().max(2000), to: z.string().max(2000) }))
    .max(1000)
    .optional(),
  discard: z.array(z.string().max(2000)).max(1000).optional(),
}) satisfies z.ZodType<NodeAnswers>;

/** An item by its index among those that its batch was created with. */
const itemPlace = z.object({ scope: scopeId, item: z.int().nonnegative() });

/** What a person has made of an item, and what was shown of it: both as text, like `items`. */
const editedItem = {
  value: z.string().max(LARGEST_TEXT).optional(),
  shown: z.string().max(LARGEST_TEXT).optional(),
};

export const rerunRequest = nodeAnswers.extend({
  /** Path of a batch or forEach node, or of a step outside batches to re-run everything from there. */
  node: z.string().max(2000).optional(),
  /** `none`: only the batches of the items that `setAside` or `takeBack` names. */
  select: z.union([z.literal('failed'), z.literal('all'), z.literal('none'), batchPredicate]),
  /** Whether failed batches repeat the steps that had succeeded. */
  fromStart: z.boolean().optional(),
  /** Whether only the first of them runs, as a test. */
  tryOne: z.boolean().optional(),
  /** Items to use instead, as JSON, if exactly one batch is selected. */
  items: z.string().max(LARGEST_TEXT).optional(),
  /** The items as they were shown, as JSON: what is the same in both stays what it is in the store, such as a date. */
  itemsShown: z.string().max(LARGEST_TEXT).optional(),
  /** Items that their batches go without from now on: those found at fault in the selected batches, or these. */
  setAside: z
    .object({
      items: z.union([z.literal('found'), z.array(itemPlace).min(1).max(100_000)]),
      reason: z.string().max(2000).optional(),
    })
    .optional(),
  /** Items set aside that their batches get back. */
  takeBack: z.union([z.literal('all'), z.array(itemPlace.extend(editedItem)).min(1).max(100_000)]).optional(),
  /** A corrected file that is open, whose items take the place of those in the run. */
  corrections: correctedFileId.optional(),
  concurrency: z.int().min(1).max(10_000).optional(),
  /** Whether workers on other machines execute the batches. @default As it was when the run was worked on last */
  onQueue: z.boolean().optional(),
});

/** What a resume does to what is stored, besides going on. */
export const resumeReport = z.object({
  discarded: z.array(z.string()),
  takenBack: z.array(z.object({ key: z.string(), by: z.number() })),
  notTakenBack: z.array(z.string()),
  codeChanged: z.boolean(),
}) satisfies z.ZodType<ContinuationReport>;

const movedItems = z.object({
  path: z.string(),
  items: z.number(),
  batches: z.number(),
  names: z.array(z.string()).readonly(),
}) satisfies z.ZodType<MovedItems>;

export const rerunReport = resumeReport.extend({
  nodes: z.array(z.object({ path: z.string(), batches: z.number(), indices: z.array(z.number()) })),
  steps: z.array(z.string()),
  reused: z.object({ batches: z.number(), steps: z.number() }),
  waiting: z.array(z.object({ path: z.string(), batches: z.number() })),
  repeats: z.array(z.string()),
  setAside: z.array(movedItems),
  takenIn: z.array(movedItems),
  effects: z.array(
    z.object({
      path: z.string(),
      unit: z.tuple([z.string(), z.string()]).readonly(),
      done: z.number(),
      unknown: z.number(),
    }),
  ),
}) satisfies z.ZodType<RerunReport>;
