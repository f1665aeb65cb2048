import type { Database } from 'better-sqlite3';
import { decode, encode } from '../store/codec.ts';
import { Journal } from '../store/journal.ts';
import { Lease } from '../store/leases.ts';
import { StoreFileIdentity } from '../store/file-identity.ts';
import type { LogLine } from '../store/records.ts';
import { RunWriter } from '../store/run-writer.ts';
import {
  beginSession,
  cancelUnfinished,
  createRun,
  endRun,
  putBackInFlight,
  readRun,
  type Code,
  type RunRow,
} from '../store/runs.ts';
import { cancelWaiting } from '../../common/at-rest.ts';
import type { RunStatus } from '../../common/status.ts';
import { RunStateError } from '../store/run-state-error.ts';
import { takeOver } from '../store/take-over.ts';
import { failpoint } from '../failpoints.ts';
import { describeValue } from '../workflow/errors.ts';
import { batchSizes, drawGraph, type Graph } from '../workflow/graph.ts';
import type { Definition } from '../workflow/nodes.ts';
import type { Attempt } from './attempt.ts';
import { systemClock, type Clock } from './clock.ts';
import { checkConservation } from './conservation.ts';
import { runChain } from './interpreter.ts';
import { checkPayload } from './payload.ts';
import { reopen, type RerunReport, type RerunRequest } from './rerun/rerun.ts';
import { restoreRun, restoreScope } from './restore.ts';
import { Run, type BatchListener } from './run.ts';
import { Scope } from './scope.ts';
import { StepFailed } from './steps.ts';
import { StopError, type Stop } from './stop.ts';
import { toStoredError } from './stored-error.ts';
import { countsOf, type RunSummary } from '../../common/run-summary.ts';
import { startHeartbeat } from './heartbeat.ts';

/** What a process brings to work on a run. */
export interface RunEnvironment {
  readonly db: Database;
  readonly storeFile: string;
  /** Where the workflow file is now, if that is to be noted of a run that is taken up. */
  readonly file?: string | undefined;
  readonly definition: Definition;
  readonly code: Code;
  readonly clock?: Clock;
  /** How long steps in flight may go on after a stop, in milliseconds. @default 5000 */
  readonly graceMs?: number;
  /** How long another program may hold the store, in milliseconds. @default 15000 */
  readonly busyTimeoutMs?: number;
  readonly onLog?: (line: LogLine, attempt: Attempt | undefined) => void;
  readonly onBatch?: BatchListener;
  /** Called before any of the author's code runs: what that says at once belongs to the run. */
  readonly onBegin?: (run: Run) => void;
}

/** A run that this process is working on. */
export interface RunInProgress {
  readonly id: number;
  readonly run: Run;
  readonly report?: RerunReport | undefined;
  /** Asks it to stop; `done` then resolves soon after. */
  stop(stop: Stop): void;
  /** How it ended. Never rejects for what the workflow did; rejects when the store can no longer be written. */
  readonly done: Promise<RunSummary>;
}

/** Starts a new run. @throws PayloadError, WorkflowError, NotDataError */
export async function startRun(worker: RunEnvironment, workflowFile: string, payload: unknown): Promise<RunInProgress> {
  const { db, definition } = worker;
  const now = (worker.clock ?? systemClock).now();
  const graph = drawGraph(definition);
  const text = encode(await checkPayload(definition, payload), 'payload');
  const begin = db.transaction(() => {
    const id = createRun(db, {
      workflow: definition.id,
      name: definition.name,
      file: workflowFile,
      payload: text,
      graph: JSON.stringify(graph),
      startedAt: now,
    });
    const begun = { lease: Lease.take(db, id, now), session: beginSession(db, id, 'start', worker.code, now) };
    failpoint('taking-up');
    return begun;
  });
  return work(worker, graph, begin.immediate());
}

/** Goes on with a run that was interrupted or paused. @throws RunStateError, RunTakenError, WorkflowError */
export function resumeRun(worker: RunEnvironment, id: number): RunInProgress {
  const { db } = worker;
  const now = (worker.clock ?? systemClock).now();
  const graph = drawGraph(worker.definition);
  const begin = db.transaction(() => {
    const row = requireRun(db, id);
    const lease = takeOver(db, row, now);
    checkResumable(row);
    return takeUp(worker, id, 'resume', graph, lease, now);
  });
  return work(worker, graph, begin.immediate());
}

/** Runs batches of a run again and, when they succeed, goes on with it. @throws RunStateError, RunTakenError, RerunError, WorkflowError */
export function rerunRun(worker: RunEnvironment, id: number, request: RerunRequest): RunInProgress {
  const { db } = worker;
  const now = (worker.clock ?? systemClock).now();
  const graph = drawGraph(worker.definition);
  const begin = db.transaction(() => {
    const lease = takeOver(db, requireRun(db, id), now);
    putBackInFlight(db, id, now);
    const report = reopen(db, id, request);
    return { ...takeUp(worker, id, 'rerun', graph, lease, now, JSON.stringify(request)), report };
  });
  return work(worker, graph, begin.immediate());
}

/** @throws RunStateError that says what can be done instead */
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

export function requireRun(db: Database, id: number): RunRow {
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
  worker: RunEnvironment,
  id: number,
  kind: 'resume' | 'rerun',
  graph: Graph,
  lease: Lease,
  now: number,
  note?: string,
): Begun {
  const { db, code, file } = worker;
  putBackInFlight(db, id, now);
  db.prepare(
    `update runs set status = 'running', reason = null, error = null, ended_at = null, graph = ?, file = coalesce(?, file) where id = ?`,
  ).run(JSON.stringify(graph), file ?? null, id);
  const session = beginSession(db, id, kind, code, now, note);
  failpoint('taking-up');
  return { lease, session };
}

function work(worker: RunEnvironment, graph: Graph, { lease, session, report }: Begun): RunInProgress {
  failpoint('taken-up');
  const { db, definition, storeFile } = worker;
  const clock = worker.clock ?? systemClock;
  const row = requireRun(db, lease.run);
  let broken: { readonly error: unknown } | undefined;
  const place = new StoreFileIdentity(storeFile);
  const journal = new Journal(db, storeFile, {
    busyTimeoutMs: worker.busyTimeoutMs,
    onFailure: error => {
      broken = { error };
      const stop = {
        as: 'interrupted',
        reason: error instanceof Error ? error.message : describeValue(error),
      } as const;
      run.requestStop(stop);
      run.abortAll(new StopError(stop));
    },
    // For those who look on; it cannot be stored now, and need not be.
    onWait: () =>
      worker.onLog?.(
        { at: clock.now(), level: 'warn', text: `${storeFile} is locked by another program: the run waits for it.` },
        undefined,
      ),
  });
  const run = new Run({
    db,
    journal,
    clock,
    id: row.id,
    uid: row.uid,
    workflowId: row.workflow,
    payload: row.payload,
    writer: new RunWriter(db, row.id, session),
    graceMs: worker.graceMs ?? 5000,
    onLog: worker.onLog,
    onBatch: worker.onBatch,
  });
  const done = async (): Promise<RunSummary> => {
    const startedAt = clock.now();
    const stopTicking = startHeartbeat(run, lease, place);
    try {
      const outcome = await interpret(run, definition, graph, session);
      if (broken) throw broken.error;
      if (outcome.status === 'completed') checkConservation(run.progress.values());
      failpoint('before-end');
      journal.write(() => {
        place.check();
        // Whoever has taken it meanwhile says how it ends.
        if (lease.renew(clock.now())) endOf(run, session, outcome);
        lease.release();
        failpoint('in-end');
      });
      await journal.committed();
      failpoint('after-end');
      const { status, reason, error } = outcome;
      const counts = countsOf(run.progress.values());
      return {
        run: run.id,
        workflow: row.workflow,
        status,
        reason,
        error,
        ...counts,
        steps: { executed: run.stepsExecuted },
        state: run.state.toObject(),
        output: outcome.output === undefined ? undefined : decode(outcome.output),
        durationMs: clock.now() - startedAt,
      };
    } finally {
      run.close();
      stopTicking();
    }
  };
  worker.onBegin?.(run);
  return { id: row.id, run, report, stop: stop => run.requestStop(stop), done: done() };
}

interface Outcome {
  readonly status: RunStatus;
  readonly reason?: string | undefined;
  /** In the codec's text, as the step left it: what others have done to the value since is no part of it. */
  readonly output?: string | undefined;
  readonly error?: ReturnType<typeof toStoredError> | undefined;
}

async function interpret(run: Run, definition: Definition, graph: Graph, session: number): Promise<Outcome> {
  const root = new Scope(0, { path: '' });
  root.names = definition.flow.names;
  if (session > 1) {
    const sizes = batchSizes(graph.nodes);
    restoreRun(run, path => sizes.get(path));
    restoreScope(run, root);
  }
  const outcome = await walk(run, root, definition);
  await run.journal.committed();
  return outcome;
}

/** Writes down how a run has ended. */
function endOf(run: Run, session: number, { status, reason, output, error }: Outcome): void {
  const now = run.clock.now();
  // A batch that was stopped, a sleep, a step that was not waited for.
  putBackInFlight(run.db, run.id, now);
  if (status === 'cancelled') {
    cancelUnfinished(run.db, run.id, now);
    for (const { batches, items } of run.progress.values()) [batches, items].forEach(cancelWaiting);
  }
  const counts = JSON.stringify(countsOf(run.progress.values()));
  endRun(
    run.db,
    run.id,
    session,
    { status, reason: reason ?? null, output: output ?? null, error: error ? JSON.stringify(error) : null, counts },
    now,
  );
}

async function walk(run: Run, root: Scope, definition: Definition): Promise<Outcome> {
  try {
    await runChain(run, root, definition.flow.finish(), definition.places);
    await run.journal.committed();
    return { status: 'completed', output: root.last && run.outputOf(root, root.last) };
  } catch (error) {
    if (run.stop) return { status: run.stop.as, reason: run.stop.reason };
    if (error instanceof StepFailed) return { status: 'failed', error: error.stored };
    return { status: 'failed', error: toStoredError(error) };
  }
}
