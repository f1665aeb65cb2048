import { openWaitsByNode } from '../../store/answer-wait.ts';
import { ownerOf } from '../../store/leases.ts';
import type { StoreDatabase } from '../../store/open.ts';
import { RerunChanges } from '../../store/rerun-changes.ts';
import { hasPagesToWrite } from '../../store/rerun-pages.ts';
import { RerunReader } from '../../store/rerun-reader.ts';
import { attemptsCutOff, begunBatches } from '../../store/resume-reader.ts';
import { checkCancellable } from '../../store/cancel.ts';
import { RunStateError } from '../../store/run-state-error.ts';
import { readRun, requireRun } from '../../store/runs.ts';
import { descendantsOf } from '../../store/subflow-store.ts';
import { consistently } from '../../store/transactions.ts';
import { isOver } from '../../../common/status.ts';
import { batchesAsTheyStand, type StandingBatches } from './batches-as-they-stand.ts';
import type { ResumeReport } from './plan-resume.ts';
import { RunNodes } from './run-nodes.ts';

/** What a cancel of a run would end, as its process has last written it: that is a second ago at most. */
export interface CancelReport {
  /** The process that works on the run. */
  readonly process?: { readonly pid: number; readonly host: string } | undefined;
  /** Those that had begun and those of which nothing was kept are cancelled. */
  readonly nodes: readonly StandingBatches[];
  /** Steps that the process executes. */
  readonly stops: ResumeReport['again'];
  /** Steps that nobody waits for any more. */
  readonly waits: ResumeReport['waits'];
  /** Runs that are a part of this one, and end with it. */
  readonly parts: readonly number[];
}

/** What a cancel of a run would end. Nothing is written. @throws RunStateError where the cancel would be refused */
export function planCancel(db: StoreDatabase, run: number): CancelReport {
  checkCancellable(requireRun(db, run));
  return consistently(db, () => {
    const owner = ownerOf(db, run);
    if (!owner && hasPagesToWrite(db, run))
      throw new RunStateError(
        `Run ${run} was being prepared for a re-run when its process ended: which of its batches a cancel would end is not counted yet. A cancel finishes that first.`,
      );
    const unchanged = new RerunChanges();
    const stored = new RerunReader(db, run, unchanged);
    const nodes = new RunNodes(stored.nodes());
    const begun = begunBatches(db, run, unchanged);
    const running = owner ? attemptsCutOff(db, run, begun, unchanged) : new Map<number, number>();
    return {
      ...(owner && { process: { pid: owner.pid, host: owner.host } }),
      nodes: batchesAsTheyStand(db, stored, nodes, begun),
      stops: Array.from(running, ([node, attempts]) => ({ path: nodes.path(node), attempts })),
      waits: openWaitsByNode(db, run).map(({ path, count }) => ({ path, steps: count })),
      parts: descendantsOf(db, run).filter(part => !isOver(readRun(db, part)?.status ?? 'completed')),
    };
  });
}
