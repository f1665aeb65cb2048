import { z } from 'zod';
import type { NodeAmounts } from '../../../common/amounts.ts';

/** What the items of a batch node come to (`conserve`). Decimal texts, which are exact. */
export const nodeAmounts = z.object({
  path: z.string(),
  unit: z.string(),
  total: z.string(),
  succeeded: z.string(),
  failed: z.string(),
  setAside: z.string(),
  running: z.string(),
  waiting: z.string(),
  cancelled: z.string(),
  unknown: z.number(),
  unknownItems: z.number(),
  isBalanced: z.boolean(),
}) satisfies z.ZodType<NodeAmounts>;
