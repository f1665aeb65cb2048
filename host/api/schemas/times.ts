import { z } from 'zod';
import { batchLabel, nodeId, scopeId } from './common.ts';

/** A batch by its place. */
const place = z.object({ node: nodeId, scope: scopeId, index: z.number(), label: batchLabel, parent: scopeId });

/** How fast a run went and goes, and how long its steps take. Times are milliseconds. */
export const runTimes = z.object({
  /** 1: all batches were read. Of a large run one of so many: rates and step times are then estimates. */
  stride: z.number(),
  /** Batches that failed, over the last 10 s; 0 of a run that does not run. */
  failuresPerSecond: z.number(),
  /** The time in which some process worked on the run, in even columns. */
  strip: z.object({
    from: z.number(),
    to: z.number(),
    columnMs: z.number(),
    /** Items that were done, a second. */
    done: z.array(z.number()),
    /** Batches that failed, a second, also in attempts that were followed by another. */
    failed: z.array(z.number()),
    /** Batches that ran at a time, on average. */
    running: z.array(z.number()),
    /** When a person changed how many batches of a node may run at a time. `column` is a place between the columns. */
    changes: z.array(
      z.object({
        at: z.number(),
        column: z.number(),
        path: z.string(),
        concurrency: z.number(),
        before: z.number().optional(),
      }),
    ),
    /** Where the time in which nobody worked on the run is left out. */
    resumed: z.array(z.object({ at: z.number(), column: z.number() })),
  }),
  /** The attempts of each step inside batches that have ended. */
  steps: z.array(
    z.object({
      path: z.string(),
      count: z.number(),
      p50: z.number(),
      p95: z.number(),
      max: z.number(),
      /** How many took from `from` up to `to`, which is not part of it. */
      bins: z.array(z.object({ from: z.number(), to: z.number(), count: z.number() })),
      slowest: place.optional(),
    }),
  ),
  /** Steps that run far longer than those of their node that have ended: the longest 20 of `stuckTotal`. */
  stuck: z.array(place.extend({ path: z.string(), since: z.number(), median: z.number() })),
  stuckTotal: z.number(),
});

/** A batch that succeeded and is far from its like. */
export const oddBatch = z.object({
  node: nodeId,
  scope: scopeId,
  attempt: z.number(),
  index: z.number(),
  label: batchLabel,
  why: z.string(),
});
