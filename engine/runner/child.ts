import { existsSync } from 'node:fs';
import path from 'node:path';
import { installHooks, loadStored } from '../load/hooks.ts';
import { loadWorkflows, type LoadedFile, type SourceFile } from '../load/load.ts';
import { offerGc } from '../load/offer-gc.ts';
import { teachWorkerThreads } from '../load/worker-threads.ts';
import { systemClock } from '../run/clock.ts';
import { rerunRun, resumeRun, startDemo, type RunInProgress, type RunEnvironment } from '../run/execute.ts';
import { checkResumable } from '../run/resumable.ts';
import { refuseWorkersOfDemo, requireDemo } from '../run/demo/demo-of.ts';
import { checkWebhook } from '../run/payload.ts';
import type { Run } from '../run/run.ts';
import type { Telemetry } from '../run/telemetry/span.ts';
import { startOnce } from '../run/start-once.ts';
import { endWhatWaitsForEver } from '../run/starved.ts';
import { isDurability, strongest, type Durability } from '../../common/durability.ts';
import { countsOf, type RunSummary } from '../../common/run-summary.ts';
import { decode } from '../store/codec.ts';
import { sourcesOfVersion } from '../store/code-versions.ts';
import { RunTakenError } from '../store/leases.ts';
import { hasMoreToSay } from '../store/more-to-say.ts';
import { LEASE_MS } from '../store/owner-watch.ts';
import { openStore, openToLook, storeError, type StoreDatabase } from '../store/open.ts';
import { requireRun } from '../store/runs.ts';
import type { OpenRemoteWorkers } from '../remote/open-remote-workers.ts';
import { drawGraph } from '../workflow/graph.ts';
import { debugRunner } from '../debug.ts';
import { ownFile } from '../own-file.ts';
import { workerProcesses } from './worker-parent.ts';
import { showPathsFrom } from '../paths.ts';
import type { Definition } from '../workflow/nodes.ts';
import { takeDefinitions, whileLoading } from '../workflow/registry.ts';
import { ChoiceError, chooseWorkflow } from './choose-workflow.ts';
import { StatusThrottle } from './status-throttle.ts';
import { forgetCompileCache } from './compile-cache.ts';
import { captureConsole } from './console.ts';
import { crashWhereAsked } from './crash.ts';
import { hasStartedProcesses, killGroup, noteStartedProcesses } from './group.ts';
import { guardProcess } from './guards.ts';
import { keepHeapSmall } from './heap.ts';
import { OtherWorkflows } from './other-workflows.ts';
import { LogThrottle } from './log-throttle.ts';
import { openTelemetryOf } from './opentelemetry.ts';
import { whereIsFile } from './moved-file.ts';
import { ParentChannel } from './parent-channel.ts';
import { toDefect, toProblem } from './problem.ts';
import { serveProbes, type ProbeServer } from './probe/serve-probes.ts';
import { moduleVariablesText, withModuleVariables } from './tell-module-variables.ts';
import type { FromRunner, ProbeTask, RunnerTask, ToRunner } from './protocol.ts';

/*
 * The runner: a process of its own for one run. It loads the author's file, runs the workflow and writes the journal
 * itself, so that nothing is lost when the process that started it ends.
 */

type RunTask = Exclude<RunnerTask, { kind: 'inspect' | 'probe' }>;

const PROGRESS_EVERY_MS = 100;
const WAIT_FOR_OWNER_MS = 5_000;
const WAIT_FOR_WORKERS_MS = 1_000;
const now = () => systemClock.now();

let run: Run | undefined;
let probes: ProbeServer | undefined;
let telemetry: Telemetry | undefined;
let remote: OpenRemoteWorkers | undefined;
/** That of the run. */
let store: StoreDatabase | undefined;
let sources: readonly SourceFile[] = [];
const parent = new ParentChannel<FromRunner>((message, done) => process.send?.(message, () => done()));

const batches = new StatusThrottle(changes => tell({ type: 'batches', changes }), parent.hasRoom);
const logs = new LogThrottle(batch => tell({ type: 'logs', ...batch }), parent.hasRoom);
/** Before there is a run, what the file logs while it loads is only passed on. */
const say: Parameters<typeof captureConsole>[0] = (line, attempt) => {
  // This process may execute several runs: a part of one is a run, too.
  const log = attempt?.log ?? run?.log;
  if (log) log.add(line, attempt);
  else logs.add(line, undefined);
};
// Taken before the author's code can replace it.
const exit = process.exit.bind(process);

// Electron needed it to start us as a Node; a program made with Electron that a step starts would become a Node, too.
delete process.env.ELECTRON_RUN_AS_NODE;
forgetCompileCache();
showPathsFrom(process.cwd());
crashWhereAsked();
// The shell that main.ts has started is not one of those that steps start.
noteStartedProcesses();
captureConsole(say, now);
guardProcess(say, now);
offerGc();
installHooks({ engineUrl: ownFile('engine/index').href });
teachWorkerThreads();

process.on('message', (message: ToRunner) => {
  if (message.type === 'task') void dispatch(message.task);
  else if (message.type === 'concurrency') run?.concurrency.set(message.node, message.value);
  else if (message.type === 'stop') stop(message);
  else probes?.ask(message);
});
// The process that started this run is gone, and nobody else could stop it: end at the next checkpoints, to be resumed.
process.on('disconnect', () =>
  stop({ type: 'stop', as: 'interrupted', reason: 'the process that started it is gone' }),
);

function stop(message: Extract<ToRunner, { type: 'stop' }>): void {
  debugRunner('told to stop as %s: %s', message.as, message.reason);
  // A probe keeps nothing: there is nothing to end in order.
  if (run && !probes) run.stopping.request(message);
  // Nothing of it is stored yet, and loading may take long.
  else leave(3);
}

async function dispatch(task: RunnerTask): Promise<void> {
  debugRunner('task: %s', task.kind);
  try {
    if (task.kind === 'inspect') await inspect(task);
    else if (task.kind === 'probe') await probe(task);
    else await execute(task);
  } catch (error) {
    const known = task.kind === 'inspect' ? error : storeError(task.store, error);
    tell({ type: 'refused', problem: toProblem(known, sources) ?? toDefect(known) });
  }
  logs.flush();
  await parent.sent;
  await written();
  closeStore();
  leave(0);
}

/**
 * Ends this process and whatever its steps have started: it leads a process group. The parent does that too, but may be killed at
 * this moment.
 */
function leave(code: number): never {
  debugRunner('leave with code %d', code);
  if (!process.connected || hasStartedProcesses()) killGroup(process.pid);
  return exit(code);
}

/** Whoever closes a store last moves its log into it. That is this process, where the one that started it need not look into it. */
function closeStore(): void {
  try {
    store?.close();
  } catch (error) {
    // A step that nobody waits for is still reading from it: the next process that opens the store moves its log.
    debugRunner('the store stays open: %s', error);
  }
}

async function inspect({ file, workflow }: Extract<RunnerTask, { kind: 'inspect' }>): Promise<void> {
  const { others, chosen } = await load(file, loaded =>
    workflow === undefined ? loaded.workflows : [chooseWorkflow(loaded, workflow)],
  );
  const { loaded, also } = others;
  tell({
    type: 'inspected',
    graphs: chosen.map(definition => withModuleVariables(drawGraph(definition), loaded.sources)),
    files: loaded.sources.map(source => source.path),
    code: loaded.codeHash,
    also: also.length,
  });
}

async function probe(task: ProbeTask): Promise<void> {
  const db = openToLook(task.store);
  const row = requireRun(db, task.run);
  if (task.version) loadStored(sourcesOfVersion(db, task.version));
  const { definition, loaded } = await loadChosen(task.file ?? whereIsFile(row, task.store), row.workflow);
  probes = serveProbes({
    db,
    definition,
    code: loaded.codeHash,
    file: loaded.file,
    files: loaded.sources.map(source => source.path),
    run: task.run,
    refuse: error => tell({ type: 'refused', problem: toProblem(error, sources) ?? toDefect(error) }),
    tell,
    told: () => parent.sent,
    onBegin: begun => {
      run = begun;
    },
  });
  tell({ type: 'loaded' });
  await probes.done;
}

async function execute(task: RunTask): Promise<void> {
  // Load the file first: when it has a mistake, no store is created.
  const begun = task.kind === 'start' || task.kind === 'demo' ? await begin(task) : await continueRun(task);
  tell({
    type: 'started',
    run: begun.id,
    uid: begun.run.facts.uid,
    owner: begun.owner,
    demo: begun.run.demo !== undefined,
    graph: begun.graph,
    file: begun.file,
    report: begun.report,
    isResumed: begun.isResumed,
  });
  const tellProgress = () => {
    // Another one where the batches run again without items of theirs.
    const { progress, clock } = run ?? begun.run;
    tell({ type: 'progress', counts: countsOf(progress.values()), steps: progress.steps.all(clock.now()) });
  };
  const timer = setInterval(() => {
    if (parent.hasRoom()) tellProgress();
  }, PROGRESS_EVERY_MS).unref();
  const summary = await whileSomethingIsLeft(begun).finally(() => clearInterval(timer));
  batches.flush();
  tellProgress();
  logs.flush();
  await telemetry?.flush();
  await remote?.close();
  const isAll = summary.status === 'completed' && store !== undefined && !hasMoreToSay(store, summary.run);
  tell({ type: 'ended', summary: withoutValues(summary), isAll });
}

/** What a run has come to may be large. It is not even read here: its parent has the store. */
function withoutValues(summary: RunSummary): Omit<RunSummary, 'state' | 'output'> {
  const { state: _state, output: _output, ...others } = Object.getOwnPropertyDescriptors(summary);
  return Object.defineProperties({}, others) as Omit<RunSummary, 'state' | 'output'>;
}

/**
 * Waits for the end of a run, but not for what never comes. The channel to the parent and timers of ours do not count as
 * something left to do; while others do, messages still arrive.
 */
async function whileSomethingIsLeft({ run: begun, done }: RunInProgress): Promise<RunSummary> {
  const onIdle = () => {
    const current = run ?? begun;
    // What comes over a queue keeps no process alive: see openRemoteWorkers.
    if (remote && current.workers?.isBusy) setTimeout(() => undefined, WAIT_FOR_WORKERS_MS);
    else endWhatWaitsForEver(current);
  };
  process.on('beforeExit', onIdle);
  process.channel?.unref();
  try {
    return await done;
  } finally {
    process.off('beforeExit', onIdle);
    process.channel?.ref();
  }
}

interface Begun extends RunInProgress {
  readonly graph: ReturnType<typeof drawGraph>;
  readonly isResumed?: boolean;
  readonly file: string;
}

async function begin(task: Extract<RunnerTask, { kind: 'start' | 'demo' }>): Promise<Begun> {
  const chosen = await loadChosen(task.file, task.workflow);
  const { definition, loaded } = chosen;
  const graph = drawGraph(definition);
  // Before a store is created for it.
  if (task.kind === 'demo') requireDemo(definition);
  const given = task.kind === 'start' ? decode(task.payload) : undefined;
  // Before a store is created for it.
  const payload =
    task.kind === 'start' && task.webhook !== undefined ? await checkWebhook(definition, task.webhook, given) : given;
  await openQueueOf(chosen, task);
  const worker = workerFor(chosen, task, 'create');
  // It may have to wait for a process that may be gone.
  if (task.kind === 'start' && task.key !== undefined) tell({ type: 'loaded' });
  const started = await (task.kind === 'demo'
    ? startDemo(worker, loaded.file)
    : startOnce(worker, loaded.file, payload, task.key));
  return { ...started, graph, file: loaded.file };
}

async function continueRun(task: Extract<RunnerTask, { kind: 'resume' | 'rerun' }>): Promise<Begun> {
  const db = openStore(task.store, { mode: 'write' });
  const row = requireRun(db, task.run);
  if (task.kind === 'resume') checkResumable(row);
  refuseWorkersOfDemo(row, task.workers);
  db.close();
  const chosen = await loadChosen(task.file ?? whereIsFile(row, task.store), row.workflow);
  const { definition, loaded } = chosen;
  const graph = drawGraph(definition);
  await openQueueOf(chosen, task);
  const worker = workerFor(chosen, task, 'write');
  tell({ type: 'loaded' });
  const taken = await onceFree(() =>
    task.kind === 'resume' ? resumeRun(worker, task.run, task.answers) : rerunRun(worker, task.run, task.request),
  );
  return { ...taken, graph, file: loaded.file };
}

/** An owner that is about to end may need a moment; and whether one is there at all may take longer to find out. */
async function onceFree<T>(take: () => Promise<T>): Promise<T> {
  let hasTold = false;
  for (let deadline = performance.now() + WAIT_FOR_OWNER_MS; ;) {
    try {
      return await take();
    } catch (error) {
      if (!(error instanceof RunTakenError)) throw error;
      if (error.isCertain && performance.now() > deadline) throw error;
      if (!error.isCertain) deadline = performance.now() + WAIT_FOR_OWNER_MS;
      if (!error.isCertain && !hasTold) {
        hasTold = true;
        const text = `Run ${error.run} was being worked on by process ${error.pid}, which cannot be seen from here: waiting up to ${LEASE_MS / 1000} s for a sign of life.`;
        logs.add({ at: now(), level: 'warn', text }, undefined);
      }
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }
}

/** Before a store is created for it. Its client is loaded where there is a queue, and by nobody else. */
async function openQueueOf({ definition, loaded }: Chosen, { queue }: RunTask): Promise<void> {
  if (!queue) return;
  const { openRemoteWorkers } = await import('../remote/open-remote-workers.ts');
  const of = { workflow: definition.id, code: loaded.codeHash, folder: path.dirname(loaded.file) };
  remote = await openRemoteWorkers(queue, of);
}

function workerFor({ loaded, definition, others }: Chosen, task: RunTask, mode: 'create' | 'write'): RunEnvironment {
  const { store: storeFile, durability, workers } = task;
  const startWorker = (workflow: string) =>
    workerProcesses({ file: loaded.file, workflow, store: storeFile, also: others.also });
  const everywhere = durabilityEverywhere();
  const hasWorkers = remote !== undefined || workers !== undefined;
  const warning =
    task.kind === 'demo' ? undefined : moduleVariablesText(drawGraph(definition), loaded.sources, hasWorkers);
  let hasWarned = false;
  return {
    db: (store = openStore(storeFile, { mode })),
    storeFile,
    isOwnProcess: true,
    file: loaded.file,
    definition,
    durability: strongest(durability, everywhere),
    code: { hash: loaded.codeHash, sources: loaded.sources },
    onLog: (line, by) => logs.add(line, by),
    startWorker: startWorker(definition.id),
    remoteWorkers: remote?.workers,
    otherWorkflow: async id => {
      const found = await others.find(id);
      return found && { ...found, startWorker: startWorker(id) };
    },
    workers,
    readsCache: !('noCache' in task && task.noCache === true),
    telemetry: (telemetry = openTelemetryOf(loaded.file)),
    onBatch: batches.add,
    onEnding: () => tell({ type: 'ending' }),
    onBegin: begun => {
      run = begun;
      // Not again in the session that goes without some items.
      if (warning !== undefined && !hasWarned && !begun.demo)
        begun.log.add({ at: now(), level: 'warn', text: warning }, undefined);
      hasWarned = true;
    },
  };
}

/** What the environment asks of all runs. @throws ChoiceError */
function durabilityEverywhere(): Durability | undefined {
  const { CRONFLOW_DURABILITY: asked } = process.env;
  if (asked === undefined || asked === '' || isDurability(asked)) return asked || undefined;
  throw new ChoiceError(`CRONFLOW_DURABILITY is ${JSON.stringify(asked)}. It is normal or full.`);
}

/** The workflow that is meant, and those that it runs. */
interface Chosen {
  readonly definition: Definition;
  readonly loaded: LoadedFile<Definition>;
  readonly others: OtherWorkflows;
}

async function loadChosen(file: string, workflow: string | undefined): Promise<Chosen> {
  const { others, chosen } = await load(file, loaded => [chooseWorkflow(loaded, workflow)]);
  const [definition] = chosen;
  if (!definition) throw new Error(`${file} has no workflow.`);
  return { definition, others, loaded: others.loaded };
}

async function load(
  file: string,
  choose: (loaded: LoadedFile<Definition>) => readonly Definition[],
): Promise<{ readonly others: OtherWorkflows; readonly chosen: readonly Definition[] }> {
  // The same wherever it is started from, and in the Studio: paths in the file mean files beside it.
  // A file that is not there is told by the loader.
  const folder = path.dirname(file);
  if (existsSync(folder)) process.chdir(folder);
  const loaded = await whileLoading(() => loadWorkflows(file, { takeDefinitions }));
  sources = loaded.sources;
  const chosen = choose(loaded);
  const others = new OtherWorkflows(loaded);
  try {
    await others.findFor(chosen);
  } finally {
    sources = others.loaded.sources;
  }
  keepHeapSmall();
  return { others, chosen };
}

/** What steps have written past `console` may still be in this process. */
async function written(): Promise<void> {
  await Promise.all(
    [process.stdout, process.stderr].map(stream => new Promise<void>(done => stream.write('', () => done()))),
  );
}

function tell(message: FromRunner): void {
  if (process.connected) parent.send(message);
}
