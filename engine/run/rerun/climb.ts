import type { StoreDatabase } from '../../store/open.ts';
import { rungsOf, type Rung } from '../../../common/climb.ts';
import { RerunChanges } from '../../store/rerun-changes.ts';
import { RerunReader } from '../../store/rerun-reader.ts';
import { causesOfBatches, hasWaitingBatches } from '../../store/rung-queries.ts';
import type { NodeAnswers } from '../changed-nodes/answers.ts';
import { RerunError, type RerunRequest } from './request.ts';
import { RunNodes } from './run-nodes.ts';
import { selectBatches } from './selection.ts';

/** A re-run as rungs of one batch node. */
export interface ClimbPlan {
  readonly node: number;
  readonly path: string;
  readonly rungs: readonly Rung[];
}

/** Only reads. Each rung is a re-run of its own. @throws RerunError */
export function planClimb(db: StoreDatabase, run: number, request: RerunRequest): ClimbPlan {
  if (request.items !== undefined || request.takeBack !== undefined || request.setAside !== undefined)
    throw new RerunError('A re-run that changes items does not climb: it names its batches one by one.');
  const stored = new RerunReader(db, run, new RerunChanges());
  const nodes = new RunNodes(stored.nodes(), stored.nodesBefore());
  const batches = selectBatches(stored, nodes, request);
  const [node, ...others] = [...new Set(batches.map(batch => batch.node))];
  if (node === undefined) throw new RerunError('There are no batches to re-run.');
  if (others.length > 0 || !nodes.isOutermost(node) || !nodes.isBatchNode(node))
    throw new RerunError(
      'A re-run climbs over the batches of one batch node that is inside no other. Name it, or re-run all at once.',
    );
  if (hasWaitingBatches(db, run, node))
    throw new RerunError(
      `Run ${run} has batches that have not run yet, and any re-run would execute them all. Resume the run first.`,
    );
  const causes = causesOfBatches(db, run, node);
  const rungs = rungsOf(
    batches.toSorted((a, b) => a.index - b.index).map(({ index }) => ({ index, cause: causes.get(index) })),
  );
  return { node, path: nodes.path(node), rungs };
}

/** What becomes of stored work is said once, by the first rung: after it the nodes are called as they are now. */
export function answersOfRung<Request extends NodeAnswers>(request: Request, at: number): Request {
  return at === 0 ? request : { ...request, renamed: undefined, discard: undefined };
}
