import { ownerOf } from '../../engine/store/leases.ts';
import { observedRun, showRun } from '../../engine/store/run-as-shown.ts';
import { dataVersion, heldRuns } from '../../engine/store/run-queries.ts';
import { runTotals } from '../../engine/store/run-totals.ts';
import { storeSpace, type StoreSpace } from '../../engine/store/store-space.ts';
import type { Counts } from '../../common/counts.ts';
import type { RunStatus } from '../../common/status.ts';
import type { StoreConnection } from './store-connection.ts';

/* What those are told who watch a server: numbers of runs and batches, and nothing of what is in them. */

export interface StoreMetrics {
  readonly space: StoreSpace;
  readonly runs: readonly {
    readonly workflow: string;
    readonly status: RunStatus | string;
    readonly runs: number;
    /** Milliseconds since 1970. */
    readonly lastEndedAt: number | undefined;
  }[];
  /** Runs that some process works on now. */
  readonly live: readonly { readonly workflow: string; readonly items: Counts; readonly batches: Counts }[];
}

export function metrics({ db }: StoreConnection): StoreMetrics {
  if (!db) return { space: { bytes: 0, freeBytes: 0 }, runs: [], live: [] };
  const live = heldRuns(db).flatMap(run => {
    const line = ownerOf(db, run) && observedRun(db, run);
    if (line?.live !== true) return [];
    const { workflow, items, batches } = showRun(db, line, Date.now());
    return [{ workflow, items, batches }];
  });
  const liveOf = (workflow: string) => live.filter(run => run.workflow === workflow).length;
  const runs = runTotals(db).flatMap(({ status, runs: count, lastEndedAt, ...of }) => {
    const ended = { ...of, lastEndedAt: lastEndedAt ?? undefined };
    if (status !== 'running') return [{ ...ended, status, runs: count }];
    // What reads as running and has no process was interrupted.
    const running = Math.min(count, liveOf(of.workflow));
    return [
      { ...ended, status: 'running', runs: running },
      { ...ended, status: 'interrupted', runs: count - running },
    ].filter(part => part.runs > 0);
  });
  return { space: storeSpace(db), runs, live };
}

/** Whether the store can be read: throws where it cannot. That there is none yet is no fault. */
export function health({ db }: StoreConnection): void {
  if (db) dataVersion(db);
}
