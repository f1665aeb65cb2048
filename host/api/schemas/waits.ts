import { z } from 'zod';
import { DURABLE_WAITS } from '../../../common/node-kinds.ts';
import { scopeId } from './common.ts';
import { shownValue } from './values.ts';

/** A step that waits for a person or an event. */
export const openWait = z.object({
  /** Names it to whoever answers. */
  token: z.string(),
  kind: z.enum(DURABLE_WAITS),
  /** Path of the step. */
  path: z.string(),
  scope: scopeId,
  /** The batch that it waits in, in words of the author's where they have some. */
  batch: z.string().optional(),
  /** The name of the event, where it waits for one. */
  event: z.string().optional(),
  description: z.string().optional(),
  /** What whoever decides is shown. */
  payload: shownValue.optional(),
  since: z.number(),
  /** Absent: for as long as it takes. */
  until: z.number().optional(),
});
