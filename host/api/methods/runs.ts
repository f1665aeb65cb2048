import { z } from 'zod';
import { runWorker, workerId } from '../schemas/workers.ts';
import type { Methods } from './method.ts';
import { LARGEST_TEXT } from '../protocol.ts';
import { climbPlan } from '../schemas/climb.ts';
import { bytes, none, ofRun, outcome, rerunId, runId, scopeId } from '../schemas/common.ts';
import { contentLine } from '../schemas/recording.ts';
import { interrupted } from '../schemas/interrupted.ts';
import { snapshot } from '../schemas/live.ts';
import { nodeAnswers, rerunReport, rerunRequest, resumeReport } from '../schemas/rerun.ts';
import { listedRun, runDetail, runStatus } from '../schemas/run.ts';
import { runPart } from '../schemas/parts.ts';
import { openWait } from '../schemas/waits.ts';
import { workflowRef, workspace } from '../schemas/workspace.ts';

/** Runs: which there are, and what a person does to them. */
export const RUN_METHODS = {
  /** Newest first: up to `limit` of all runs of the store that fit. */
  listRuns: {
    args: z.object({
      before: runId.optional(),
      limit: z.int().min(1).max(500),
      /** Relative to the workspace, as in a WorkflowRef. */
      file: z.string().max(4000).optional(),
      workflow: z.string().max(1000).optional(),
      statuses: z.array(runStatus).optional(),
      /** Words that are all found: a number, a status, what failed, or parts of names. See `RunSearch`. */
      search: z.string().max(500).optional(),
    }),
    result: z.array(listedRun),
  },
  /** The pinned runs, the latest pin first. */
  getPinnedRuns: { args: none, result: z.object({ runs: z.array(listedRun) }) },
  /** How the latest runs of each workflow went, up to 20 of each, the oldest first. */
  getHistories: {
    args: none,
    result: z.object({
      workflows: z.array(
        z.object({
          workflow: z.string(),
          /** As in a WorkflowRef. */
          file: z.string(),
          runs: z.array(z.object({ run: runId, status: runStatus, activeMs: z.number(), hasFailures: z.boolean() })),
        }),
      ),
    }),
  },
  getRun: { args: ofRun, result: runDetail },
  /** What a person says of a run. What is absent stays as it is; an empty text takes it back. */
  labelRun: {
    args: ofRun.extend({
      title: z.string().max(200).optional(),
      note: z.string().max(10_000).optional(),
      pinned: z.boolean().optional(),
    }),
    result: outcome(none),
  },
  /** A run as one HTML file that shows itself, with what is in it. With values only where a person has chosen that. */
  shareRun: {
    args: ofRun.extend({ values: z.boolean() }),
    result: outcome(z.object({ html: bytes, contents: z.array(contentLine).readonly() })),
  },
  /**
   * About how many bytes of the store a run takes with its parts, of how many, and whether the file gets smaller when it is deleted. Refused while a process works on it.
   */
  planDeletion: {
    args: ofRun,
    result: outcome(z.object({ bytes: z.number(), storeBytes: z.number(), givesBack: z.boolean(), parts: z.number() })),
  },
  /** Deletes a run with all that is stored of it; `onRunGone` follows. Refused while a process works on it. */
  deleteRun: { args: ofRun, result: outcome(none) },
  /** `onQueue`: workers on other machines execute its batches; refused where the workspace has no queue that can be used. @default Where its queue `isDefault` */
  startRun: {
    args: workflowRef.extend({ payload: z.string().max(LARGEST_TEXT), onQueue: z.boolean().optional() }),
    result: outcome(ofRun),
  },
  /**
   * Shows the demos of the folder in the place of its runs, and starts one of a workflow that has a `demo`. Refused while runs of
   * the folder are running.
   */
  startDemo: { args: workflowRef, result: outcome(ofRun) },
  /** Ends and deletes the demos that are shown; `onRunGone` follows for each. The next demo is run 1 again. */
  resetDemo: { args: none, result: outcome(none) },
  /** Shows the runs of the folder again. A demo that is running is interrupted. */
  leaveDemo: { args: none, result: outcome(workspace) },
  stopRun: { args: z.object({ run: runId, as: z.enum(['cancelled', 'paused']) }), result: outcome(none) },
  /** What a run waits for that people or events bring, the oldest first. Of a run that has ended nothing waits. */
  getWaits: { args: ofRun, result: z.object({ waits: z.array(openWait), total: z.number() }) },
  /** The runs that steps of a run have started, up to `limit`: those that failed first. Of one step, or of one batch. */
  getParts: {
    args: ofRun.extend({
      path: z.string().max(4000).optional(),
      scope: scopeId.optional(),
      limit: z.int().min(1).max(1000),
    }),
    result: z.object({ parts: z.array(runPart), total: z.number(), failed: z.number() }),
  },
  /** Approves or rejects what a run waits for, and goes on with the run. Refused where it is answered already, or too late. */
  answerWait: {
    args: ofRun.extend({
      token: z.string().max(100),
      approved: z.boolean(),
      reason: z.string().max(10_000).optional(),
    }),
    result: outcome(none),
  },
  /** Refused with `changed` while it has to be said what becomes of stored work. */
  resumeRun: { args: ofRun.extend({ answers: nodeAnswers.optional() }), result: outcome(none) },
  /** The runs that were interrupted before the folder was opened, and what becomes of them. `onInterrupted` says what changes. */
  getInterrupted: { args: none, result: interrupted },
  /** Resumes them, one after the other, as many at a time as the machine has processors. */
  resumeInterrupted: { args: none, result: outcome(none) },
  /** Resumes no others. What runs goes on. */
  stopResuming: { args: none, result: none },
  /** Nothing is said of them any more, also at the next start. */
  dismissInterrupted: { args: none, result: outcome(none) },
  /** From now on, interrupted runs of this folder are resumed when it is opened again, or are not. */
  setResumesByItself: { args: z.object({ on: z.boolean() }), result: outcome(none) },
  planResume: { args: ofRun.extend({ answers: nodeAnswers.optional() }), result: outcome(resumeReport) },
  planRerun: { args: z.object({ run: runId, request: rerunRequest }), result: outcome(rerunReport) },
  /** What a re-run would do one rung after the other. It is refused where the batches are not of one outermost node. */
  planClimb: { args: z.object({ run: runId, request: rerunRequest }), result: outcome(climbPlan) },
  /** Re-runs in rungs that grow, and stops by itself when too many of one fail: `climb` of the run says how it goes. */
  climb: { args: z.object({ run: runId, request: rerunRequest }), result: outcome(none) },
  /** The rung that is executed ends; no other begins. */
  stopClimb: { args: ofRun, result: none },
  /** What a climb has come to has been read. */
  dismissClimb: { args: ofRun, result: none },
  /** If the run is running, the re-run is `queued` until it has ended. */
  rerun: {
    args: z.object({
      run: runId,
      request: rerunRequest,
      /** What is re-run, in words: shown while it is queued. */
      what: z.string().max(1000).optional(),
      /** The queued re-run whose place it takes, because that was refused. */
      instead: rerunId.optional(),
    }),
    result: outcome(z.object({ queued: z.boolean() })),
  },
  /** What a queued re-run was asked with. */
  getQueuedRerun: { args: ofRun.extend({ id: rerunId }), result: outcome(rerunRequest) },
  /** Takes a queued re-run back. Refused when it has started. */
  dropQueuedRerun: { args: ofRun.extend({ id: rerunId }), result: outcome(none) },
  setConcurrency: {
    args: z.object({ run: runId, node: z.string().max(2000), concurrency: z.int().min(1).max(10_000) }),
    result: outcome(none),
  },

  /** The workers of a run, in the order of their numbers: the latest 2,000. `now`: when that was. */
  getWorkers: { args: ofRun, result: z.object({ workers: z.array(runWorker), now: z.number() }) },
  /** A worker finishes the batches that it has, and gets no more. Refused where it is the last one of the machine of its run. */
  drainWorker: { args: ofRun.extend({ worker: workerId }), result: outcome(none) },

  /** Starts or restarts to watch a run: `onDelta` events follow, each with the next `seq`. */
  watchRun: { args: ofRun, result: snapshot },
  unwatchRun: { args: ofRun, result: none },
} as const satisfies Methods;
