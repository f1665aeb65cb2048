import { NEXT } from '../../common/next-steps.ts';
import { told } from '../../common/told.ts';
import type { StoreDatabase } from '../store/open.ts';
import { RunStateError } from '../store/run-state-error.ts';
import type { RunRow } from '../store/runs.ts';
import { rootOf } from '../store/subflow-store.ts';

/** What is a part of another run goes on with that: alone, it would come to an end that nobody waits for. @throws RunStateError */
export function refusePart(db: StoreDatabase, id: number): void {
  const root = rootOf(db, id);
  if (root !== id)
    throw new RunStateError(told`Run ${id} is a part of run ${root}, and goes on with it: ${NEXT.resumeAround(root)}`);
}

/** @throws RunStateError that says what to do instead */
export function checkResumable(run: Pick<RunRow, 'id' | 'status'>): void {
  switch (run.status) {
    case 'running': // Its owner is gone: the lease was free.
    case 'interrupted':
    case 'paused':
      return;
    case 'completed':
      throw new RunStateError(
        told`Run ${run.id} has completed: there is nothing to resume. To run batches again: ${NEXT.rerunAll(run.id)}`,
      );
    case 'failed':
      throw new RunStateError(
        told`Run ${run.id} has failed, it was not interrupted. To try what failed again: ${NEXT.rerun(run.id)}`,
      );
    case 'cancelled':
      throw new RunStateError(told`Run ${run.id} was cancelled. To go on with it: ${NEXT.rerun(run.id)}`);
  }
}
