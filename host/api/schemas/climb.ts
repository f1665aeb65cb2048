import { z } from 'zod';
import type { RungEnd } from '../../../common/climb.ts';
import { nodeId, problem } from './common.ts';

const rungEnd = z.object({
  succeeded: z.number(),
  failed: z.number(),
  open: z.number(),
  attempts: z.number(),
  cause: z.object({ message: z.string(), batches: z.number() }).optional(),
}) satisfies z.ZodType<RungEnd>;

/** A rung before its turn: how many batches it has, the first of them, and how many may fail. */
const rung = z.object({ batches: z.number(), most: z.number(), first: z.number() });

/** What a re-run that climbs does, one rung after the other. */
export const climbPlan = z.object({ node: nodeId, path: z.string(), rungs: z.array(rung) });

/** A re-run that climbs, or has climbed since this host began. */
export const climb = climbPlan.extend({
  rungs: z.array(rung.extend({ end: rungEnd.optional() })),
  state: z.enum(['climbing', 'done', 'stopped']),
  startedAt: z.number(),
  endedAt: z.number().optional(),
  /** No other rung begins when this one has ended. */
  isStopping: z.boolean().optional(),
  /** Why a rung could not begin. */
  problem: problem.optional(),
});
