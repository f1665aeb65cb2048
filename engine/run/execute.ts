import { encode } from '../store/codec.ts';
import { decodeOutput } from '../store/output-pages.ts';
import { Journal } from '../store/journal.ts';
import { Lease } from '../store/leases.ts';
import { inheritState } from '../store/inherited-state.ts';
import { EffectStore, inheritEffects } from '../store/effect-store.ts';
import { keyBaseOf, linkSubflow, type NewSubflow } from '../store/subflow-store.ts';
import { StoreFileIdentity } from '../store/file-identity.ts';
import { LogSync } from '../store/log-sync.ts';
import { parseStoredGraph } from '../store/parse-stored.ts';
import { presentedBy } from './present.ts';
import { RunReader } from '../store/run-reader.ts';
import { RunWriter } from '../store/run-writer.ts';
import { checkKeyFree } from '../store/run-keys.ts';
import { beginSession, createRun, hasBeenRerun, requireRun } from '../store/runs.ts';
import type { Definition } from '../workflow/nodes.ts';
import type { TallyLimits } from '../store/tally.ts';
import { inTransaction } from '../store/transactions.ts';
import { inTransactionWhenFree } from '../store/when-free.ts';
import { failpoint } from '../failpoints.ts';
import { describeValue } from '../workflow/errors.ts';
import { staysInRunner } from '../workflow/stays-in-runner.ts';
import { drawGraph, type Graph } from '../workflow/graph.ts';
import { Stopwatch, systemClock } from './clock.ts';
import { checkAmounts } from './amounts/check-amounts.ts';
import { checkConservation } from './conservation.ts';
import { demoOf, requireDemo } from './demo/demo-of.ts';
import { PretendedEffects } from './demo/pretended-effects.ts';
import { FileOfSteps, setCurrentStore } from './current-store.ts';
import { DurableWaits } from './durable-waits/durable-waits.ts';
import { StoredEffects } from './effects/stored-effects.ts';
import { cancelInPages } from './cancel-in-pages.ts';
import { asAsked, interpret, writeOutcome, writeRest, type Outcome } from './outcome.ts';
import { runEndHook } from './end-hooks.ts';
import { checkPayload } from './payload.ts';
import { checkResumable, refusePart } from './resumable.ts';
import { planContinuation, prepareRerun } from './rerun/rerun.ts';
import type { NodeAnswers } from './changed-nodes/answers.ts';
import type { ItemPlace, RerunReport, RerunRequest } from './rerun/request.ts';
import {
  goesWithoutText,
  hasItemsToGoWithout,
  itemsToGoWithout,
  MOST_ROUNDS,
  nodesThatGoWithout,
} from './items/go-without.ts';
import { durabilityOf, takeUp, useDurability, type Begun, type SessionBefore, type TakingUp } from './take-up.ts';
import type { Replacements } from './replacements.ts';
import { Run } from './run.ts';
import { RunFacts } from './run-facts.ts';
import type { LogListener } from './run-log.ts';
import type { BatchListener } from './run-progress.ts';
import { countsOf, type RunSummary } from '../../common/run-summary.ts';
import { RunSubflows } from './subflow/run-subflows.ts';
import { startHeartbeat } from './heartbeat.ts';
import { Coordinator } from './workers/coordinator.ts';
import { StoreServer } from './workers/store-server.ts';
import { whyOver } from './workers/why-over.ts';
import { asSpanError, RunSpans } from './telemetry/run-spans.ts';
import type { Telemetry } from './telemetry/span.ts';
import type { StartWorker } from './workers/workers.ts';
import type { WorkerCount } from '../../common/workers.ts';
import { WaitStore } from '../store/wait-store.ts';
import { WalWatch } from '../store/wal-watch.ts';

/** What a process needs to execute a run. */
export interface RunEnvironment extends TakingUp {
  readonly storeFile: string;
  /** How long steps in flight may go on after a stop, in milliseconds. @default 5000 */
  readonly graceMs?: number;
  /** How long another program may hold the store, in milliseconds. @default 15000 */
  readonly busyTimeoutMs?: number;
  /** How much may happen before the run's tally is written again. */
  readonly tallyLimits?: TallyLimits;
  readonly onLog?: LogListener;
  readonly onBatch?: BatchListener | undefined;
  /** The run is writing its end, page by page: it needs its time, and is well. */
  readonly onEnding?: () => void;
  /** Starts a process that executes batches. Without it, this process executes all of them. */
  readonly startWorker?: StartWorker | undefined;
  /** How many processes execute the batches of nodes that say nothing of workers. */
  readonly workers?: WorkerCount | undefined;
  /** Whether steps with a `cache` are given outputs of earlier runs. A re-run executes them. @default true */
  readonly readsCache?: boolean | undefined;
  /** What is executed in the place of what the workflow says. */
  readonly replacements?: Replacements | undefined;
  /** Where the user's project traces what happens. */
  readonly telemetry?: Telemetry | undefined;
  /** The workflow of an id that a step is to run. @default There are no others */
  readonly otherWorkflow?: ((id: string) => OtherWorkflow | undefined | Promise<OtherWorkflow | undefined>) | undefined;
  /** The process does nothing but execute this run. */
  readonly isOwnProcess?: boolean;
  /** Called before any of the author's code runs: what that logs at once belongs to the run. */
  readonly onBegin?: (run: Run) => void;
}

/** A workflow that a step of another one can run. */
export interface OtherWorkflow {
  readonly definition: Definition;
  /** The file that is loaded to execute it. */
  readonly file: string;
  readonly startWorker?: StartWorker | undefined;
}

/** How a run is started that is a part of another one. */
export interface SubflowStart {
  readonly demo: boolean;
  /** The step that starts it. */
  readonly link: NewSubflow;
  /** The last run of this step, where it has one: what that has done outside is done. */
  readonly before: number | undefined;
  /** In the transaction that creates it. @throws when the parent is another process's now */
  readonly check: () => void;
}

/** The session of this process that has set items aside by itself, which the next one follows: see `itemsToGoWithout`. */
interface RoundBefore extends SessionBefore {
  readonly run: Run;
  /** How often this process has done that. */
  readonly rounds: number;
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

/** Starts a new run. @throws PayloadError, WorkflowError, NotDataError; KeyTakenError when there is a run with the key */
export async function startRun(
  environment: RunEnvironment,
  workflowFile: string,
  payload: unknown,
  key?: string,
): Promise<RunInProgress> {
  return await start(environment, workflowFile, payload, { key, demo: false });
}

/** Starts a demo, with the payload that its workflow names for that. @throws PayloadError, WorkflowError, NotDataError */
export async function startDemo(environment: RunEnvironment, workflowFile: string): Promise<RunInProgress> {
  const { payload } = requireDemo(environment.definition);
  return await start(environment, workflowFile, payload ?? {}, { key: undefined, demo: true });
}

async function start(
  environment: RunEnvironment,
  workflowFile: string,
  payload: unknown,
  {
    key,
    demo,
    subflow,
  }: { readonly key?: string | undefined; readonly demo: boolean; readonly subflow?: SubflowStart },
): Promise<RunInProgress> {
  const { db, definition } = environment;
  const stopwatch = new Stopwatch(environment.clock ?? systemClock);
  const now = stopwatch.startedAt;
  const graph = drawGraph(definition);
  const text = encode(await checkPayload(definition, payload), 'payload');
  const durability = durabilityOf(environment);
  useDurability(environment, durability);
  const given = definition.payload ? encode(payload, 'payload') : text;
  const begun = await inTransactionWhenFree(db, () => {
    if (key !== undefined) checkKeyFree(db, key);
    subflow?.check();
    const id = createRun(db, {
      workflow: definition.id,
      name: definition.name,
      file: workflowFile,
      payload: text,
      givenPayload: given === text ? null : given,
      graph: JSON.stringify(graph),
      startedAt: now,
      durability,
      key,
      demo,
    });
    if (subflow) {
      linkSubflow(db, id, subflow.link);
      inheritState(db, subflow.link.run, id);
      if (subflow.before !== undefined) inheritEffects(db, subflow.before, id);
    }
    const lease = Lease.take(db, id, now);
    const session = beginSession(db, id, {
      kind: 'start',
      code: environment.code,
      onQueue: environment.remoteWorkers !== undefined,
      now,
    });
    failpoint('taking-up');
    return { lease, session, stopwatch, activeBefore: 0 };
  });
  return work(environment, graph, begun);
}

/** Starts a run that is a part of another one. @throws PayloadError, WorkflowError, NotDataError */
async function startSubflow(
  environment: RunEnvironment,
  workflowFile: string,
  payload: unknown,
  subflow: SubflowStart,
): Promise<RunInProgress> {
  return await start(environment, workflowFile, payload, { demo: subflow.demo, subflow });
}

/**
 * Resumes a run that was interrupted or paused. @throws RunStateError, RunTakenError, WorkflowError, ChangedNodesError
 */
export async function resumeRun(
  environment: RunEnvironment,
  id: number,
  answers: NodeAnswers = {},
): Promise<RunInProgress> {
  const { db } = environment;
  if (!environment.isSubflow) refusePart(db, id);
  const graph = drawGraph(environment.definition);
  const begun = await takeUp(environment, id, {
    kind: 'resume',
    graph,
    check: checkResumable,
    plan: ({ graph: before }) => planContinuation(db, id, answers, { before: parseStoredGraph(before), now: graph }),
  });
  return work(environment, graph, begun);
}

/**
 * Re-runs batches of a run, and continues with the run when they succeed. @throws RunStateError, RunTakenError,
 * RerunError, WorkflowError, ChangedNodesError
 */
export async function rerunRun(environment: RunEnvironment, id: number, request: RerunRequest): Promise<RunInProgress> {
  return await rerunAfter(environment, id, request, undefined);
}

async function rerunAfter(
  environment: RunEnvironment,
  id: number,
  request: RerunRequest,
  after: RoundBefore | undefined,
): Promise<RunInProgress> {
  const { db } = environment;
  const graph = drawGraph(environment.definition);
  const begun = await takeUp(environment, id, {
    kind: 'rerun',
    graph,
    note: JSON.stringify(request),
    plan: ({ graph: before }) => prepareRerun(db, id, request, { before: parseStoredGraph(before), now: graph }),
    after,
  });
  return work({ ...environment, readsCache: false }, graph, begun, after);
}

function work(
  environment: RunEnvironment,
  graph: Graph,
  { lease, session, stopwatch, activeBefore, report }: Begun,
  after?: RoundBefore,
): RunInProgress {
  failpoint('taken-up');
  const { db, definition, storeFile } = environment;
  if (environment.isOwnProcess) setCurrentStore(new FileOfSteps(storeFile));
  const clock = environment.clock ?? systemClock;
  const graceMs = environment.graceMs ?? 5000;
  const row = requireRun(db, lease.run);
  const keyBase = keyBaseOf(db, row.id);
  let failure: { readonly error: unknown } | undefined;
  const fileIdentity = new StoreFileIdentity(storeFile);
  const logSync = new LogSync(storeFile);
  const journal = new Journal(db, storeFile, {
    busyTimeoutMs: environment.busyTimeoutMs,
    fence: () => lease.check(),
    isBusy: () => run.inFlight.executing > 0 || run.workers?.isBusy === true,
    beforeCommit: () => run.writer.writeTallyIfDue(() => run.openWork.stored(run.numbering.lastScope)),
    // With 'full', each commit is on the disk already.
    onCommit: row.durability === 'normal' ? () => logSync.committed() : undefined,
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
  const spans =
    environment.telemetry &&
    new RunSpans(environment.telemetry, { run: row.id, uid: row.uid, session, workflow: row.workflow });
  const demo = row.demo === 1 ? demoOf(definition, hasBeenRerun(db, row.id)) : undefined;
  const goingWithout = nodesThatGoWithout(graph);
  const rounds = after?.rounds ?? 0;
  const toGoWithout = () => (rounds < MOST_ROUNDS ? itemsToGoWithout(db, row.id, goingWithout) : []);
  const stored = new RunReader(db, row.id);
  const run = new Run({
    journal,
    clock,
    stopwatch,
    activeBefore,
    facts: new RunFacts({ ...row, keyBase }),
    writer: new RunWriter(db, row.id, session, environment.tallyLimits),
    stored,
    effects: owner => {
      const effects = new StoredEffects(owner, new EffectStore(db, row.id, session));
      return demo ? new PretendedEffects(effects) : effects;
    },
    demo,
    // A demo executes what it shows, and a test what it tests.
    cache:
      demo || environment.replacements
        ? undefined
        : { code: environment.code.hash, reads: environment.readsCache ?? true },
    waits: owner => new DurableWaits(owner, new WaitStore(db, row.id), journal, environment.isSubflow === true),
    subflows: owner =>
      new RunSubflows({
        run: owner,
        id: row.id,
        lease,
        environment,
        durability: row.durability,
        demo: row.demo === 1,
        begin: { start: startSubflow, resume: resumeRun, rerun: rerunRun },
      }),
    graceMs,
    goesWithout: () => rounds < MOST_ROUNDS && hasItemsToGoWithout(db, row.id, goingWithout),
    dialBefore: after?.run.concurrency,
    tallyLimits: environment.tallyLimits,
    onLog: environment.onLog,
    onBatch: environment.onBatch,
    replacements: environment.replacements,
    spans,
  });
  // A demo has one process: what it does to its steps, it does here.
  const workers = environment.remoteWorkers ?? environment.startWorker;
  if (workers && !demo)
    run.workers = new Coordinator({
      run,
      stored,
      effects: new EffectStore(db, row.id, session),
      store: new StoreServer({ db, run: row.id, clock, steps: new FileOfSteps(storeFile) }),
      workers,
      code: environment.code.hash,
      staysHere: path => staysInRunner(graph, path),
      graceMs,
      row: { ...row, keyBase },
      count: environment.workers,
    });
  // For whoever looks at the run later and asks why it went faster from then on.
  const stopNoting = run.concurrency.onChange((path, concurrency) => {
    const at = clock.now();
    journal.write(() => run.writer.concurrency(path, concurrency, at));
  });
  const outputOf = ({ output }: Outcome) => (output === undefined ? undefined : decodeOutput(db, row.id, output));
  /** The items that the next session goes without: the run has not ended then. */
  let without: readonly ItemPlace[] = [];
  const end = async (): Promise<RunSummary> => {
    const startedAt = clock.elapsed();
    /** Why its workers end. */
    let why: string | undefined;
    const stopHeartbeat = startHeartbeat(run, stored, lease, fileIdentity, new WalWatch(db, storeFile));
    try {
      const outcome = asAsked(db, row.id, await interpret(run, stored, definition, graph, session));
      await run.subflows?.ended();
      if (failure) throw failure.error;
      if (outcome.status === 'completed') {
        checkConservation(run.progress.values());
        checkAmounts(stored.amounts());
      }
      failpoint('before-end');
      run.effects.close();
      if (outcome.status === 'cancelled') await cancelInPages(environment, journal, lease, outcome.reason ?? '');
      if (outcome.status === 'failed') without = toGoWithout();
      const presented = outcome.status === 'completed' ? presentedIn(run, definition, () => outputOf(outcome)) : null;
      let written = outcome;
      journal.write(() => {
        fileIdentity.check();
        written = asAsked(db, row.id, outcome);
        run.workers?.writeEnd();
        if (without.length > 0) writeRest(db, run, row.id);
        else {
          writeOutcome(db, { run, id: row.id, session }, written, written.status === 'completed' ? presented : null);
          lease.release();
        }
        failpoint('in-end');
      });
      await journal.committed();
      failpoint('after-end');
      const { status, reason, error } = written;
      why = whyOver(status, without.length > 0);
      spans?.end(status, error);
      const counts = countsOf(run.progress.values());
      let output: { readonly value: unknown } | undefined;
      return {
        run: row.id,
        workflow: row.workflow,
        ...(row.key !== null && { key: row.key }),
        status,
        reason,
        error,
        ...counts,
        ...(row.demo === 1 && { demo: true as const }),
        steps: { executed: run.progress.steps.executed },
        state: run.state.toObject(),
        // Read when it is asked for: of a large array, that takes as much memory again.
        get output() {
          return (output ??= { value: outputOf(written) }).value;
        },
        durationMs: clock.elapsed() - startedAt,
      };
    } catch (error) {
      spans?.end('interrupted', asSpanError(error));
      throw error;
    } finally {
      stopNoting();
      journal.rest();
      logSync.close();
      run.stopping.end();
      run.workers?.close(why);
      stopHeartbeat();
    }
  };
  /** Begins the re-run without the items at fault that are set aside by themselves. */
  const withoutItems = async (): Promise<RunInProgress> => {
    const request: RerunRequest = { batches: [], setAside: { items: without, at: clock.now() } };
    const next = await rerunAfter(environment, row.id, request, { lease, session, run, rounds: rounds + 1 });
    // What its steps have started may still say something.
    run.log.continueWith(next.run.journal);
    next.run.log.add({ at: clock.now(), level: 'warn', text: goesWithoutText(without.length) }, undefined);
    // Whoever stopped the run meanwhile had only this one to stop.
    if (run.stopping.stop) next.run.stopping.request(run.stopping.stop);
    return next;
  };
  /** What this process has done is both. */
  const goOn = async (next: RunInProgress, before: RunSummary): Promise<RunSummary> => {
    const after = await next.done;
    return {
      ...after,
      steps: { executed: before.steps.executed + after.steps.executed },
      durationMs: before.durationMs + after.durationMs,
    };
  };
  const done = async (): Promise<RunSummary> => {
    const summary = await end();
    if (without.length > 0) return await goOn(await withoutItems(), summary);
    // The run belongs to nobody any more: what is logged from now on is added to it without its lease.
    run.log.continueWith({ write: work => inTransaction(db, work) });
    // A hook tells the world outside.
    if (!demo) await runEndHook(run, definition.hooks, summary);
    return summary;
  };
  environment.onBegin?.(run);
  return { id: row.id, run, owner: lease.owner, report, done: done() };
}

/** What its author says of what it has come to, as JSON. */
function presentedIn(run: Run, { present }: Definition, output: () => unknown): string | null {
  if (!present) return null;
  const warn = (text: string) => run.log.add({ at: run.clock.now(), level: 'warn', text }, undefined);
  const presented = presentedBy(present, output(), warn);
  return presented ? JSON.stringify(presented) : null;
}
