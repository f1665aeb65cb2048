import { existsSync } from 'node:fs';
import path from 'node:path';
import { countsAtRest } from '../../common/at-rest.ts';
import { noCounts } from '../../common/counts.ts';
import { failedBatches, type RunCounts } from '../../common/run-summary.ts';
import { storeReplaced } from '../../engine/store/file-identity.ts';
import type { FromRunner } from '../../engine/runner/protocol.ts';
import { encode } from '../../engine/store/codec.ts';
import type { Args, Problem, RerunReport, Result, RunItem } from '../api/api.ts';
import { checkOwnStore } from '../../engine/store/own-store.ts';
import { debugHost } from '../../engine/debug.ts';
import { hasCodeChanged } from '../../engine/load/code-changes.ts';
import { concurrencies } from './concurrencies.ts';
import type { Watcher } from './live-run.ts';
import { describeValue } from '../../engine/workflow/errors.ts';
import { failed, problemOf, succeeded } from '../api/outcomes.ts';
import type { FolderGuard } from '../trust/folder-guard.ts';
import { engineRequest } from './rerun-request.ts';
import type { RunMirror, MirrorEvents } from './run-mirror.ts';
import { OperationError, type Store } from '../store/store.ts';
import { StoreWatch } from './store-watch.ts';
import {
  supervise,
  type Beginning,
  type RunEnd,
  type RunTask,
  type SupervisedRun,
} from '../../engine/runner/supervisor.ts';
import { RunMirrors } from './mirrors.ts';

const ITEM_EVERY_MS = 500;
const MOST_QUEUED = 20;
/** More places than this say no more to a person; how many there are is told beside them. */
const MOST_PLACES = 10_000;

export interface RunsOptions {
  readonly store: Store;
  readonly guard: FolderGuard;
  readonly killAfterMs?: number | undefined;
  /** The one file of the workspace that defines a workflow of this id. */
  readonly fileOfWorkflow: (workflow: string) => string | undefined;
  readonly onItem: (item: RunItem) => void;
  readonly views: MirrorEvents;
}

/** A run that a runner of ours works on. */
interface OwnRun {
  readonly supervised: SupervisedRun;
  /** Paths of the batch nodes its workflow is drawn with. */
  readonly batchNodes: ReadonlySet<string>;
  /** Names it beyond its store. */
  readonly uid: string;
  item: RunItem;
  itemToldAt: number;
  /** Resolves when its end is on record and told. */
  over: Promise<void>;
}

/** Why there is nothing to resume, and what there is to do instead. */
const NOT_RESUMABLE = {
  running: 'is going on: there is nothing to resume. Pause or cancel it if it is to stop.',
  completed: 'has completed: there is nothing to resume. Re-run runs batches of it again.',
  failed: 'has failed, it was not interrupted: there is nothing to resume. Re-run tries what failed again.',
  cancelled: 'was cancelled: there is nothing to resume. Re-run goes on with it.',
} as const;

type RerunRequest = Args<'rerun'>['request'];

/** The runs of a workspace: those this host has started, and those that other processes work on. */
export class Runs {
  readonly #options: RunsOptions;
  readonly #store: Store;
  readonly #views: RunMirrors;
  readonly #watch: StoreWatch;
  readonly #own = new Map<number, OwnRun>();
  /** Processes that have been started, and in which no run goes on as yet. */
  readonly #starting = new Set<SupervisedRun>();
  /** Runs that are being taken up, and are not yet going on: each with what comes of that. */
  readonly #beginning = new Map<number, Promise<unknown>>();
  /** Resumes and re-runs that have been asked for, of which it is not known yet what comes of them. */
  readonly #asked = new Map<number, Set<Promise<unknown>>>();
  /** Re-runs that wait for the run to end. */
  readonly #queued = new Map<number, RerunRequest[]>();
  #closed = false;

  constructor(options: RunsOptions) {
    const { store, views, onItem } = options;
    this.#options = options;
    this.#store = store;
    this.#views = new RunMirrors(store, views);
    this.#watch = new StoreWatch({
      store,
      views: this.#views,
      onError: views.onError,
      own: () => [...this.#own.keys()],
      onItem: item => onItem(this.#withQueue(item)),
      onLook: () => this.#beginQueued(),
    });
  }

  /** Runs of this host that are going on. */
  live(): RunItem[] {
    return [...this.#own.values()].map(({ item }) => item);
  }

  /** What would be lost with the workspace: a run that is being started, or a re-run that waits. Undefined when there is nothing. */
  get pending(): string | undefined {
    if (this.#starting.size > 0)
      return 'A run is being started in this workspace. Wait until it goes on, and pause it, before you open another.';
    const [run] = this.#queued.keys();
    return run === undefined
      ? undefined
      : `A re-run of run ${run} waits in this workspace. Wait for it, or pause run ${run}, before you open another.`;
  }

  /** The items of a list, with those of this host's runs as they are now: the store learns of their end a moment before they are over. */
  withOwn(items: readonly RunItem[]): RunItem[] {
    return items.map(item => this.#withQueue(this.#own.get(item.run)?.item ?? item));
  }

  /** @throws OperationError when there is no such run */
  async watch(run: number): Promise<Watcher> {
    const watcher = await this.#views.watch(run);
    this.#watch.soon();
    return watcher;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#watch.close();
    this.#queued.clear();
    const starting = [...this.#starting];
    for (const supervised of [...starting, ...[...this.#own.values()].map(own => own.supervised)])
      supervised.stop('interrupted', 'Cronflow Studio was closed');
    await Promise.all(starting.map(({ done }) => done));
    await Promise.all([...this.#own.values()].map(({ over }) => over));
    this.#views.close();
  }

  // Beginning

  async start(file: string, workflow: string, payload: unknown): Promise<Result<'startRun'>> {
    let text: string;
    try {
      text = encode(payload, 'payload');
    } catch (error) {
      return failed(problemOf(error));
    }
    const begun = await this.#begin({ kind: 'start', file, workflow, store: this.#store.file, payload: text });
    return begun.ok ? succeeded({ run: begun.run.run }) : failed(begun.problem);
  }

  resume(run: number): Promise<Result<'resumeRun'>> {
    return this.#asking(run, () => this.#resume(run));
  }

  async #resume(run: number): Promise<Result<'resumeRun'>> {
    const status = this.#own.has(run) ? 'running' : (await this.#store.do('runItem', run)).status;
    if (status !== 'paused' && status !== 'interrupted')
      return failed(stateProblem(`Run ${run} ${NOT_RESUMABLE[status]}`));
    return await this.#takeUp(run, { kind: 'resume', run, store: this.#store.file, file: await this.#movedFile(run) });
  }

  /** Runs batches again: now, or when the run that goes on has ended. */
  async rerun(run: number, request: RerunRequest): Promise<Result<'rerun'>> {
    try {
      // What cannot be understood is refused now, not when its turn has come.
      engineRequest(request);
    } catch (error) {
      return failed(problemOf(error));
    }
    return await this.#asking(run, async () => {
      if (await this.#isGoingOn(run)) return await this.#queue(run, request);
      const begun = await this.#rerunNow(run, request);
      return begun.ok ? succeeded({ queued: false }) : begun;
    });
  }

  /** Notes that a run may be taken up by what is asked, from this moment until it is known. */
  async #asking<T>(run: number, work: () => Promise<T>): Promise<T> {
    const asked = work();
    const others = this.#asked.get(run) ?? new Set();
    this.#asked.set(run, others.add(asked));
    try {
      return await asked;
    } finally {
      others.delete(asked);
      if (others.size === 0) this.#asked.delete(run);
    }
  }

  async plan(run: number, request: RerunRequest): Promise<Result<'planRerun'>> {
    try {
      const { sources, nodes, ...report } = await this.#store.do('plan', { run, request: engineRequest(request) });
      const shown = nodes.map(({ path, batches, indices }) => ({
        path,
        batches,
        indices: indices.slice(0, MOST_PLACES),
      }));
      return succeeded({ ...report, nodes: shown, codeChanged: await hasCodeChanged(sources) } as RerunReport);
    } catch (error) {
      return failed(problemOf(error));
    }
  }

  async #rerunNow(run: number, request: RerunRequest): Promise<Result<'resumeRun'>> {
    const begun = await this.#takeUp(run, {
      kind: 'rerun',
      run,
      store: this.#store.file,
      file: await this.#movedFile(run),
      request: engineRequest(request),
    });
    const { concurrency, node } = request;
    if (!begun.ok || concurrency === undefined) return begun;
    const view = await this.#views.get(run);
    const paths = node === undefined ? (view?.feed.progress.nodes.map(({ path }) => path) ?? []) : [node];
    for (const path of paths) await this.setConcurrency(run, path, concurrency);
    return begun;
  }

  /** Where the workflow file of a run is, when it is not where it was and one of the workspace defines its workflow. */
  async #movedFile(run: number): Promise<string | undefined> {
    const { file, workflow } = await this.#store.do('runItem', run);
    return existsSync(path.resolve(this.#store.folder, file)) ? undefined : this.#options.fileOfWorkflow(workflow);
  }

  async #takeUp(run: number, task: RunTask): Promise<Result<'resumeRun'>> {
    if (this.#beginning.has(run))
      return failed(stateProblem(`Run ${run} is being taken up already. Wait until it goes on.`));
    const beginning = this.#begin(task);
    this.#beginning.set(
      run,
      beginning.catch(() => undefined),
    );
    try {
      const begun = await beginning;
      return begun.ok ? succeeded({}) : failed(begun.problem);
    } finally {
      this.#beginning.delete(run);
    }
  }

  async #begin(task: RunTask): Promise<Beginning> {
    if (this.#closed) return { ok: false, problem: { name: 'ClosedError', message: 'The workspace has been closed.' } };
    const linked = this.#problemOfStore();
    if (linked) return { ok: false, problem: linked };
    const { guard, killAfterMs, views } = this.#options;
    const refusal = guard.refusal();
    if (refusal) return { ok: false, problem: refusal };
    let view: Promise<RunMirror | undefined> | undefined;
    const toView = (tell: (view: RunMirror) => void) =>
      void view
        ?.then(opened => {
          if (opened) tell(opened);
        })
        .catch(views.onError);
    debugHost('begin: %s', task.kind);
    return await supervise({
      task,
      start: (runnerTask, events) => guard.startRunner(runnerTask, events),
      killAfterMs,
      onSpawned: supervised => {
        this.#starting.add(supervised);
        void supervised.done.then(() => this.#starting.delete(supervised));
      },
      onOutput: (text, stream) => toView(opened => opened.output(text, stream === 'stderr' ? 'warn' : 'info')),
      onStarted: (supervised, started) => {
        const own: OwnRun = {
          supervised,
          batchNodes: new Set(concurrencies(started.graph).keys()),
          uid: started.uid,
          item: firstItem(started),
          itemToldAt: -Infinity,
          over: Promise.resolve(),
        };
        this.#own.set(started.run, own);
        this.#starting.delete(supervised);
        view = this.#beginView(started.run, own);
        own.over = this.#untilEnd(started.run, own, view);
        return message => {
          toView(opened => opened.hear(message));
          if (message.type === 'progress') this.#progressed(own, message.counts);
        };
      },
    });
  }

  /** Whether the store may be written at all: the process that is started opens whatever it is given. */
  #problemOfStore(): Problem | undefined {
    const { folder, file } = this.#store;
    try {
      checkOwnStore(folder, path.relative(folder, file));
      return undefined;
    } catch (error) {
      return problemOf(error);
    }
  }

  /** Messages that come meanwhile wait in the promise's queue, in their order. */
  async #beginView(run: number, own: OwnRun): Promise<RunMirror | undefined> {
    try {
      const view = await this.#views.hold(run);
      const { endedAt: _, reason: __, ...item } = await this.#store.do('runItem', run);
      // A quick one may have ended by now; that is told when it is over.
      own.item = { ...item, status: 'running' };
      this.#tellItem(own.item);
      await view.begin();
      return view;
    } catch (error) {
      // A store that is gone is told of when the run has ended.
      if (!(error instanceof OperationError && error.defect === undefined)) this.#options.views.onError(error);
      return undefined;
    }
  }

  #progressed(own: OwnRun, { items, batches, nodes }: RunCounts): void {
    const now = performance.now();
    own.item = { ...own.item, items, batches, failedBatches: failedBatches(nodes), status: 'running' };
    if (now - own.itemToldAt < ITEM_EVERY_MS) return;
    own.itemToldAt = now;
    this.#tellItem(own.item);
  }

  // Ending

  async #untilEnd(run: number, own: OwnRun, beginning: Promise<RunMirror | undefined>): Promise<void> {
    const { supervised, uid } = own;
    const end = await supervised.done;
    debugHost('run %d: its process has ended (%s)', run, end.kind);
    try {
      if (!(await this.#store.do('holdsRun', { run, uid })))
        return await this.#endWithoutStore(run, own, end, beginning);
      if (end.kind === 'lost') {
        const { reason, owner, stop } = end;
        await this.#store.do('noteLoss', { run, reason, owner, stop });
      }
      const view = await beginning;
      this.#own.delete(run);
      await view?.end();
      this.#tellItem(await this.#store.do('runItem', run));
      if (view) this.#views.release(view);
    } catch (error) {
      this.#own.delete(run);
      if (!this.#closed) this.#options.views.onError(error);
    }
    this.#beginQueued();
  }

  /** The store has gone from under it: what is known of it here is all that can be told. */
  async #endWithoutStore(
    run: number,
    own: OwnRun,
    end: RunEnd,
    beginning: Promise<RunMirror | undefined>,
  ): Promise<void> {
    this.#own.delete(run);
    const reason = end.kind === 'lost' ? end.reason : storeReplaced(this.#store.file).message;
    const item: RunItem = {
      ...own.item,
      status: 'interrupted',
      reason,
      items: countsAtRest(own.item.items),
      batches: countsAtRest(own.item.batches),
      endedAt: Date.now(),
    };
    const view = await beginning;
    // Its own may not have come to begin before the store was gone.
    (view ?? (await this.#views.get(run)))?.endWithoutStore(item);
    this.#tellItem(item);
    if (view) this.#views.release(view);
    this.#beginQueued();
  }

  // Re-runs that wait

  async #queue(run: number, request: RerunRequest): Promise<Result<'rerun'>> {
    const queue = this.#queued.get(run) ?? [];
    if (queue.length >= MOST_QUEUED)
      return failed(
        stateProblem(
          `${queue.length} re-runs of run ${run} are waiting already. Wait for them, or pause the run: then they are dropped.`,
        ),
      );
    queue.push(request);
    this.#queued.set(run, queue);
    this.#tellItem(this.#own.get(run)?.item ?? (await this.#store.do('runItem', run)));
    return succeeded({ queued: true });
  }

  /** Begins the first of the re-runs of each run that nobody works on any more. */
  #beginQueued(): void {
    if (this.#closed) return;
    for (const [run, [request, ...others]] of this.#queued) {
      if (this.#own.has(run) || this.#beginning.has(run) || this.#watch.isLive(run)) continue;
      if (others.length > 0) this.#queued.set(run, others);
      else this.#queued.delete(run);
      if (request) void this.#beginWaiting(run, request);
    }
  }

  async #beginWaiting(run: number, request: RerunRequest): Promise<void> {
    try {
      const begun = await this.#rerunNow(run, request);
      if (begun.ok) return;
      if (begun.problem.name === 'RunTakenError' && !this.#closed) {
        // Another process was quicker: its turn comes when that has ended.
        this.#queued.set(run, [request, ...(this.#queued.get(run) ?? [])]);
        return;
      }
      // Nobody waits for the answer any more.
      this.#tellItem({ ...(await this.#store.do('runItem', run)), problem: begun.problem });
    } catch (error) {
      if (!this.#closed) this.#options.views.onError(error);
    }
    this.#beginQueued();
  }

  // While it goes on

  async stop(run: number, as: 'cancelled' | 'paused'): Promise<Result<'stopRun'>> {
    const reason = `${as === 'cancelled' ? 'cancelled' : 'paused'} in Cronflow Studio`;
    // While its process is being started there is nothing yet that could stop.
    await Promise.allSettled([...(this.#asked.get(run) ?? []), this.#beginning.get(run)]);
    // Whoever stops a run does not want it to be run again.
    this.#queued.delete(run);
    const own = this.#own.get(run);
    if (as === 'paused' && own?.supervised.stopping === 'cancelled')
      return failed(
        stateProblem(
          `Run ${run} is being cancelled: it cannot be paused any more. Re-run goes on with it when it has stopped.`,
        ),
      );
    own?.supervised.stop(as, reason);
    if (own && (as === 'paused' || own.supervised.stopping === 'cancelled')) return succeeded({});
    // It is being paused: what is left of it then is cancelled.
    await own?.over;
    try {
      if (await this.#store.do('askOwnerToStop', { run, as, reason })) return succeeded({});
      if (as === 'paused') return failed(await this.#notGoingOn(run, 'there is nothing to pause'));
      await this.#store.do('cancelAtRest', { run, reason });
      this.#tellItem(await this.#store.do('runItem', run));
      (await this.#views.get(run))?.noteWritten();
      this.#watch.soon();
      return succeeded({});
    } catch (error) {
      return failed(problemOf(error));
    }
  }

  async setConcurrency(run: number, node: string, concurrency: number): Promise<Result<'setConcurrency'>> {
    const own = this.#own.get(run);
    if (!own) return failed(await this.#notGoingOn(run, 'its concurrency cannot be changed'));
    if (
      !own.batchNodes.has(node) &&
      !(await this.#views.get(run))?.feed.progress.nodes.some(({ path }) => path === node)
    ) {
      return failed(
        stateProblem(
          `Run ${run} has no batch or forEach ${describeValue(node)}. Choose one of ${[...own.batchNodes].slice(0, 10).map(describeValue).join(', ') || 'those that have begun'}.`,
        ),
      );
    }
    own.supervised.setConcurrency(node, concurrency);
    (await this.#views.get(run))?.concurrencyChanged(node, concurrency);
    return succeeded({});
  }

  /** What cannot be done, since no process of ours works on the run; and what can. */
  async #notGoingOn(run: number, what: string): Promise<Problem> {
    const { status } = await this.#store.do('runItem', run);
    if (status === 'running')
      return stateProblem(
        `Another process works on run ${run}: ${what} from here. Pause or cancel it, or do it there.`,
      );
    return stateProblem(
      `Run ${run} is ${status}, it is not going on: ${what}. ${status === 'paused' || status === 'interrupted' ? 'Resume or cancel it.' : 'Re-run goes on with it.'}`,
    );
  }

  async #isGoingOn(run: number): Promise<boolean> {
    if (this.#own.has(run)) return true;
    return (await this.#store.do('runItem', run)).status === 'running';
  }

  #tellItem(item: RunItem): void {
    this.#options.onItem(this.#withQueue(item));
  }

  #withQueue(item: RunItem): RunItem {
    const queued = this.#queued.get(item.run)?.length ?? 0;
    return queued > 0 ? { ...item, queued } : item;
  }
}

function stateProblem(message: string): Problem {
  return { name: 'RunStateError', message };
}

/** What can be said of a run at once, before the store has been asked. */
function firstItem({ run, graph, file }: Extract<FromRunner, { type: 'started' }>): RunItem {
  return {
    run,
    workflow: graph.id,
    name: graph.name,
    file,
    status: 'running',
    items: noCounts(),
    batches: noCounts(),
    failedBatches: 0,
    startedAt: Date.now(),
    activeMs: 0,
  };
}
