import type { Database } from 'better-sqlite3';
import { isOver, workerStatusNow } from '../../common/run-workers.ts';
import { ownerOf } from './leases.ts';
import { RunStateError } from './run-state-error.ts';
import { inTransaction } from './transactions.ts';
import { latestSession, workerLines } from './worker-queries.ts';
import { askToDrain } from './worker-store.ts';

/**
 * Asks the process of a run to give a worker no more batches: it finishes those that it has. @throws RunStateError where it is over, or
 * the last one that the run has on its own machine
 */
export function drainWorker(db: Database, run: number, worker: number): void {
  inTransaction(db, () => {
    const isLive = ownerOf(db, run) !== undefined;
    const session = latestSession(db, run);
    const lines = workerLines(db, run, -1);
    const line = lines.find(other => other.worker === worker);
    if (!line) throw new RunStateError(`Run ${run} has no worker ${worker}.`);
    const now = (of: typeof line) => workerStatusNow(of.status, isLive && of.session === session);
    if (isOver(now(line))) throw new RunStateError(`Worker ${worker} of run ${run} executes nothing any more.`);
    const others = lines.filter(other => other !== line && !isOver(now(other)) && now(other) !== 'draining');
    if (line.address === null && others.length === 0)
      throw new RunStateError(
        `Worker ${worker} is the only one that run ${run} has: without it, the run would not go on. To end it, pause or cancel the run.`,
      );
    askToDrain(db, run, worker);
  });
}
