import { noCounts, type NodeProgress } from '../../common/counts.ts';
import type { BatchStatus } from '../../common/status.ts';
import type { NodeStepCount } from '../store/progress-queries.ts';
import { StepCounts } from './step-counts.ts';

/** Gets each change of a batch's status as it happens; `parent` is the scope its node stands in. */
export type BatchListener = (node: number, parent: number, index: number, status: BatchStatus) => void;

/** How far a run is: the counts of its batch nodes, by number, and of its steps. */
export class RunProgress {
  readonly steps = new StepCounts();
  readonly #nodes = new Map<number, NodeProgress>();
  readonly #onBatch: BatchListener | undefined;

  constructor(onBatch?: BatchListener) {
    this.#onBatch = onBatch;
  }

  /** Starts from the counts that earlier processes stored. */
  restore(nodes: readonly (NodeProgress & { readonly node: number })[], steps: readonly NodeStepCount[]): void {
    for (const progress of nodes) this.#nodes.set(progress.node, progress);
    this.steps.restore(steps);
  }

  /** The counts of a batch node, which begins with this call where it has not begun. */
  of(node: number, path: string): NodeProgress {
    let progress = this.#nodes.get(node);
    if (!progress)
      this.#nodes.set(node, (progress = { path, batches: noCounts(), items: noCounts(), complete: false }));
    return progress;
  }

  /** The counts of a batch node that has begun. */
  find(node: number): NodeProgress | undefined {
    return this.#nodes.get(node);
  }

  values(): Iterable<NodeProgress> {
    return this.#nodes.values();
  }

  /** The same, with their numbers. */
  nodes(): Iterable<[node: number, progress: NodeProgress]> {
    return this.#nodes;
  }

  batchChanged(node: number, parent: number, index: number, status: BatchStatus): void {
    this.#onBatch?.(node, parent, index, status);
  }
}
