import { z } from 'zod';
import { scopeId } from './common.ts';
import { shownValue } from './values.ts';

/** An item that its batch goes without. */
export const setAsideRow = z.object({
  scope: scopeId,
  /** Path of the batch node. */
  path: z.string(),
  batch: z.number(),
  /** Its index among the items that the batch was created with. */
  item: z.number(),
  position: z.number(),
  label: z.string().optional(),
  value: shownValue,
  /** Why it was at fault. */
  message: z.string().optional(),
  /** What a person says. */
  reason: z.string().optional(),
  /** The person; absent: the workflow itself. */
  who: z.string().optional(),
  at: z.number(),
});
