import { z } from 'zod';
import { MOST_CHARACTERS } from '../../common/expression/syntax.ts';
import { SHEET_ITEMS } from '../spreadsheet/which-items.ts';
import { LARGEST_FILE, LARGEST_TEXT } from './protocol.ts';
import { nodeAmounts } from './schemas/amounts.ts';
import { attemptRow, batchDetail, batchFilter, batchPredicate, batchRow, cause } from './schemas/batch.ts';
import { comparedAttempt, comparedBatch } from './schemas/compare.ts';
import { climbPlan } from './schemas/climb.ts';
import { overlay, timeline } from './schemas/charts.ts';
import { runHistory } from './schemas/history.ts';
import {
  bytes,
  nodeId,
  none,
  ofRun,
  outcome,
  page,
  rerunId,
  runId,
  scopeId,
  storedError,
  words,
} from './schemas/common.ts';
import { correctedFileId, corrections, triedRow } from './schemas/corrections.ts';
import { debugging } from './schemas/debugging.ts';
import { effectRow } from './schemas/effects.ts';
import { contentLine } from './schemas/recording.ts';
import { setAsideKey, setAsidePage, setAsideRow } from './schemas/set-aside.ts';
import { failureCause } from './schemas/failures.ts';
import {
  histogram,
  inCommon,
  itemAtFault,
  itemCheck,
  itemSearch,
  pinnedItem,
  savedFile,
  searchedBatch,
} from './schemas/items.ts';
import { interrupted } from './schemas/interrupted.ts';
import { snapshot } from './schemas/live.ts';
import { oddBatch, runTimes } from './schemas/times.ts';
import { nodeAnswers, rerunReport, rerunRequest, resumeReport } from './schemas/rerun.ts';
import { listedRun, runDetail, runStatus } from './schemas/run.ts';
import { shownTrigger } from './schemas/triggers.ts';
import { openWait } from './schemas/waits.ts';
import { logEvent, logLine, lostUpdate, shownValue, sourceFile, stateEntry, stateWrite } from './schemas/values.ts';
import { workflowRef, workspace } from './schemas/workspace.ts';

/** Their items may be large. */
const MOST_EXPORTED = 1_000;

/** Name -> arguments and result. Reading a run that does not exist rejects with an error. */
export const METHODS = {
  hello: {
    args: none,
    result: z.object({
      protocol: z.number(),
      version: z.string(),
      /** `file`: an exported file, in which nothing can be run or changed. */
      shell: z.enum(['electron', 'browser', 'file']),
      platform: z.string(),
    }),
  },

  getWorkspace: { args: none, result: workspace },
  openRecent: { args: z.object({ token: z.string().max(100) }), result: outcome(workspace) },
  /**
   * Trusts the folder that is open, if `question` is the one the workspace shows. No folder is named, so that no other
   * can be trusted.
   */
  trustFolder: { args: z.object({ question: z.string().max(100) }), result: outcome(workspace) },
  /** Stops trusting the folder that is open. */
  distrustFolder: { args: none, result: outcome(workspace) },
  /** Scaffolds a workflow file in the workspace. */
  newWorkflow: { args: z.object({ name: z.string().min(1).max(80) }), result: outcome(workflowRef) },

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
   * About how many bytes of the store a run takes, of how many, and whether the file gets smaller when it is deleted. Refused while a process works on it.
   */
  planDeletion: {
    args: ofRun,
    result: outcome(z.object({ bytes: z.number(), storeBytes: z.number(), givesBack: z.boolean() })),
  },
  /** Deletes a run with all that is stored of it; `onRunGone` follows. Refused while a process works on it. */
  deleteRun: { args: ofRun, result: outcome(none) },
  startRun: { args: workflowRef.extend({ payload: z.string().max(LARGEST_TEXT) }), result: outcome(ofRun) },
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
  /** What starts runs of this folder by itself. It does while `on`, or `forThisLaunch` by `--triggers`; `webhooks` is where they are received. */
  getTriggers: {
    args: none,
    result: z.object({
      on: z.boolean(),
      forThisLaunch: z.boolean(),
      webhooks: z.string().optional(),
      triggers: z.array(shownTrigger),
    }),
  },
  /** From now on, the triggers of this folder fire while it is open here, or do not. Webhooks are received by `cronflow serve` only. */
  setTriggers: { args: z.object({ on: z.boolean() }), result: outcome(none) },
  /** Approves or rejects what a run waits for, and goes on with the run. Refused where it is answered already, or too late. */
  answerWait: {
    args: ofRun.extend({
      token: z.string().max(100),
      approved: z.boolean(),
      reason: z.string().max(10_000).optional(),
    }),
    result: outcome(none),
  },
  /** Cancels one batch: it ends as cancelled, and the run goes on. Asked of the process of the run, whichever it is. */
  cancelBatch: { args: ofRun.extend({ scope: scopeId }), result: outcome(none) },
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

  /** Starts or restarts to watch a run: `onDelta` events follow, each with the next `seq`. */
  watchRun: { args: ofRun, result: snapshot },
  unwatchRun: { args: ofRun, result: none },

  /** Batches of a node in one scope, or without `parent` in all scopes. Superseded ones only if `where` names that status. */
  listBatches: {
    args: z.object({
      run: runId,
      node: nodeId,
      parent: scopeId.optional(),
      where: batchFilter,
      sort: z.enum(['index', 'duration', 'attempts', 'waited', 'status']),
      descending: z.boolean().optional(),
      ...page,
    }),
    result: z.object({ rows: z.array(batchRow), total: z.number() }),
  },
  /** The scopes of the batches of a node that a predicate means, in all its scopes and in their order. */
  getScopes: {
    args: z.object({ run: runId, node: nodeId, where: batchPredicate }),
    result: z.object({ scopes: words }),
  },
  /** Batches with their items as text of a file: JSON lines, or CSV with a line of names where `head` asks for it. */
  exportBatches: {
    args: z.object({
      run: runId,
      scopes: words.refine(({ length }) => length <= MOST_EXPORTED, `at most ${MOST_EXPORTED}`),
      format: z.enum(['jsonl', 'csv']),
      head: z.boolean().optional(),
    }),
    result: z.object({ text: z.string() }),
  },
  getBatch: { args: z.object({ run: runId, scope: scopeId }), result: batchDetail },
  /** The attempts of a batch, the first and the latest of them, with what is other than in the one before or in the first. */
  compareAttempts: {
    args: z.object({ run: runId, scope: scopeId, against: z.enum(['before', 'first']) }),
    result: z.object({
      attempts: z.array(comparedAttempt),
      /** How many there are between the first one and the others, which are left out. */
      left: z.number(),
    }),
  },
  /**
   * Compares the batches of an outermost node with those of the same node in another run of the workflow, by their
   * indices: some thousands from `from` on. `next`: where to go on, null at the end.
   */
  compareRuns: {
    args: z.object({
      run: runId,
      other: runId,
      path: z.string().max(2000),
      from: z.int().nonnegative().max(100_000_000),
    }),
    result: z.object({
      batches: z.array(comparedBatch),
      next: z.number().nullable(),
      /** How many batches there are on the side that has more. */
      total: z.number(),
    }),
  },
  findBatch: {
    args: z.object({ run: runId, node: nodeId, index: z.int().nonnegative(), parent: scopeId.optional() }),
    result: z.object({ scope: scopeId }).nullable(),
  },
  /** The next or previous failed batch of an outermost node, counted from an index. */
  nextFailed: {
    args: z.object({ run: runId, node: nodeId, from: z.int().min(-1), direction: z.enum(['next', 'previous']) }),
    result: z.object({ index: z.number(), scope: scopeId }).nullable(),
  },
  getStep: {
    args: z.object({ run: runId, path: z.string().max(2000) }),
    result: z.object({ attempts: z.array(attemptRow), effects: z.number() }),
  },

  /** What the items of the batch nodes come to, of those that say it (`conserve`). */
  getAmounts: { args: ofRun, result: z.object({ nodes: z.array(nodeAmounts) }) },
  /** The effects of the steps of one batch, or of the workflow itself (0): the first 1,000 of them. */
  getEffects: {
    args: z.object({ run: runId, scope: scopeId }),
    result: z.object({ effects: z.array(effectRow), more: z.boolean() }),
  },
  /** Stores what a person says of an effect. `receipt` is JSON: what `ctx.effect` returns from now on. */
  settleEffect: {
    args: z.object({
      run: runId,
      key: z.string().min(1).max(1000),
      as: z.enum(['done', 'not done']),
      receipt: z.string().max(100_000).optional(),
    }),
    result: outcome(none),
  },

  /** The items at fault of the batches that stand as failed: `counts` of all, and the first 1,000 of them. */
  getFindings: {
    args: ofRun,
    result: z.object({
      counts: z.object({ items: z.number(), batches: z.number(), waiting: z.number() }),
      /** How many failed batches can be searched. */
      searchable: z.number(),
      items: z.array(itemAtFault),
      searches: z.array(searchedBatch),
      search: itemSearch.optional(),
      check: itemCheck.optional(),
    }),
  },
  /**
   * Looks for the items at fault of failed batches: of all, of a node by its path, or of those with these indices. `onSearch` events
   * follow. `asks`: nothing has begun, because steps that are not `pure` would be executed. `allow` says yes to that, once for
   * each workflow.
   */
  findItems: {
    args: z.object({
      run: runId,
      node: z.string().max(2000).optional(),
      batches: z.array(z.int().nonnegative()).max(10_000).optional(),
      allow: z.boolean().optional(),
    }),
    result: outcome(z.object({ asks: z.boolean() })),
  },
  /** Ends the search in a run. What it has found so far stays. */
  stopFinding: { args: ofRun, result: none },

  /**
   * Tries the items at fault with the code as it is now; `onCheck` events follow. It also happens by itself when a file of a
   * watched run is saved. `allow` as in `findItems`.
   */
  checkItems: { args: z.object({ run: runId, allow: z.boolean().optional() }), result: outcome(none) },
  /** What the items at fault have in common, for each batch node that has some. */
  getInCommon: { args: ofRun, result: z.object({ nodes: z.array(inCommon) }) },
  /** The values of a field in the items at fault of a batch node, and in the others. */
  getHistogram: {
    args: z.object({ run: runId, path: z.string().max(2000), field: z.string().max(2000) }),
    result: histogram,
  },
  /** What the failing line names for an item at fault, with the code as it is now. `asks` and `allow` as in `findItems`. */
  getValues: {
    args: z.object({ run: runId, scope: scopeId, item: z.int().nonnegative(), allow: z.boolean().optional() }),
    result: outcome(
      z.object({
        asks: z.boolean(),
        /** What it comes to now; absent if it was not executed. `passes` up to an effect, which is not executed: `needs-effect`. */
        outcome: z.enum(['passes', 'needs-effect', 'fails']).optional(),
        /** What it fails with now. */
        error: storedError.optional(),
        values: z.array(z.object({ name: z.string(), text: z.string() })),
      }),
    ),
  },
  /**
   * Executes a failed batch in a process that waits for a debugger, and stops at the failing step. `onDebugging` events follow. One at a
   * time. `asks` and `allow` as in `findItems`.
   */
  debugBatch: {
    args: z.object({
      run: runId,
      node: z.string().max(2000),
      batch: z.int().nonnegative(),
      scope: scopeId,
      allow: z.boolean().optional(),
    }),
    result: outcome(z.object({ asks: z.boolean() })),
  },
  /** Ends the process. */
  stopDebugging: { args: none, result: none },
  /** What is executed in a debugger, or was the last time. */
  getDebugging: { args: none, result: z.object({ debugging: debugging.optional() }) },
  /**
   * Takes away from an item at fault what its failure does not need, in at most 200 probes. `stopShrinking` ends it.
   * `asks` and `allow` as in `findItems`.
   */
  shrinkItem: {
    args: z.object({ run: runId, scope: scopeId, item: z.int().nonnegative(), allow: z.boolean().optional() }),
    result: outcome(pinnedItem),
  },
  /** Whether the code or the data is at fault, as far as three probes tell. `stopShrinking` ends it. `asks` and `allow` as in `findItems`. */
  getCodeOrData: {
    args: z.object({ run: runId, scope: scopeId, item: z.int().nonnegative(), allow: z.boolean().optional() }),
    result: outcome(pinnedItem),
  },
  stopShrinking: { args: ofRun, result: none },
  /**
   * Writes a test of an item at fault beside the workflow: of the whole item with those that it fails together with, or of what makes
   * it fail alone. Nothing is written over. `asks` and `allow` as in `findItems`.
   */
  pinItem: {
    args: z.object({
      run: runId,
      scope: scopeId,
      item: z.int().nonnegative(),
      smallest: z.boolean(),
      allow: z.boolean().optional(),
    }),
    result: outcome(pinnedItem),
  },
  /** What was saved in the files of a run since it was executed, the latest first. */
  getSavedChange: { args: ofRun, result: z.object({ files: z.array(savedFile) }) },
  /** Items that are set aside. */
  getSetAside: {
    args: ofRun.extend(setAsidePage),
    result: z.object({
      items: z.array(setAsideRow),
      total: z.number(),
    }),
  },
  /** The same as JSON lines with the key of the last one, as `cronflow export --set-aside` writes them. */
  exportSetAside: {
    args: ofRun.extend(setAsidePage),
    result: z.object({ lines: z.array(z.string()), last: setAsideKey.optional() }),
  },
  /** One of them as text that can be edited. */
  getItemSetAside: {
    args: ofRun.extend({ scope: scopeId, item: z.int().nonnegative() }),
    result: shownValue,
  },

  /** Items that are to be corrected as a file for a spreadsheet. `rows`: how many items it has. */
  exportItems: {
    args: ofRun.extend({
      items: z.enum(SHEET_ITEMS),
      format: z.enum(['xlsx', 'csv']),
      node: z.string().max(2000).optional(),
    }),
    result: z.object({ file: bytes, rows: z.number() }),
  },
  /** Compares a file that somebody has corrected with the run. The host holds it until `closeCorrections`, or until 20 others were opened. */
  openCorrections: {
    args: ofRun.extend({
      file: bytes.refine(({ length }) => length <= LARGEST_FILE, 'it is too large'),
      name: z.string().max(1000),
    }),
    result: outcome(corrections),
  },
  /**
   * Executes the steps over corrected items from a place in `corrected` on, each item alone, for some seconds. Nothing is stored. `next`:
   * where to go on, null at the end. `asks` and `allow` as in `findItems`.
   */
  tryCorrections: {
    args: ofRun.extend({ id: correctedFileId, from: z.int().nonnegative(), allow: z.boolean().optional() }),
    result: outcome(z.object({ asks: z.boolean(), tried: z.array(triedRow), next: z.number().nullable() })),
  },
  closeCorrections: { args: z.object({ id: correctedFileId }), result: none },

  getItems: {
    args: z.object({
      run: runId,
      scope: scopeId,
      attempt: z.int().positive().optional(),
      full: z.boolean().optional(),
    }),
    result: shownValue,
  },
  getOutput: {
    args: z.object({
      run: runId,
      scope: scopeId,
      node: nodeId,
      attempt: z.int().positive(),
      full: z.boolean().optional(),
    }),
    result: shownValue,
  },
  getPayload: { args: ofRun.extend({ full: z.boolean().optional() }), result: shownValue },
  /** What a run was started with, to start another one; null where JSON cannot say it, or it is too long to be sent again. */
  getGivenPayload: { args: ofRun, result: z.object({ json: z.string() }).nullable() },
  getResult: { args: ofRun.extend({ full: z.boolean().optional() }), result: shownValue.nullable() },
  /**
   * Log lines in the order in which they were said: the last ones, of all or of those before a line; with `after`, the
   * first ones after that line. `more`: there are others before these, or with `after` behind them.
   */
  getLogs: {
    args: z.object({
      run: runId,
      scope: scopeId.optional(),
      node: nodeId.optional(),
      attempt: z.int().positive().optional(),
      /** Only lines with this in their text, or in the path of their step. */
      search: z.string().max(500).optional(),
      levels: z.array(z.string().max(20)).max(10).optional(),
      after: z.int().nonnegative().optional(),
      before: z.int().positive().optional(),
      limit: z.int().min(1).max(1000),
    }),
    result: z.object({ lines: z.array(logLine), more: z.boolean() }),
  },
  /** What became of the run, its batches and its steps from a time on: the last `limit` events. `more`: there were others before these. */
  getLogEvents: {
    args: z.object({
      run: runId,
      scope: scopeId.optional(),
      node: nodeId.optional(),
      from: z.number(),
      limit: z.int().min(1).max(10_000),
    }),
    result: z.object({ events: z.array(logEvent), more: z.boolean() }),
  },
  /** The first 1,000 keys of `total`. */
  getState: {
    args: ofRun,
    result: z.object({ entries: z.array(stateEntry), total: z.number().optional(), lost: z.array(lostUpdate) }),
  },
  getStateHistory: {
    args: z.object({
      run: runId,
      key: z.string().max(1000),
      before: z.int().nonnegative().optional(),
      limit: z.int().min(1).max(500),
    }),
    result: z.array(stateWrite),
  },
  getProblems: { args: ofRun, result: z.object({ causes: z.array(failureCause), lost: z.array(lostUpdate) }) },
  /**
   * Indices of the batches of an outermost node that failed for a cause, or that contain such a batch; or of those whose error has
   * a text in its message: the cells of the map to highlight.
   */
  getCells: {
    args: z.object({ run: runId, node: nodeId, of: z.union([cause, z.object({ search: z.string().max(500) })]) }),
    result: z.object({ indices: words }),
  },
  /**
   * What later sessions of a run have executed again. `isOnce`: no step that had succeeded was executed again, and none was cut off
   * and begun anew.
   */
  getRepeated: {
    args: z.object({ run: runId, node: nodeId }),
    result: z.object({
      /** Batches of the outermost node that failed in an earlier session and have succeeded since. */
      repaired: words,
      /** How many items they hold. */
      items: z.number(),
      isOnce: z.boolean(),
    }),
  },
  getOverlay: {
    args: z.object({ run: runId, node: nodeId, by: z.enum(['duration', 'attempt', 'cause']) }),
    result: overlay,
  },
  /** What a run that nobody works on was at every moment of it: all that a playback needs. */
  getHistory: { args: ofRun, result: runHistory },
  /** How fast a run went and goes, how long its steps take, and which of them are stuck. */
  getTimes: { args: ofRun, result: runTimes },
  /**
   * Which batches of the outermost node had an attempt of a step, by its path, that took from `from` up to `to` milliseconds, which is
   * not part of it: up to 2,000; `isCut`: there are more.
   */
  getBatchesThatTook: {
    args: ofRun.extend({ path: z.string().max(2000), from: z.number().nonnegative(), to: z.number().nonnegative() }),
    result: z.object({ indices: z.array(z.number()), isCut: z.boolean() }),
  },
  /**
   * What an expression comes to for batches of an outermost node from a place on, for as many as take no long time; `next` is where to
   * go on. Each batch has a place in `values`, from 1; 0 where it has no value. `mixed` is 1 where its items have several.
   */
  evaluateBatches: {
    args: z.object({
      run: runId,
      node: nodeId,
      expression: z.string().max(MOST_CHARACTERS),
      from: z.int().nonnegative(),
    }),
    result: z.object({
      values: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])),
      ids: words,
      mixed: bytes,
      next: z.number().nullable(),
    }),
  },
  /** Batches that succeeded and are far from their like, without those that were accepted: up to 1,000. Of a run that goes on, none. */
  getOdd: {
    args: ofRun,
    result: z.object({
      batches: z.array(oddBatch),
    }),
  },
  /** A person says that odd batches are as they should be: all, or those of some scopes. */
  acceptOdd: { args: ofRun.extend({ scopes: z.array(scopeId).max(1_000).optional() }), result: outcome(none) },
  getTimeline: {
    args: z.object({
      run: runId,
      from: z.number().optional(),
      to: z.number().optional(),
      columns: z.int().min(10).max(4000),
    }),
    result: timeline,
  },

  /** A source file of a run, in the version that a session ran. */
  getSource: {
    args: z.object({ run: runId, session: z.int().positive(), file: z.string().max(4000) }),
    result: sourceFile.nullable(),
  },
  /** A file of the workspace as it is now. */
  getFile: {
    args: z.object({ file: z.string().max(1000) }),
    result: z.object({ file: z.string(), text: z.string() }).nullable(),
  },
  /** Opens a file of the run or of the workspace in the person's editor. */
  openInEditor: {
    args: z.object({
      run: runId.optional(),
      file: z.string().max(4000),
      line: z.int().positive().optional(),
      column: z.int().positive().optional(),
    }),
    result: outcome(none),
  },
} as const satisfies Record<string, { args: z.ZodType; result: z.ZodType }>;
