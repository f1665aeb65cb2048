import { BatchStatus } from '../../../common/status.ts';
import type { StoreDatabase } from '../../store/open.ts';
import type { RerunBatch, RerunReader } from '../../store/rerun-reader.ts';
import { nodesStillSplit } from '../../store/resume-reader.ts';
import type { RunNodes } from './run-nodes.ts';

/** The batches of an outermost batch node. */
export interface StandingBatches {
  readonly path: string;
  /** They succeeded. */
  readonly reused: number;
  /** They failed or were cancelled: only a re-run executes them again. */
  readonly left: number;
  /** They had begun and not ended: their indices. A resume continues them from their checkpoints. */
  readonly continued: readonly number[];
  /** Nothing of them was kept: a resume begins them at their first step. */
  readonly fromStart: number;
  /** Its items were not all divided: more batches come. */
  readonly hasMore: boolean;
}

/** How the batches of a run stand that are not inside others. @param begun See `begunBatches` */
export function batchesAsTheyStand(
  db: StoreDatabase,
  stored: RerunReader,
  nodes: RunNodes,
  begun: ReadonlyMap<number, RerunBatch>,
): StandingBatches[] {
  const stillSplit = nodesStillSplit(db, stored.run);
  const continued = Map.groupBy(begun.values(), ({ node }) => node);
  return nodes.outermostOf(nodes.batchNodes()).map(node => {
    const indices = (continued.get(node) ?? []).map(({ index }) => index).toSorted((a, b) => a - b);
    const ended = (status: BatchStatus) => stored.batchesWith(node, status).length;
    return {
      path: nodes.path(node),
      reused: stored.succeededBatches(node),
      left: ended(BatchStatus.failed) + ended(BatchStatus.cancelled),
      continued: indices,
      fromStart: stored.waitingBatches(node) - indices.length,
      hasMore: stillSplit.has(node),
    };
  });
}
