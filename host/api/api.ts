import { z } from 'zod';
import type { Graph } from '../../common/graph.ts';
import { BATCH_STATUS_NAMES, RUN_STATUSES, STEP_STATUS_NAMES } from '../../common/status.ts';
import type * as store from '../../engine/store/batch-predicate.ts';
import type * as causes from '../../engine/store/failure-cause.ts';
import { LARGEST_TEXT } from './protocol.ts';

/*
 * The contract between the host and whatever shows it, the same over Electron's IPC and over a WebSocket.
 * Arguments are parsed at the host: they come from a page. Ids and predicates only; never SQL, never a path.
 * Change a shape, and raise PROTOCOL: test/host/contract.test.ts holds the two together.
 */

export { PROTOCOL } from './protocol.ts';

// Building blocks

const runId = z.int().positive();
/** A node's number in its run. */
const nodeId = z.int().positive();
/** A batch's scope number in its run; 0 is the workflow itself. */
const scopeId = z.int().nonnegative();
const workflowRef = z.object({ file: z.string().min(1).max(1000), workflow: z.string().min(1).max(1000) });

export const runStatus = z.enum(RUN_STATUSES);
export const batchStatus = z.enum(BATCH_STATUS_NAMES);
export const stepStatus = z.enum(STEP_STATUS_NAMES);

/** Always `total = succeeded + failed + running + waiting + cancelled`. */
const counts = z.object({
  total: z.number(),
  succeeded: z.number(),
  failed: z.number(),
  running: z.number(),
  waiting: z.number(),
  cancelled: z.number(),
});
const place = z.object({ file: z.string(), line: z.number(), column: z.number() });
const graph = z.custom<Graph>(value => typeof value === 'object' && value !== null).meta({ id: 'Graph' });

/** An error as it was kept. `file` in `at` is absolute; screens show it relative to the workspace. */
const storedError = z.object({
  name: z.string(),
  message: z.string(),
  stack: z.string().optional(),
  at: place.optional(),
  step: z.string().optional(),
  explain: z.string().optional(),
  fingerprint: z.string(),
  get cause() {
    return storedError.optional();
  },
});

/** Why something could not be done, to be shown as it is. */
const problem = z.object({
  name: z.string(),
  message: z.string(),
  file: z.string().optional(),
  line: z.number().optional(),
  column: z.number().optional(),
  codeFrame: z.string().optional(),
});

/** Ranges of places among a node's batches, both ends included: `[[0, 0], [4, 9]]`. */
const ranges = z.array(z.tuple([z.int().nonnegative(), z.int().nonnegative()])).max(100_000);

/** Which batches of a node: never a list of ids, so that a million can be meant in a few bytes. */
const batchPredicate = z.object({
  statuses: z.array(batchStatus).max(7).optional(),
  /** A cause of failure: FailureCause.fingerprint. */
  fingerprint: z.string().max(5000).optional(),
  ranges: ranges.optional(),
  /** Text that the error message must hold. */
  search: z.string().max(500).optional(),
}) satisfies z.ZodType<store.BatchPredicate>;

/** A cause of failure, as FailureCause has it. */
const cause = z.object({
  node: nodeId,
  fingerprint: z.string().max(5000),
}) satisfies z.ZodType<store.Cause>;

/** Those that failed for a cause, or in which a batch of its node did. */
const batchFilter = batchPredicate.extend({ cause: cause.optional() }) satisfies z.ZodType<store.BatchFilter>;

const rerunRequest = z.object({
  /** Path of a batch or forEach node; of a step outside batches: everything from it on. */
  node: z.string().max(2000).optional(),
  select: z.union([z.literal('failed'), z.literal('all'), batchPredicate]),
  /** Also the steps of failed batches that had succeeded. */
  fromStart: z.boolean().optional(),
  /** Run only the first of them, to try. */
  tryOne: z.boolean().optional(),
  /** Items to use instead, as JSON, of the one batch that is selected. */
  items: z.string().max(LARGEST_TEXT).optional(),
  concurrency: z.int().min(1).max(10_000).optional(),
});

const rerunReport = z.object({
  nodes: z.array(z.object({ path: z.string(), batches: z.number(), indices: z.array(z.number()) })),
  steps: z.array(z.string()),
  reused: z.object({ batches: z.number(), steps: z.number() }),
  repeats: z.array(z.string()),
  takenBack: z.array(z.object({ key: z.string(), by: z.number() })),
  notTakenBack: z.array(z.string()),
  codeChanged: z.boolean(),
});

// What screens show

/** With those inside others that bore it, which `batches` does not count: what a re-run of the failed ones would touch. */
const failedBatches = z.number();

const runItem = z.object({
  run: runId,
  workflow: z.string(),
  name: z.string(),
  /** As a WorkflowRef names it, where it lies in the workspace; else absolute. */
  file: z.string(),
  status: runStatus,
  reason: z.string().optional(),
  items: counts,
  batches: counts,
  failedBatches,
  startedAt: z.number(),
  endedAt: z.number().optional(),
  activeMs: z.number(),
  /** Re-runs that wait until it has ended. */
  queued: z.number().optional(),
  /** Why a re-run that had waited did not begin. */
  problem: problem.optional(),
});

const workflowFile = z.object({
  /** Relative to the workspace, with forward slashes: what a WorkflowRef names. */
  file: z.string(),
  /** None, and no problem either, while the folder is not trusted: the file is not loaded. */
  graphs: z.array(graph),
  /** Why it could not be loaded; its graphs are then those of before, if any. */
  problem: problem.optional(),
});

const workspace = z.object({
  folder: z.string(),
  name: z.string(),
  files: z.array(workflowFile),
  /** Whether this person lets Cronflow execute the folder's files. `question` names the question to answer with `trustFolder`. */
  trust: z.discriminatedUnion('state', [
    z.object({ state: z.literal('trusted') }),
    z.object({ state: z.literal('untrusted'), question: z.string() }),
  ]),
  /** Files have not all been looked at yet; more of them may come. */
  loading: z.boolean().optional(),
  /** What is left out of the folder, or not written into it, that its user may expect there. */
  notices: z.array(z.string()).optional(),
  /** Opened before, newest first; opened again by token. */
  recent: z.array(z.object({ token: z.string(), name: z.string(), folder: z.string() })),
});

/** How the attempts of one step node stand, over all batches. */
const stepProgress = z.object({ path: z.string(), running: z.number(), succeeded: z.number(), failed: z.number() });

const nodeProgress = z.object({
  node: nodeId,
  path: z.string(),
  batches: counts,
  items: counts,
  /** False while a stream may still bring more. */
  complete: z.boolean(),
  /** Batches at a time, as it is now. */
  concurrency: z.number(),
});

const progress = z.object({
  status: runStatus,
  reason: z.string().optional(),
  items: counts,
  batches: counts,
  failedBatches,
  nodes: z.array(nodeProgress),
  steps: z.array(stepProgress),
  /** Items a second over the last seconds; 0 when nothing runs. */
  rate: z.number(),
  /** Milliseconds left, from and to; absent when it cannot be told. */
  left: z.tuple([z.number(), z.number()]).optional(),
  startedAt: z.number(),
  endedAt: z.number().optional(),
  activeMs: z.number(),
});

const bytes = z.instanceof(Uint8Array);
const words = z.instanceof(Uint32Array);

/** The state of a run from which deltas go on. `statuses` has a byte a batch of an outermost batch node: engine BatchStatus. */
const snapshot = z.object({
  run: runId,
  seq: z.number(),
  progress,
  maps: z.array(z.object({ node: nodeId, path: z.string(), statuses: bytes })),
});

/**
 * What has changed since. A node not heard of before has a new map. `ranges` are the places that changed, in order, as pairs of the
 * first and how many follow each other; `statuses` has a byte for each of those places. A place past the end of its map makes it
 * longer: what lies between is waiting.
 */
const delta = z.object({
  run: runId,
  seq: z.number(),
  progress: progress.optional(),
  maps: z.array(z.object({ node: nodeId, path: z.string(), ranges: words, statuses: bytes })),
});

const runDetail = z.object({
  item: runItem,
  graph,
  sessions: z.array(
    z.object({
      session: z.number(),
      kind: z.enum(['start', 'resume', 'rerun']),
      startedAt: z.number(),
      endedAt: z.number().optional(),
      outcome: z.string().optional(),
      codeHash: z.string(),
    }),
  ),
  /** Whether any of its files differs from what its latest session ran. */
  codeChanged: z.boolean(),
  error: storedError.optional(),
  /** A process works on it now. */
  live: z.boolean(),
});

const batchRow = z.object({
  node: nodeId,
  scope: scopeId,
  index: z.number(),
  status: batchStatus,
  items: z.number(),
  attempts: z.number(),
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  message: z.string().optional(),
  fingerprint: z.string().optional(),
});

const attemptRow = z.object({
  scope: scopeId,
  node: nodeId,
  path: z.string(),
  attempt: z.number(),
  batchAttempt: z.number(),
  session: z.number(),
  status: stepStatus,
  startedAt: z.number(),
  endedAt: z.number().optional(),
  error: storedError.optional(),
  /** Bytes of its stored output; absent without one. */
  outputSize: z.number().optional(),
  logLines: z.number(),
});

const batchDetail = z.object({
  batch: batchRow,
  path: z.string(),
  attempt: z.number(),
  error: storedError.optional(),
  /** Attempts before this one, oldest first. */
  earlierAttempts: z.array(
    z.object({
      attempt: z.number(),
      status: batchStatus,
      startedAt: z.number().optional(),
      endedAt: z.number().optional(),
      error: storedError.optional(),
    }),
  ),
  attempts: z.array(attemptRow),
  /** The batches, and rounds of a while, that it stands in, outermost first. */
  around: z.array(z.object({ scope: scopeId, node: nodeId, path: z.string(), index: z.number(), parent: scopeId })),
  /** Batch nodes inside it. */
  inner: z.array(z.object({ node: nodeId, path: z.string(), batches: counts })),
});

/** A stored value as JSON that is safe to show; large ones are cut until the rest is asked for. `size` is in characters, as it is stored. */
const shownValue = z.object({ json: z.string(), truncated: z.boolean(), size: z.number() });

/** A line that the store has not numbered yet, as it is said, has a negative id. */
const logLine = z.object({
  id: z.number(),
  at: z.number(),
  level: z.string(),
  text: z.string(),
  path: z.string().optional(),
  index: z.number().optional(),
  attempt: z.number().optional(),
});

const failureCause = z.object({
  node: nodeId,
  path: z.string(),
  fingerprint: z.string(),
  name: z.string(),
  message: z.string(),
  explain: z.string().optional(),
  at: place.optional(),
  step: z.string().optional(),
  batches: z.number(),
  /** The first of them: its place in the scope it stands in, which is 0 unless it is inside a batch or a round. */
  first: z.object({ index: z.number(), parent: scopeId }),
}) satisfies z.ZodType<causes.FailureCause>;

const lostUpdate = z.object({ key: z.string(), count: z.number() });

const stateEntry = z.object({ key: z.string(), value: shownValue, version: z.number() });
const stateWrite = z.object({
  seq: z.number(),
  key: z.string(),
  op: z.enum(['set', 'incr', 'update', 'delete', 'revert']),
  value: z.string().optional(),
  delta: z.number().optional(),
  path: z.string().optional(),
  index: z.number().optional(),
  attempt: z.number(),
  reverted: z.boolean(),
  /** Who had written what this write overwrote unread. */
  lost: z.object({ path: z.string(), index: z.number().optional(), attempt: z.number() }).optional(),
});

const sourceFile = z.object({
  file: z.string(),
  text: z.string(),
  /** The file on disk is not this any more. */
  changed: z.boolean(),
});

/** What the map colours by, beside the status: a number a batch. */
const overlay = z.discriminatedUnion('by', [
  /** Milliseconds; -1 for one that has not begun. */
  z.object({ by: z.literal('duration'), values: z.instanceof(Float32Array), max: z.number() }),
  /** 0 for one that has not begun; 255 stands for more, too. */
  z.object({ by: z.literal('attempt'), values: bytes }),
  /** 0 for one that has not failed, 1 for the first cause, and so on; 255 for one that is not listed. */
  z.object({ by: z.literal('cause'), values: bytes, causes: z.array(z.string()) }),
  /** When each batch began and ended, in milliseconds since `from`; -1 where it did not. */
  z.object({
    by: z.literal('times'),
    from: z.number(),
    starts: z.instanceof(Float32Array),
    ends: z.instanceof(Float32Array),
  }),
]);

/** What ran when: bars while there are few enough, else how many ran at a time. Times are milliseconds since 1970. */
const timeline = z.object({
  from: z.number(),
  to: z.number(),
  lanes: z.number(),
  bars: z.array(
    z.object({
      lane: z.number(),
      node: nodeId,
      path: z.string(),
      scope: scopeId,
      index: z.number().optional(),
      status: batchStatus,
      from: z.number(),
      to: z.number(),
      attempt: z.number(),
    }),
  ),
  /** Per path, evenly over from..to: how many were running, and how many of them failed. */
  bands: z.array(
    z.object({
      path: z.string(),
      node: nodeId,
      running: z.instanceof(Float32Array),
      failed: z.instanceof(Float32Array),
    }),
  ),
  /** Spans in which nothing ran, longer than a tenth of the whole: screens compress them. */
  gaps: z.array(z.tuple([z.number(), z.number()])),
});

/** Something went well, or did not for a reason that can be shown. */
const outcome = <T extends z.ZodType>(value: T) =>
  z.discriminatedUnion('ok', [z.object({ ok: z.literal(true), value }), z.object({ ok: z.literal(false), problem })]);

const none = z.object({});
const ofRun = z.object({ run: runId });
const page = { offset: z.int().nonnegative().max(100_000_000), limit: z.int().min(1).max(1000) };

/** Name -> what it takes and what it gives. Reading a run that is not there rejects with a problem. */
export const METHODS = {
  hello: {
    args: none,
    result: z.object({
      protocol: z.number(),
      version: z.string(),
      shell: z.enum(['electron', 'browser']),
      platform: z.string(),
    }),
  },

  getWorkspace: { args: none, result: workspace },
  openRecent: { args: z.object({ token: z.string().max(100) }), result: outcome(workspace) },
  /** Answers the question of the folder that is open: it is trusted from now on. No folder is named, so no other can be trusted. */
  trustFolder: { args: z.object({ question: z.string().max(100) }), result: outcome(workspace) },
  /** Stops trusting the folder that is open. */
  distrustFolder: { args: none, result: outcome(workspace) },
  /** Scaffolds a workflow file in the workspace. */
  newWorkflow: { args: z.object({ name: z.string().min(1).max(80) }), result: outcome(workflowRef) },

  listRuns: {
    args: z.object({
      before: runId.optional(),
      limit: z.int().min(1).max(500),
      workflow: z.string().max(1000).optional(),
      statuses: z.array(runStatus).optional(),
    }),
    result: z.array(runItem),
  },
  getRun: { args: ofRun, result: runDetail },
  startRun: { args: workflowRef.extend({ payload: z.string().max(LARGEST_TEXT) }), result: outcome(ofRun) },
  stopRun: { args: z.object({ run: runId, as: z.enum(['cancelled', 'paused']) }), result: outcome(none) },
  resumeRun: { args: ofRun, result: outcome(none) },
  planRerun: { args: z.object({ run: runId, request: rerunRequest }), result: outcome(rerunReport) },
  /** A run that goes on is run again when it has ended: the re-run is then `queued`. */
  rerun: { args: z.object({ run: runId, request: rerunRequest }), result: outcome(z.object({ queued: z.boolean() })) },
  setConcurrency: {
    args: z.object({ run: runId, node: z.string().max(2000), concurrency: z.int().min(1).max(10_000) }),
    result: outcome(none),
  },

  /** Begins (or begins again) the feed of a run: `onDelta` follows, each with the next `seq`. */
  watchRun: { args: ofRun, result: snapshot },
  unwatchRun: { args: ofRun, result: none },

  /** Batches of a node: in one scope, or without `parent` in all of them. Superseded ones only where `where` asks for them. */
  listBatches: {
    args: z.object({
      run: runId,
      node: nodeId,
      parent: scopeId.optional(),
      where: batchFilter,
      sort: z.enum(['index', 'duration', 'attempts', 'status']),
      descending: z.boolean().optional(),
      ...page,
    }),
    result: z.object({ rows: z.array(batchRow), total: z.number() }),
  },
  getBatch: { args: z.object({ run: runId, scope: scopeId }), result: batchDetail },
  findBatch: {
    args: z.object({ run: runId, node: nodeId, index: z.int().nonnegative(), parent: scopeId.optional() }),
    result: z.object({ scope: scopeId }).nullable(),
  },
  /** Batches of an outermost node from a place on: the next or previous that failed. */
  nextFailed: {
    args: z.object({ run: runId, node: nodeId, from: z.int().min(-1), direction: z.enum(['next', 'previous']) }),
    result: z.object({ index: z.number(), scope: scopeId }).nullable(),
  },
  getStep: {
    args: z.object({ run: runId, path: z.string().max(2000) }),
    result: z.object({ attempts: z.array(attemptRow) }),
  },

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
  getResult: { args: ofRun.extend({ full: z.boolean().optional() }), result: shownValue.nullable() },
  getLogs: {
    args: z.object({
      run: runId,
      scope: scopeId.optional(),
      node: nodeId.optional(),
      attempt: z.int().positive().optional(),
      after: z.int().nonnegative(),
      limit: z.int().min(1).max(1000),
    }),
    result: z.object({ lines: z.array(logLine), more: z.boolean() }),
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
  /** Places of the batches of an outermost node that failed for a cause, or in which a batch of the cause's node did: the cells of the map that belong to it. */
  getCells: { args: z.object({ run: runId, node: nodeId, cause }), result: z.object({ indices: words }) },
  getOverlay: {
    args: z.object({ run: runId, node: nodeId, by: z.enum(['duration', 'attempt', 'cause', 'times']) }),
    result: overlay,
  },
  getTimeline: {
    args: z.object({
      run: runId,
      from: z.number().optional(),
      to: z.number().optional(),
      columns: z.int().min(10).max(4000),
    }),
    result: timeline,
  },

  /** A file of the run as a session ran it; `file` is one that the run names. */
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

/** What the host says unasked. */
export const EVENTS = {
  /** A run's next delta; after a gap in `seq`, or `resync`, ask for a new snapshot. */
  onDelta: delta,
  onResync: ofRun,
  /** A run was started, changed its status, or moved on (a few times a second at most). */
  onRun: runItem,
  onWorkspace: workspace,
  /** Logs of a watched run, as they come; what came faster than a screen can show is counted. */
  onLogs: z.object({ run: runId, lines: z.array(logLine), dropped: z.number() }),
} as const satisfies Record<string, z.ZodType>;

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
export type RunDetail = z.infer<typeof runDetail>;
export type RunStatus = z.infer<typeof runStatus>;
export type BatchStatus = z.infer<typeof batchStatus>;
export type StepStatus = z.infer<typeof stepStatus>;
export type BatchRow = z.infer<typeof batchRow>;
export type BatchDetail = z.infer<typeof batchDetail>;
export type BatchPredicate = z.infer<typeof batchPredicate>;
export type BatchFilter = z.infer<typeof batchFilter>;
export type Cause = z.infer<typeof cause>;
export type AttemptRow = z.infer<typeof attemptRow>;
export type StoredError = z.infer<typeof storedError>;
export type FailureCause = z.infer<typeof failureCause>;
export type LostUpdate = z.infer<typeof lostUpdate>;
export type LogLine = z.infer<typeof logLine>;
export type ShownValue = z.infer<typeof shownValue>;
export type StateWrite = z.infer<typeof stateWrite>;
export type RerunRequest = z.infer<typeof rerunRequest>;
export type RerunReport = z.infer<typeof rerunReport>;
export type Snapshot = z.infer<typeof snapshot>;
export type Delta = z.infer<typeof delta>;
export type Overlay = z.infer<typeof overlay>;
export type Timeline = z.infer<typeof timeline>;
export type Workspace = z.infer<typeof workspace>;
export type WorkflowFile = z.infer<typeof workflowFile>;
export type WorkflowRef = z.infer<typeof workflowRef>;
export type Problem = z.infer<typeof problem>;
export type { Graph, GraphNode, GraphBranch } from '../../common/graph.ts';
