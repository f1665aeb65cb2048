import { z } from 'zod';
import type { FailureCause } from '../../../engine/store/failure-cause.ts';
import { errorField, nodeId, location, scopeId } from './common.ts';

export const failureCause = z.object({
  node: nodeId,
  path: z.string(),
  fingerprint: z.string(),
  name: z.string(),
  /** Of several failures what their messages have in common, with `…` where they differ. */
  message: z.string(),
  /** The same in its parts: where the messages differ, with some of what stands there. */
  pattern: z
    .array(z.union([z.object({ text: z.string() }), z.object({ examples: z.array(z.string()).readonly() })]))
    .readonly(),
  fields: z.record(z.string(), errorField).optional(),
  explain: z.string().optional(),
  at: location.optional(),
  step: z.string().optional(),
  batches: z.number(),
  /** The first of them: its index in the scope `parent`, which is 0 unless the node is inside a batch or a round of a `while`. */
  first: z.object({ index: z.number(), parent: scopeId }),
}) satisfies z.ZodType<FailureCause>;
