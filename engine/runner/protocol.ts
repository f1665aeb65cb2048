import { z } from 'zod';
import type { RerunRequest, RerunReport } from '../run/rerun.ts';
import type { StepCount } from '../run/step-counts.ts';
import type { RunCounts, RunSummary } from '../run/summary.ts';
import type { Graph } from '../workflow/graph.ts';

/*
 * What a runner process and its parent say to each other. The parent parses what it gets: the author's code runs in the
 * same process and could send messages of its own.
 */

/** The one thing a runner is started for. */
export type RunnerTask =
  | { readonly kind: 'inspect'; readonly file: string }
  | { readonly kind: 'start'; readonly file: string; readonly store: string; readonly workflow: string | undefined; readonly payload: unknown }
  | { readonly kind: 'resume'; readonly store: string; readonly run: number }
  | { readonly kind: 'rerun'; readonly store: string; readonly run: number; readonly request: RerunRequest };

export type ToRunner =
  | { readonly type: 'task'; readonly task: RunnerTask }
  | { readonly type: 'stop'; readonly as: 'cancelled' | 'paused' | 'interrupted'; readonly reason: string }
  /** How many batches of a node, by its path, may run at a time from now on. */
  | { readonly type: 'concurrency'; readonly node: string; readonly value: number };

/** New statuses of batches of one node in one scope: `indices[i]` now has `statuses[i]`. */
export interface BatchChanges {
  readonly node: number;
  /** The scope the node stands in; 0 is the workflow itself. */
  readonly parent: number;
  readonly indices: Uint32Array;
  readonly statuses: Uint8Array;
}

/** Something that cannot be done, told so that it can be shown as it is. */
export interface Problem {
  readonly name: string;
  readonly message: string;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly codeFrame?: string | undefined;
}

export interface LogEntry {
  readonly at: number;
  readonly level: string;
  readonly text: string;
  /** Node path of the step that said it; absent where no step did. */
  readonly step?: string | undefined;
  readonly batch?: number | undefined;
  readonly attempt?: number | undefined;
}

export type FromRunner =
  | { readonly type: 'inspected'; readonly graphs: readonly Graph[]; readonly files: readonly string[] }
  | { readonly type: 'started'; readonly run: number; readonly graph: Graph; readonly file: string; readonly report?: RerunReport | undefined }
  | { readonly type: 'progress'; readonly counts: RunCounts; readonly steps: readonly StepCount[] }
  | { readonly type: 'batches'; readonly changes: readonly BatchChanges[] }
  | { readonly type: 'logs'; readonly lines: readonly LogEntry[]; readonly dropped: number }
  | { readonly type: 'ended'; readonly summary: RunSummary }
  /** It did not come to a run, or to an end of it. */
  | { readonly type: 'refused'; readonly problem: Problem };

const counts = z.object({
  total: z.number(), succeeded: z.number(), failed: z.number(), running: z.number(), waiting: z.number(), cancelled: z.number(),
});
const progress = z.object({ items: counts, batches: counts, nodes: z.array(z.object({ path: z.string(), batches: counts, items: counts, complete: z.boolean() })) });

const problem = z.object({
  name: z.string(), message: z.string(), file: z.string().optional(), line: z.number().optional(), column: z.number().optional(), codeFrame: z.string().optional(),
});
const logEntry = z.object({
  at: z.number(), level: z.string(), text: z.string(), step: z.string().optional(), batch: z.number().optional(), attempt: z.number().optional(),
});

/** Graphs, reports and summaries are the engine's own plain data: their outer shape is checked, and what they hold is passed on. */
const fromRunner = z.discriminatedUnion('type', [
  z.object({ type: z.literal('inspected'), graphs: z.array(z.custom<Graph>(isObject)), files: z.array(z.string()) }),
  z.object({ type: z.literal('started'), run: z.int().positive(), graph: z.custom<Graph>(isObject), file: z.string(), report: z.custom<RerunReport>(isObject).optional() }),
  z.object({
    type: z.literal('progress'), counts: progress,
    steps: z.array(z.object({ path: z.string(), running: z.number(), succeeded: z.number(), failed: z.number() })),
  }),
  z.object({
    type: z.literal('batches'),
    changes: z.array(z.object({ node: z.number(), parent: z.number(), indices: z.instanceof(Uint32Array), statuses: z.instanceof(Uint8Array) })),
  }),
  z.object({ type: z.literal('logs'), lines: z.array(logEntry), dropped: z.number() }),
  z.object({ type: z.literal('ended'), summary: z.custom<RunSummary>(value => isObject(value) && 'status' in value && 'run' in value) }),
  z.object({ type: z.literal('refused'), problem }),
]);

/** A message of a runner's, or undefined for anything else. */
export function parseFromRunner(message: unknown): FromRunner | undefined {
  const parsed = fromRunner.safeParse(message);
  return parsed.success ? parsed.data : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
