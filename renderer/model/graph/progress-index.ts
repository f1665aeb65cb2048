import { parentPath } from '../../../common/node-paths.ts';
import type { NodeProgress, Progress, StepProgress, StoredError } from '../../../host/api/api.ts';

/** A run as the graph asks for it. */
export interface RunFigures {
  readonly progress: Progress;
  /** What ended the run. */
  readonly error: StoredError | undefined;
}

export interface ProgressIndex {
  readonly steps: ReadonlyMap<string, StepProgress>;
  readonly batches: ReadonlyMap<string, NodeProgress>;
  /** Paths at which anything happened, in them or within them. */
  readonly reached: ReadonlySet<string>;
}

export const NOTHING = {
  running: 0,
  succeeded: 0,
  failed: 0,
  retrying: 0,
  retries: 0,
  waited: 0,
  nextAt: undefined,
} as const;

export function isOpen(batches: NodeProgress | undefined): boolean {
  return batches !== undefined && (batches.batches.running + batches.batches.waiting > 0 || !batches.complete);
}

export function startedSteps({
  running,
  succeeded,
  failed,
  retrying,
}: Pick<StepProgress, 'running' | 'succeeded' | 'failed' | 'retrying'> = NOTHING): number {
  return running + succeeded + failed + retrying;
}

/** Steps of a run at rest are counted after it has been opened: until then nobody knows which of them were reached. */
export function isUncounted({ status, steps }: Progress): boolean {
  return status !== 'running' && steps.length === 0;
}

const indexes = new WeakMap<Progress, ProgressIndex>();

export function progressIndex(progress: Progress): ProgressIndex {
  let index = indexes.get(progress);
  if (!index) {
    const reached = new Set<string>();
    const reach = (path: string): void => {
      for (let inner = path; inner !== '' && !reached.has(inner); inner = parentPath(inner)) reached.add(inner);
    };
    for (const step of progress.steps) if (startedSteps(step) > 0) reach(step.path);
    for (const node of progress.nodes) reach(node.path);
    index = {
      steps: new Map(progress.steps.map(step => [step.path, step])),
      batches: new Map(progress.nodes.map(node => [node.path, node])),
      reached,
    };
    indexes.set(progress, index);
  }
  return index;
}
