import type { AskedStop } from '../../common/status.ts';
import type { Graph } from '../../common/graph.ts';
import type { NodeAnswers } from '../../engine/run/changed-nodes/answers.ts';
import { planContinuation, planRerun, type ContinuationReport } from '../../engine/run/rerun/rerun.ts';
import type { RerunReport, RerunRequest } from '../../engine/run/rerun/request.ts';
import { recordLostRun, type LostRun } from '../../engine/runner/lost-run.ts';
import { cancelBatch as cancelOneBatch } from '../../engine/store/cancel-batch.ts';
import { batchLine } from '../../engine/store/batch-queries.ts';
import { cancelAtRest as cancel } from '../../engine/store/cancel.ts';
import * as prune from '../../engine/store/prune-by-policy.ts';
import { isReadOnly } from '../../engine/store/read-only.ts';
import { canGiveBackSpace, giveBackSpace, storeSpace } from '../../engine/store/store-space.ts';
import { finishedRun, logAfterEnd as log, type FinishedRun } from '../../engine/store/finished-run.ts';
import { noticePolicy, type NoticePolicy } from '../../engine/store/store-policies.ts';
import { deleteDemos as deleteDemosOf } from '../../engine/store/delete-demos.ts';
import * as deletion from '../../engine/store/delete-run.ts';
import { checkFree, ownerOf } from '../../engine/store/leases.ts';
import { storeError } from '../../engine/store/open.ts';
import { StoreError } from '../../engine/store/store-error.ts';
import { hasPagesToWrite } from '../../engine/store/rerun-pages.ts';
import { latestSources } from '../../engine/store/queries.ts';
import { parseStoredGraph } from '../../engine/store/parse-stored.ts';
import * as labels from '../../engine/store/run-labels.ts';
import { bytesOfRun } from '../../engine/store/run-size.ts';
import { askToStop, requireRun } from '../../engine/store/runs.ts';
import { descendantsOf } from '../../engine/store/subflow-store.ts';
import { inTransaction } from '../../engine/store/transactions.ts';
import { RunStateError } from '../../engine/store/run-state-error.ts';
import type { Args } from '../api/api.ts';
import type { StoreConnection } from './store-connection.ts';
import { lineOf, sessionOf } from './runs.ts';

/* The little that the host itself writes into a store; runs are written by their runners. */

/** Asks the process that works on a run, whoever started it, to stop. A cancel that was asked for before stays. */
export function askOwnerToStop(
  store: StoreConnection,
  { run, as, reason }: { run: number; as: AskedStop; reason: string },
): 'asked' | 'is being cancelled' | 'nobody works on it' {
  const { db } = lineOf(store, run);
  // The owner may be about to end: it does so before or after this.
  return inTransaction(db, () => {
    if (!ownerOf(db, run)) return 'nobody works on it';
    return askToStop(db, run, as, reason) ? 'asked' : 'is being cancelled';
  });
}

const ENDED = { completed: 'has completed', failed: 'has failed', cancelled: 'is cancelled' } as const;

/** Marks what is left of a run that nobody works on as cancelled. @throws RunStateError, RunTakenError */
export function cancelAtRest(store: StoreConnection, { run, reason }: { run: number; reason: string }): void {
  const { db, line } = lineOf(store, run);
  if (line.status === 'completed' || line.status === 'failed' || line.status === 'cancelled') {
    throw new RunStateError(
      `Run ${run} ${ENDED[line.status]} already: there is nothing to cancel. Re-run runs batches of it again.`,
    );
  }
  cancel(db, run, reason, Date.now());
}

/** Asks the process that works on a run to cancel one batch. @throws RunStateError */
export function cancelBatch(store: StoreConnection, { run, scope }: Args<'cancelBatch'>): void {
  const { db } = lineOf(store, run);
  const line = batchLine(db, run, scope);
  const name = line ? `batch ${line.idx}` : 'such batch';
  cancelOneBatch(db, run, scope, name, 'it was cancelled in Cronflow Studio');
}

/** Another name for a run, a note on it, or that it stands first. */
export function labelRun(store: StoreConnection, { run, ...label }: Args<'labelRun'>): void {
  labels.labelRun(lineOf(store, run).db, run, label, Date.now());
}

export interface DeletionPlan {
  /** About how many it takes. */
  readonly bytes: number;
  readonly storeBytes: number;
  /** How many runs that are a part of it go with it. */
  readonly parts: number;
  /** The file gets smaller; else, the space is free for new runs. */
  readonly givesBack: boolean;
}

/** What a deletion would free: nothing is written. @throws RunTakenError while a process works on the run */
export function planDeletion(store: StoreConnection, { run }: Args<'planDeletion'>): DeletionPlan {
  const { db } = lineOf(store, run);
  checkFree(db, run);
  const parts = descendantsOf(db, run).length;
  return { parts, bytes: bytesOfRun(db, run), storeBytes: storeSpace(db).bytes, givesBack: canGiveBackSpace(db) };
}

/** Deletes a run with all that is stored of it. @throws RunTakenError while a process works on it */
export function deleteRun(store: StoreConnection, { run }: Args<'deleteRun'>): void {
  const { db } = lineOf(store, run);
  deletion.deleteRun(db, run, Date.now);
  giveBackSpace(db);
}

/** Whom the store names to be told of the end of a run, and of what; undefined where it names nobody. */
export function noticeOf(
  { db }: StoreConnection,
  run: number,
): { readonly policy: NoticePolicy; readonly finished: FinishedRun } | undefined {
  const policy = db && noticePolicy(db);
  const finished = policy && finishedRun(db, run, Date.now());
  return finished && { policy, finished };
}

/** What happened to a run after its end. */
export function logAfterEnd(
  store: StoreConnection,
  { run, texts }: { readonly run: number; readonly texts: readonly string[] },
): void {
  const { db } = lineOf(store, run);
  for (const text of texts) log(db, run, text, Date.now());
}

/** Deletes what the store's own policy says, where it is due. */
export function pruneByPolicy({ db }: StoreConnection): void {
  if (db && !isReadOnly(db)) prune.pruneByPolicy(db, Date.now);
}

/** @returns the demos that it has deleted @throws RunTakenError while a process works on one of them */
export function deleteDemos({ db }: StoreConnection): readonly number[] {
  return db ? deleteDemosOf(db, Date.now) : [];
}

/** Goes on with deletions that were cut off. */
export function finishDeletions({ db }: StoreConnection): void {
  if (db && deletion.unfinishedDeletions(db).length > 0) deletion.finishDeletions(db, Date.now);
}

/**
 * Notes why a runner of ours ended without saying so itself. Where the store cannot be written, often the very reason,
 * it is remembered here.
 */
export function noteLoss(store: StoreConnection, { run, ...lost }: LostRun & { readonly run: number }): void {
  const { db, line } = lineOf(store, run);
  try {
    recordLostRun(db, run, lost, Date.now());
  } catch (error) {
    if (!(storeError(store.file, error) instanceof StoreError)) throw error;
    store.losses.set(sessionOf(line), lost.reason);
  }
}

interface WithSources {
  readonly sources: readonly { readonly path: string; readonly hash: string }[];
}

export type Plan = RerunReport & WithSources;
export type ResumePlan = ContinuationReport & WithSources;

export interface PlanArguments {
  readonly run: number;
  readonly request: RerunRequest;
  /** The workflow as its file is now; undefined where that is not known. */
  readonly now: Graph | undefined;
}

/** What a re-run would touch: nothing is written. @throws RerunError, ChangedNodesError */
export function plan(store: StoreConnection, { run, request, now }: PlanArguments): Plan {
  const { db } = lineOf(store, run);
  const code = now && { before: parseStoredGraph(requireRun(db, run).graph), now };
  return { ...planRerun(db, run, request, code), sources: latestSources(db, run) };
}

export interface ResumePlanArguments {
  readonly run: number;
  readonly answers: NodeAnswers;
  /** As in `PlanArguments`. */
  readonly now: Graph | undefined;
}

/**
 * What a resume would do to what is stored: nothing is written. Where that cannot be known yet, the runner finds it out before
 * it executes anything. @throws RerunError, ChangedNodesError
 */
export function resumePlan(store: StoreConnection, { run, answers, now }: ResumePlanArguments): ResumePlan {
  const { db } = lineOf(store, run);
  const sources = latestSources(db, run);
  if (!now || hasPagesToWrite(db, run)) return { discarded: [], takenBack: [], notTakenBack: [], sources };
  const code = { before: parseStoredGraph(requireRun(db, run).graph), now };
  return { ...planContinuation(db, run, answers, code).answered, sources };
}
