import { installHooks } from '../load/hooks.ts';
import { loadWorkflows } from '../load/load.ts';
import { offerGc } from '../load/offer-gc.ts';
import { teachWorkerThreads } from '../load/worker-threads.ts';
import { systemClock } from '../run/clock.ts';
import { BatchExecutor } from '../run/workers/executor.ts';
import { WORKER_PROTOCOL, type Beginning, type FromWorker, type ToWorker } from '../run/workers/protocol.ts';
import type { StoreAnswer, StoreRequest } from '../run/workers/store-requests.ts';
import { toStoredError } from '../run/stored-error.ts';
import { drawGraph } from '../workflow/graph.ts';
import type { Definition } from '../workflow/nodes.ts';
import { takeDefinitions, whileLoading } from '../workflow/registry.ts';
import { ownFile } from '../own-file.ts';
import { OtherWorkflows } from './other-workflows.ts';
import { captureConsole } from './console.ts';
import { chooseWorkflow } from './choose-workflow.ts';
import { forgetCompileCache } from './compile-cache.ts';
import { killGroup } from './group.ts';
import { guardProcess } from './guards.ts';
import { keepHeapSmall } from './heap.ts';
import { endWithParent } from './orphan.ts';
import { toDefect } from './problem.ts';
import { askThroughPipe, PipeEnded } from './store-pipe.ts';
import { openWorkerStore } from './worker-store.ts';
import type { ToWorkerProcess, WorkerTask } from './worker-task.ts';

/*
 * A worker: a process that executes batches that the runner of a run hands to it, beside the runner or on another machine. It
 * loads the same file, reads the same store, or asks the runner for what is in it, and writes nothing.
 */

const BEAT_EVERY_MS = 1_000;

const now = () => (executor?.clock ?? systemClock).now();

let executor: BatchExecutor | undefined;
const told = Promise.withResolvers<Beginning>();
/** What comes before the file is loaded. */
const early: ToWorker[] = [];
// Taken before the author's code can replace them.
const exit = process.exit.bind(process);
const { channel } = process;

// What the file logs while it is loaded, its runner has logged already.
const say: Parameters<typeof captureConsole>[0] = (line, attempt) => executor?.log.add(line, attempt);

delete process.env.ELECTRON_RUN_AS_NODE;
forgetCompileCache();
// On other systems it is in the process group of the runner, and ends with that; that of another machine's run leads its own.
if (process.platform === 'win32') endWithParent();
captureConsole(say, now);
guardProcess(say, now);
offerGc();
installHooks({ engineUrl: ownFile('engine/index').href });
teachWorkerThreads();

process.on('message', (message: ToWorkerProcess) => {
  if (message.type === 'load') void begin(message.task);
  else if (message.type === 'begin') told.resolve(message.beginning);
  else if (executor) executor.hear(message);
  else early.push(message);
});
// The runner is gone. What it had not stored is executed again by whoever resumes the run.
process.on('disconnect', leave);
process.on('beforeExit', () => executor?.starve());

async function begin(task: WorkerTask): Promise<void> {
  if (task.store === undefined) endWithParent();
  try {
    const { definition, code } = await load(task);
    const beginning = await told.promise;
    tell({ type: 'ready', protocol: WORKER_PROTOCOL, code });
    const made = new BatchExecutor({
      definition,
      openStore: askLater => openWorkerStore(task.store, beginning.run.id, { now: ask, later: askLater }),
      beginning,
      send: tell,
      onWaiting: hold,
      onDefect: fail,
    });
    executor = made;
    for (const message of early.splice(0)) made.hear(message);
    // It keeps no process alive in which nothing else is left to do.
    beat();
    setInterval(beat, BEAT_EVERY_MS).unref();
  } catch (error) {
    tell({ type: 'refused', reason: toStoredError(error).message });
  }
}

async function load({ file, workflow, also }: WorkerTask): Promise<{ definition: Definition; code: string }> {
  const loaded = await whileLoading(() => loadWorkflows(file, { takeDefinitions }));
  const others = new OtherWorkflows(loaded);
  for (const other of also ?? []) await others.load(other);
  const definition = (await others.find(workflow))?.definition ?? chooseWorkflow(loaded, workflow);
  if (!also) await others.findFor([definition]);
  // As in the runner: bodies are called once to be drawn, and what they note then is noted here, too.
  drawGraph(definition);
  keepHeapSmall();
  return { definition, code: others.loaded.codeHash };
}

/** Asks for something in the store, and waits for it with all steps of this process. */
function ask(request: StoreRequest): StoreAnswer {
  try {
    return askThroughPipe(request);
  } catch (error) {
    // As with the channel.
    if (error instanceof PipeEnded) return leave();
    throw error;
  }
}

/** Ends what its steps have started, too, where it leads a process group: for a run on another machine nobody else is left to do it. */
function leave(): never {
  killGroup(process.pid);
  return exit(0);
}

/** Its batches go to another worker; one that brings each of them to this fails, with this for its reason. */
function fail(error: unknown): void {
  process.stderr.write(`${toDefect(error).message}\n`, () => exit(1));
}

/** While a step is at work and nothing else is awaited, only what the step does keeps the process alive. */
function hold(isWaiting: boolean): void {
  if (isWaiting) channel?.ref();
  else channel?.unref();
}

function beat(): void {
  tell({ type: 'beat', memoryBytes: process.memoryUsage.rss() });
}

function tell(message: FromWorker): void {
  if (process.connected) process.send?.(message, () => undefined);
}
