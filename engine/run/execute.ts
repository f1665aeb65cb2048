import { decode, encode } from '../store/codec.ts';
import { Journal } from '../store/journal.ts';
import { checkFree, Lease } from '../store/leases.ts';
import type { OwnerWatch } from '../store/owner-watch.ts';
import { StoreFileIdentity } from '../store/file-identity.ts';
import type { StoreDatabase } from '../store/open.ts';
import { parseStoredGraph } from '../store/parse-stored.ts';
import { RunReader } from '../store/run-reader.ts';
import { RunWriter } from '../store/run-writer.ts';
import {
  beginSession,
  createRun,
  markTakenUp,
  putBackInFlight,
  readRun,
  type Code,
  type RunRow,
} from '../store/runs.ts';
import { RunStateError } from '../store/run-state-error.ts';
import { takeOver } from '../store/take-over.ts';
import { inTransaction } from '../store/transactions.ts';
import { failpoint } from '../failpoints.ts';
import { describeValue } from '../workflow/errors.ts';
import { drawGraph, type Graph } from '../workflow/graph.ts';
import type { Definition } from '../workflow/nodes.ts';
import { systemClock, type Clock } from './clock.ts';
import { checkConservation } from './conservation.ts';
import { interpret, writeOutcome } from './outcome.ts';
import { runEndHook } from './end-hooks.ts';
import { checkPayload } from './payload.ts';
import { continueWith, prepareRerun, reopen } from './rerun/rerun.ts';
import type { NodeAnswers } from './changed-nodes/answers.ts';
import type { RerunReport, RerunRequest } from './rerun/request.ts';
import { Run } from './run.ts';
import { RunFacts } from './run-facts.ts';
import type { LogListener } from './run-log.ts';
import type { BatchListener } from './run-progress.ts';
import { countsOf, type RunSummary } from '../../common/run-summary.ts';
import { startHeartbeat } from './heartbeat.ts';
import { WalWatch } from '../store/wal-watch.ts';

/** What a process needs to execute a run. */
export interface RunEnvironment {
  readonly db: StoreDatabase;
  readonly storeFile: string;
  /** Where the workflow file is now, to store with a run that is resumed. */
  readonly file?: string | undefined;
  readonly definition: Definition;
  readonly code: Code;
  readonly clock?: Clock;
  /** How long steps in flight may go on after a stop, in milliseconds. @default 5000 */
  readonly graceMs?: number;
  /** How long another program may hold the store, in milliseconds. @default 15000 */
  readonly busyTimeoutMs?: number;
  /** What is known of the owners of runs. @default What this process has seen of them */
  readonly watch?: OwnerWatch;
  readonly onLog?: LogListener;
  readonly onBatch?: BatchListener;
  /** Called before any of the author's code runs: what that logs at once belongs to the run. */
  readonly onBegin?: (run: Run) => void;
}

/** A run that this process executes. */
export interface RunInProgress {
  readonly id: number;
  readonly run: Run;
  /** The lease of this process: see `Lease.owner`. */
  readonly owner: string;
  readonly report?: RerunReport | undefined;
  /** How it ended. Never rejects for what the workflow did; rejects when the store can no longer be written. */
  readonly done: Promise<RunSummary>;
}

/** Starts a new run. @throws PayloadError, WorkflowError, NotDataError */
export async function startRun(
  environment: RunEnvironment,
  workflowFile: string,
  payload: unknown,
): Promise<RunInProgress> {
  const { db, definition } = environment;
  const now = (environment.clock ?? systemClock).now();
  const graph = drawGraph(definition);
  const text = encode(await checkPayload(definition, payload), 'payload');
  const begun = inTransaction(db, () => {
    const id = createRun(db, {
      workflow: definition.id,
      name: definition.name,
      file: workflowFile,
      payload: text,
      graph: JSON.stringify(graph),
      startedAt: now,
    });
    const lease = Lease.take(db, id, now);
    const session = beginSession(db, id, 'start', environment.code, now);
    failpoint('taking-up');
    return { lease, session };
  });
  return work(environment, graph, begun);
}

/**
 * Resumes a run that was interrupted or paused. @throws RunStateError, RunTakenError, WorkflowError, ChangedNodesError
 */
export function resumeRun(environment: RunEnvironment, id: number, answers: NodeAnswers = {}): RunInProgress {
  const { db, watch } = environment;
  checkFree(db, id, watch);
  const now = (environment.clock ?? systemClock).now();
  const graph = drawGraph(environment.definition);
  const begun = inTransaction(db, () => {
    const row = requireRun(db, id);
    const lease = takeOver(db, row, now, watch);
    checkResumable(row);
    putBackInFlight(db, id, now);
    continueWith(db, id, answers, { before: parseStoredGraph(row.graph), now: graph });
    return takeUp(environment, id, 'resume', graph, lease, now);
  });
  return work(environment, graph, begun);
}

/**
 * Re-runs batches of a run, and continues with the run when they succeed. @throws RunStateError, RunTakenError,
 * RerunError, WorkflowError, ChangedNodesError
 */
export function rerunRun(environment: RunEnvironment, id: number, request: RerunRequest): RunInProgress {
  const { db, watch } = environment;
  checkFree(db, id, watch);
  const now = (environment.clock ?? systemClock).now();
  const graph = drawGraph(environment.definition);
  const plan = () => prepareRerun(db, id, request, { before: parseStoredGraph(requireRun(db, id).graph), now: graph });
  const planned = plan();
  const begun = inTransaction(db, () => {
    // Another process may have worked on the run meanwhile.
    const valid = planned.basis.isValid() ? planned : plan();
    const lease = takeOver(db, requireRun(db, id), now, watch);
    putBackInFlight(db, id, now);
    const report = reopen(db, id, valid);
    return { ...takeUp(environment, id, 'rerun', graph, lease, now, JSON.stringify(request)), report };
  });
  return work(environment, graph, begun);
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
        `Run ${run.id} has completed: there is nothing to resume. To run batches again: cronflow rerun ${run.id} --batches all`,
      );
    case 'failed':
      throw new RunStateError(
        `Run ${run.id} has failed, it was not interrupted. To try what failed again: cronflow rerun ${run.id}`,
      );
    case 'cancelled':
      throw new RunStateError(`Run ${run.id} was cancelled. To go on with it: cronflow rerun ${run.id}`);
  }
}

export function requireRun(db: StoreDatabase, id: number): RunRow {
  const row = readRun(db, id);
  if (!row) throw new RunStateError(`There is no run ${id} in this store. List them with: cronflow runs`);
  return row;
}

interface Begun {
  readonly lease: Lease;
  readonly session: number;
  readonly report?: RerunReport;
}

function takeUp(
  environment: RunEnvironment,
  id: number,
  kind: 'resume' | 'rerun',
  graph: Graph,
  lease: Lease,
  now: number,
  note?: string,
): Begun {
  const { db, code, file } = environment;
  markTakenUp(db, id, JSON.stringify(graph), file);
  const session = beginSession(db, id, kind, code, now, note);
  failpoint('taking-up');
  return { lease, session };
}

function work(environment: RunEnvironment, graph: Graph, { lease, session, report }: Begun): RunInProgress {
  failpoint('taken-up');
  const { db, definition, storeFile } = environment;
  const clock = environment.clock ?? systemClock;
  const row = requireRun(db, lease.run);
  let failure: { readonly error: unknown } | undefined;
  const fileIdentity = new StoreFileIdentity(storeFile);
  const journal = new Journal(db, storeFile, {
    busyTimeoutMs: environment.busyTimeoutMs,
    fence: () => lease.check(),
    onFailure: error => {
      failure = { error };
      const reason = error instanceof Error ? error.message : describeValue(error);
      run.stopping.requestNow({ as: 'interrupted', reason });
    },
    // Only passed on: it cannot be stored while the store is locked.
    onWait: () =>
      environment.onLog?.(
        { at: clock.now(), level: 'warn', text: `${storeFile} is locked by another program: the run waits for it.` },
        undefined,
      ),
  });
  const run = new Run({
    journal,
    clock,
    facts: new RunFacts(row),
    writer: new RunWriter(db, row.id, session),
    stored: new RunReader(db, row.id),
    graceMs: environment.graceMs ?? 5000,
    onLog: environment.onLog,
    onBatch: environment.onBatch,
  });
  const end = async (): Promise<RunSummary> => {
    const startedAt = clock.now();
    const stopHeartbeat = startHeartbeat(run, lease, fileIdentity, new WalWatch(db, storeFile));
    try {
      const outcome = await interpret(run, definition, graph, session);
      if (failure) throw failure.error;
      if (outcome.status === 'completed') checkConservation(run.progress.values());
      failpoint('before-end');
      journal.write(() => {
        fileIdentity.check();
        writeOutcome(db, { run, id: row.id, session }, outcome);
        lease.release();
        failpoint('in-end');
      });
      await journal.committed();
      failpoint('after-end');
      const { status, reason, error } = outcome;
      const counts = countsOf(run.progress.values());
      return {
        run: row.id,
        workflow: row.workflow,
        status,
        reason,
        error,
        ...counts,
        steps: { executed: run.progress.steps.executed },
        state: run.state.toObject(),
        output: outcome.output === undefined ? undefined : decode(outcome.output),
        durationMs: clock.now() - startedAt,
      };
    } finally {
      run.stopping.end();
      stopHeartbeat();
    }
  };
  const done = async (): Promise<RunSummary> => {
    const summary = await end();
    // The run belongs to nobody any more: what is logged from now on is added to it without its lease.
    run.log.continueWith({ write: work => inTransaction(db, work) });
    await runEndHook(run, definition.hooks, summary);
    return summary;
  };
  environment.onBegin?.(run);
  return { id: row.id, run, owner: lease.owner, report, done: done() };
}
