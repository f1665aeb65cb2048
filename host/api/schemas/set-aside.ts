import { z } from 'zod';
import { scopeId } from './common.ts';
import { shownValue } from './values.ts';

/** Where an item stands in the order of all that are set aside. */
export const setAsideKey = z.object({ scope: scopeId, item: z.int().nonnegative() });

/** Items from the first one `after` on, also where that one is not set aside any more. */
export const setAsidePage = { after: setAsideKey.optional(), limit: z.int().min(1).max(1000) };

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
