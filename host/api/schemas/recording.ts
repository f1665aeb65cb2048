import { z } from 'zod';
import type { BatchColumns, ContentLine, LogColumns, Recording } from '../recording.ts';
import { bytes, nodeId, runId, words } from './common.ts';

/** What is in an exported file, or is not. */
export const contentLine = z.object({
  what: z.string(),
  how: z.enum(['in it', 'hidden', 'not in it']),
  detail: z.string(),
}) satisfies z.ZodType<ContentLine>;

const times = z.instanceof(Float64Array);
const texts = z.array(z.string()).readonly();

const batchColumns = z
  .object({
    node: nodeId,
    path: z.string(),
    scopes: words,
    parents: words,
    indices: words,
    items: words,
    statuses: bytes,
    attempts: words,
    starts: times,
    took: times,
    causes: words,
    messages: words,
    workers: words,
    tried: z.object({ rows: words, attempts: words, retries: words, waited: times }),
    labels: z.object({ rows: words, texts }),
  })
  // A map has a place for each index: one that is far from all others would fill the memory.
  .refine(({ indices, scopes }) => indices.every(index => index < 2 * scopes.length + 1_000_000), {
    message: 'a batch has an index that none can have',
  }) satisfies z.ZodType<BatchColumns>;

const logColumns = z.object({
  ids: words,
  at: times,
  levels: texts,
  level: bytes,
  texts,
  text: words,
  node: words,
  attempt: words,
  scope: words,
  left: z.number(),
}) satisfies z.ZodType<LogColumns>;

/** An exported file comes from somebody else: before the Studio shows it, it is looked at whether it is one. */
export const recording = z.object({
  version: z.number(),
  protocol: z.number(),
  program: z.string(),
  recordedAt: z.number(),
  run: runId,
  title: z.string(),
  hasValues: z.boolean(),
  contents: z.array(contentLine).readonly(),
  startedAt: z.number(),
  nodes: z.array(z.object({ node: nodeId, path: z.string() })).readonly(),
  calls: z.record(z.string(), z.unknown()),
  elsewhere: z.record(z.string(), z.number()),
  batches: z.array(batchColumns).readonly(),
  messages: texts,
  fingerprints: texts,
  logs: logColumns,
  details: z.object({ scopes: words, parts: words }),
}) satisfies z.ZodType<Recording>;
