import type { z } from 'zod';
import { EVENTS } from './events.ts';
import { METHODS } from './methods.ts';
import type {
  attemptRow,
  batchDetail,
  batchFilter,
  batchPredicate,
  batchRow,
  batchStatus,
  cause,
  stepStatus,
} from './schemas/batch.ts';
import type { codeChange, comparedAttempt, comparedBatch, runDifference } from './schemas/compare.ts';
import type { climb } from './schemas/climb.ts';
import type { overlay, timeline } from './schemas/charts.ts';
import type { runHistory } from './schemas/history.ts';
import type { changedWork, counts, problem, storedError } from './schemas/common.ts';
import type { debugging } from './schemas/debugging.ts';
import type { interrupted } from './schemas/interrupted.ts';
import type { effectRow } from './schemas/effects.ts';
import type { setAsideRow } from './schemas/set-aside.ts';
import type { failureCause } from './schemas/failures.ts';
import type { itemAtFault, itemCheck, itemSearch, searchedBatch } from './schemas/items.ts';
import type { delta, nodeProgress, progress, snapshot, stepProgress } from './schemas/live.ts';
import type { nodeAnswers, rerunReport, rerunRequest, resumeReport } from './schemas/rerun.ts';
import type { damagedRun, listedRun, queuedRerun, runDetail, runItem, runStatus } from './schemas/run.ts';
import type { logEvent, logLine, lostUpdate, sharedEntry, shownValue, stateWrite } from './schemas/values.ts';
import type { shownTrigger } from './schemas/triggers.ts';
import type { openWait } from './schemas/waits.ts';
import type { runWorker } from './schemas/workers.ts';
import type { workflowFile, workflowRef, workspace } from './schemas/workspace.ts';

/*
 * The contract between the host and whatever shows it, the same over Electron's IPC and over a WebSocket.
 * Arguments are parsed at the host, because they come from a page. They hold ids and predicates only: never SQL, never a path.
 * Whoever changes a shape raises PROTOCOL; test/host/contract.test.ts fails otherwise.
 */

export { PROTOCOL } from './protocol.ts';
export { recording as RECORDING } from './schemas/recording.ts';
export { EVENTS, METHODS };

export type MethodName = keyof typeof METHODS;
export type EventName = keyof typeof EVENTS;
export type Args<M extends MethodName> = z.infer<(typeof METHODS)[M]['args']>;
export type Result<M extends MethodName> = z.infer<(typeof METHODS)[M]['result']>;
export type EventOf<E extends EventName> = z.infer<(typeof EVENTS)[E]>;

/** What the host offers to a page. */
export type StudioApi = { [M in MethodName]: (args: Args<M>) => Promise<Result<M>> };
/** What a page offers to the host. */
export type StudioEvents = { [E in EventName]: (event: EventOf<E>) => void };

export type Counts = z.infer<typeof counts>;
export type Progress = z.infer<typeof progress>;
export type NodeProgress = z.infer<typeof nodeProgress>;
export type StepProgress = z.infer<typeof stepProgress>;
export type RunItem = z.infer<typeof runItem>;
export type QueuedRerun = z.infer<typeof queuedRerun>;
export type DamagedRun = z.infer<typeof damagedRun>;
export type ListedRun = z.infer<typeof listedRun>;
export type RunDetail = z.infer<typeof runDetail>;
export type RunStatus = z.infer<typeof runStatus>;
export type BatchStatus = z.infer<typeof batchStatus>;
export type StepStatus = z.infer<typeof stepStatus>;
export type BatchRow = z.infer<typeof batchRow>;
export type BatchDetail = z.infer<typeof batchDetail>;
export type BatchPredicate = z.infer<typeof batchPredicate>;
export type BatchFilter = z.infer<typeof batchFilter>;
export type Cause = z.infer<typeof cause>;
export type CodeChange = z.infer<typeof codeChange>;
export type ComparedAttempt = z.infer<typeof comparedAttempt>;
export type ComparedBatch = z.infer<typeof comparedBatch>;
export type RunDifference = z.infer<typeof runDifference>;
export type AttemptRow = z.infer<typeof attemptRow>;
export type Interrupted = z.infer<typeof interrupted>;
export type Debugging = z.infer<typeof debugging>;
export type EffectRow = z.infer<typeof effectRow>;
export type SetAsideRow = z.infer<typeof setAsideRow>;
export type StoredError = z.infer<typeof storedError>;
export type { StoredReason } from '../../common/stored-error.ts';
export type FailureCause = z.infer<typeof failureCause>;
export type ItemAtFault = z.infer<typeof itemAtFault>;
export type ItemCheck = z.infer<typeof itemCheck>;
export type ItemSearch = z.infer<typeof itemSearch>;
export type SearchedBatch = z.infer<typeof searchedBatch>;
export type ShownTrigger = z.infer<typeof shownTrigger>;
export type OpenWait = z.infer<typeof openWait>;
export type RunWorker = z.infer<typeof runWorker>;
export type LostUpdate = z.infer<typeof lostUpdate>;
export type LogLine = z.infer<typeof logLine>;
export type LogEvent = z.infer<typeof logEvent>;
export type ShownValue = z.infer<typeof shownValue>;
export type SharedEntry = z.infer<typeof sharedEntry>;
export type StateWrite = z.infer<typeof stateWrite>;
export type Climb = z.infer<typeof climb>;
export type RerunRequest = z.infer<typeof rerunRequest>;
export type ResumeReport = z.infer<typeof resumeReport>;
export type NodeAnswers = z.infer<typeof nodeAnswers>;
export type ChangedWork = z.infer<typeof changedWork>;
export type RerunReport = z.infer<typeof rerunReport>;
export type Snapshot = z.infer<typeof snapshot>;
export type Delta = z.infer<typeof delta>;
export type Overlay = z.infer<typeof overlay>;
/** What a run was at every moment of it. */
export type RunHistory = z.infer<typeof runHistory>;
export type Timeline = z.infer<typeof timeline>;
/** How fast a run went and goes. */
export type RunTimes = Result<'getTimes'>;
export type Workspace = z.infer<typeof workspace>;
export type WorkflowFile = z.infer<typeof workflowFile>;
export type WorkflowRef = z.infer<typeof workflowRef>;
export type Problem = z.infer<typeof problem>;
export type { Graph, GraphNode, GraphBranch } from '../../common/graph.ts';
