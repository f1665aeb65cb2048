import type { StoredError } from './stored-error.ts';
import type { RunStatus } from './status.ts';
import type { RunStatusAsShown } from './waits-for.ts';
import { sum, type Counts, type NodeProgress } from './counts.ts';
import { isInside, outermost } from './node-paths.ts';

/** The counts of a run: of its outermost batch nodes together, and of every batch node. */
export interface RunCounts {
  readonly items: Counts;
  readonly batches: Counts;
  readonly nodes: readonly NodeProgress[];
}

/** How a run stands, or how it ended. */
export interface RunSummary extends RunCounts, RunStatusAsShown {
  readonly run: number;
  readonly workflow: string;
  readonly status: RunStatus;
  /** What whoever started it calls it, if it was to be started once. */
  readonly key?: string | undefined;
  readonly reason: string | undefined;
  /** The run that it is a part of: a step of that has started it. */
  readonly partOf?: number | undefined;
  /** Absent where the run is not a demo. */
  readonly demo?: true | undefined;
  /** Attempts executed by this process. */
  readonly steps: { readonly executed: number };
  readonly state: Readonly<Record<string, unknown>>;
  readonly output: unknown;
  readonly error: StoredError | undefined;
  /** Milliseconds this process has worked on it. */
  readonly durationMs: number;
}

/**
 * How many batches failed: of each outermost node its own, or, where none of them did, those inside them, which they
 * tolerated; of these again the outermost that failed. One inside a batch that failed for it is not counted again.
 */
export function failedBatches(nodes: readonly Pick<NodeProgress, 'path' | 'batches'>[]): number {
  return outermost(nodes).reduce(
    (total, { path, batches }) =>
      total + (batches.failed > 0 ? batches.failed : failedBatches(nodes.filter(node => isInside(node.path, path)))),
    0,
  );
}

/** How many items are set aside, of all batch nodes together. */
export function itemsSetAside(nodes: readonly Pick<NodeProgress, 'items'>[]): number {
  return nodes.reduce((total, { items }) => total + items.setAside, 0);
}

/** Whether the totals of a run may still grow: a source that does not know its length has not ended. */
export function isOpenEnded(nodes: readonly Pick<NodeProgress, 'path' | 'complete'>[]): boolean {
  return outermost(nodes).some(({ complete }) => !complete);
}

/** How many of the failed batches are tolerated by the batches that they are inside of, which did not fail. */
export function failedInside({ failedBatches: all, batches }: { failedBatches: number; batches: Counts }): number {
  return Math.max(0, all - batches.failed);
}

/** A forEach inside a batch is part of that batch's work, not more work beside it: only outermost nodes add up. */
export function countsOf(nodes: Iterable<NodeProgress>): RunCounts {
  const all = [...nodes].map(({ path, batches, items, complete }) => ({
    path,
    batches: { ...batches },
    items: { ...items },
    complete,
  }));
  return { ...sum(outermost(all)), nodes: all };
}
