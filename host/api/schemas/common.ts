import { z } from 'zod';
import type { ChangedWork } from '../../../common/changed-work.ts';
import type { Counts } from '../../../common/counts.ts';
import type { SourceLocation } from '../../../common/source-location.ts';
import type { StoredReason } from '../../../common/stored-error.ts';
import type { Problem } from '../../../engine/runner/protocol.ts';

export const runId = z.int().positive();

/** The number of a queued re-run, counted over all runs since the host began. */
export const rerunId = z.int().positive();

/** A node's number in its run. */
export const nodeId = z.int().positive();

/** A batch's scope number in its run; 0 is the workflow itself. */
export const scopeId = z.int().nonnegative();

/** What the author calls a batch of one item: the `label` of its node. */
export const batchLabel = z.string().optional();

/** Always `total = succeeded + failed + setAside + running + waiting + cancelled`. */
export const counts = z.object({
  total: z.number(),
  succeeded: z.number(),
  failed: z.number(),
  setAside: z.number(),
  running: z.number(),
  waiting: z.number(),
  cancelled: z.number(),
}) satisfies z.ZodType<Counts>;

export const location = z.object({
  file: z.string(),
  line: z.number(),
  column: z.number(),
}) satisfies z.ZodType<SourceLocation>;

export const bytes = z.instanceof(Uint8Array);

export const words = z.instanceof(Uint32Array);

export const errorField = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** What an error says of itself, and why it came about. */
const storedReason: z.ZodType<StoredReason> = z.object({
  name: z.string(),
  message: z.string(),
  fields: z.record(z.string(), errorField).optional(),
  get cause() {
    return storedReason.optional();
  },
  get errors() {
    return z.array(storedReason).readonly().optional();
  },
});

/** An error as it is stored. `file` in `at` is absolute; screens show it relative to the workspace. */
export const storedError = z.object({
  name: z.string(),
  message: z.string(),
  stack: z.string().optional(),
  at: location.optional(),
  step: z.string().optional(),
  explain: z.string().optional(),
  askedToWait: z.number().optional(),
  fingerprint: z.string(),
  fields: z.record(z.string(), errorField).optional(),
  cause: storedReason.optional(),
  errors: z.array(storedReason).readonly().optional(),
});

/** Stored work of a node that the file does not have any more as it was. */
export const changedWork = z.object({
  path: z.string(),
  kind: z.string(),
  now: z.enum(['gone', 'another kind', 'another member', 'lost way']),
  way: z.string().optional(),
  kindNow: z.string().optional(),
  batches: z.object({ all: z.number(), succeeded: z.number() }),
  results: z.number(),
  /** Paths of nodes of the file, or names of ways, that it may be now. */
  candidates: z.array(z.string()).readonly(),
}) satisfies z.ZodType<ChangedWork>;

/** Why something could not be done, to be shown as it is. */
export const problem = z.object({
  name: z.string(),
  message: z.string(),
  file: z.string().optional(),
  line: z.number().optional(),
  column: z.number().optional(),
  codeFrame: z.string().optional(),
  /** What the payload's schema has found wrong in a payload, and where. */
  issues: z
    .array(z.object({ path: z.array(z.union([z.string(), z.number()])).readonly(), message: z.string() }))
    .readonly()
    .optional(),
  /** What becomes of this stored work has to be said first: with `renamed` and `discard`. */
  changed: z.array(changedWork).readonly().optional(),
}) satisfies z.ZodType<Problem>;

/** A value, or why there is none, in words that can be shown. */
export const outcome = <T extends z.ZodType>(value: T) =>
  z.discriminatedUnion('ok', [z.object({ ok: z.literal(true), value }), z.object({ ok: z.literal(false), problem })]);

export const none = z.object({});

export const ofRun = z.object({ run: runId });

export const page = { offset: z.int().nonnegative().max(100_000_000), limit: z.int().min(1).max(1000) };
