import type { StoredError } from '../store/records.ts';
import type { RunStatus } from '../store/status.ts';
import { sum, type Counts, type NodeProgress } from './progress.ts';

/** The counts of a run: of its outermost batch nodes together, and of every batch node. */
export interface RunCounts {
  readonly items: Counts;
  readonly batches: Counts;
  readonly nodes: readonly NodeProgress[];
}

/** How a run stands, or how it ended. */
export interface RunSummary extends RunCounts {
  readonly run: number;
  readonly workflow: string;
  readonly status: RunStatus;
  readonly reason: string | undefined;
  /** Attempts executed by this process. */
  readonly steps: { readonly executed: number };
  readonly state: Readonly<Record<string, unknown>>;
  readonly output: unknown;
  readonly error: StoredError | undefined;
  /** Milliseconds this process has worked on it. */
  readonly durationMs: number;
}

/** A forEach inside a batch is part of that batch's work, not more work beside it: only outermost nodes add up. */
export function countsOf(nodes: Iterable<NodeProgress>): RunCounts {
  const all = [...nodes].map(({ path, batches, items, complete }) => ({ path, batches: { ...batches }, items: { ...items }, complete }));
  const outermost = all.filter(node => !all.some(other => node.path.startsWith(`${other.path}/`)));
  return { ...sum(outermost), nodes: all };
}
