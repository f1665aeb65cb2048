import { z } from 'zod';
import { batchStatus } from './batch.ts';
import { workerId } from './workers.ts';
import { batchLabel, bytes, nodeId, scopeId, words } from './common.ts';

/** What the map can show by colour instead of the status: one number for each batch. */
export const overlay = z.discriminatedUnion('by', [
  /** Milliseconds; -1 for a batch that has not started. */
  z.object({ by: z.literal('duration'), values: z.instanceof(Float32Array), max: z.number() }),
  /**
   * Batches that were tried more than once, or are about to be, in order: which attempt each is at, of itself or of the step of it that
   * was tried most; 255 also stands for more.
   */
  z.object({ by: z.literal('attempt'), indices: words, values: bytes }),
  /** 0 for a batch that has not failed, 1 for the first cause, and so on; 255 for a cause that is not listed. */
  z.object({ by: z.literal('cause'), values: bytes, causes: z.array(z.string()) }),
  /** The worker that has, or had, the latest attempt of a batch; 0 for none. */
  z.object({ by: z.literal('worker'), values: words }),
]);

/** What ran when: as bars if there are few enough, else as how many ran at a time. Times are milliseconds since 1970. */
export const timeline = z.object({
  from: z.number(),
  to: z.number(),
  lanes: z.number(),
  bars: z.array(
    z.object({
      lane: z.number(),
      node: nodeId,
      path: z.string(),
      scope: scopeId,
      index: z.number().optional(),
      label: batchLabel,
      status: batchStatus,
      from: z.number(),
      to: z.number(),
      attempt: z.number(),
      /** That has executed it. */
      worker: workerId.optional(),
      /** Of a batch: the attempts of its steps, while there are few enough to tell them apart. */
      steps: z.array(
        z.object({
          path: z.string(),
          status: batchStatus,
          from: z.number(),
          to: z.number(),
          attempt: z.number(),
          /** Until when it waited for its next attempt, up to this moment. */
          waitedTo: z.number().optional(),
        }),
      ),
    }),
  ),
  /** Per path, evenly over from..to: how many were running, and how many of them failed. */
  bands: z.array(
    z.object({
      path: z.string(),
      node: nodeId,
      running: z.instanceof(Float32Array),
      failed: z.instanceof(Float32Array),
    }),
  ),
  /** Spans in which nothing ran, longer than a tenth of the whole, so that screens can compress them. */
  gaps: z.array(z.tuple([z.number(), z.number()])),
});
