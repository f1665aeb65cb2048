import type { AskedStop } from '../../common/status.ts';
import { encode } from '../../engine/store/codec.ts';
import type { Args, ListedRun, NodeAnswers, Problem, Result, RunItem } from '../api/api.ts';
import { failed, isForeseen, problemOf, stateProblem, succeeded } from '../api/outcomes.ts';
import { OperationError, type Store } from '../store/store.ts';
import type { FolderGuard } from '../trust/folder-guard.ts';
import type { CodeOfRun } from '../workspace/code-of-run.ts';
import { Answers } from './answers.ts';
import { Climbs } from './climbs.ts';
import type { EngineRequestOf } from './engine-request.ts';
import { EndNotices } from './end-notices.ts';
import { OwnRuns } from './own-runs.ts';
import { PendingRequests } from './pending-requests.ts';
import { RerunQueue, type RerunRequest } from './rerun-queue.ts';
import type { OfferedQueue } from './run-queue.ts';
import { RunControls } from './run-controls.ts';
import type { MirrorEvents } from './run-mirror.ts';
import { RunMirrors } from './run-mirrors.ts';
import { planRerun, planResume } from './run-plans.ts';
import { RunStarter } from './run-starter.ts';
import { StoreWatch } from './store-watch.ts';
import { TakeUp } from './take-up.ts';
import type { Watcher } from './watcher.ts';

export interface RunsOptions {
  readonly store: Store;
  readonly guard: FolderGuard;
  readonly killAfterMs?: number | undefined;
  /** Over which workers on other machines are found. */
  readonly queue?: (() => OfferedQueue | undefined) | undefined;
  /** The one file of the workspace that defines a workflow of this id. */
  readonly fileOfWorkflow: (workflow: string) => string | undefined;
  /** The workflow of a run as its file is now. */
  readonly codeOf: (run: RunItem) => Promise<CodeOfRun>;
  readonly engineRequest: EngineRequestOf;
  readonly onItem: (item: RunItem) => void;
  /** A run has been deleted. */
  readonly onGone: (run: number) => void;
  readonly mirrors: MirrorEvents;
}

const CLOSED = 'Cronflow Studio was closed';

/**
 * The runs of a workspace: those that this host executes, and those of other processes. Each job is done by a part;
 * this ties them together.
 */
export class Runs {
  readonly #store: Store;
  readonly #mirrors: RunMirrors;
  readonly #own: OwnRuns;
  readonly #notices: EndNotices;
  readonly #starter: RunStarter;
  readonly #takeUp: TakeUp;
  readonly #answers: Answers;
  readonly #queue: RerunQueue;
  readonly #climbs: Climbs;
  readonly #controls: RunControls;
  readonly #watch: StoreWatch;
  readonly #requests = new PendingRequests();
  readonly #onItem: (item: RunItem) => void;
  readonly #codeOf: RunsOptions['codeOf'];
  readonly #engineRequest: EngineRequestOf;
  readonly #onGone: RunsOptions['onGone'];

  constructor(options: RunsOptions) {
    const {
      store,
      guard,
      killAfterMs,
      queue,
      fileOfWorkflow,
      codeOf,
      engineRequest,
      onItem,
      onGone,
      mirrors: events,
    } = options;
    const { onError } = events;
    this.#store = store;
    this.#codeOf = codeOf;
    this.#engineRequest = engineRequest;
    this.#onGone = onGone;
    this.#onItem = item => onItem(this.#asAsked(item));
    this.#mirrors = new RunMirrors(store, events);
    this.#notices = new EndNotices({ store, onError });
    this.#own = new OwnRuns({
      store,
      notices: this.#notices,
      mirrors: this.#mirrors,
      onItem: this.#onItem,
      onOver: () => this.#queue.beginDue(),
      onError,
    });
    this.#starter = new RunStarter({ store, guard, ownRuns: this.#own, killAfterMs, queue });
    this.#takeUp = new TakeUp({
      store,
      starter: this.#starter,
      ownRuns: this.#own,
      fileOfWorkflow,
      engineRequest,
      queue,
    });
    this.#controls = new RunControls({
      store,
      ownRuns: this.#own,
      mirrors: this.#mirrors,
      onItem: this.#onItem,
      onWritten: () => this.#watch.soon(),
    });
    this.#answers = new Answers({
      store,
      resume: run => this.resume(run),
      onWritten: async run => {
        await this.#tell(run);
        (await this.#mirrors.get(run))?.noteWritten();
        this.#watch.soon();
      },
      onError,
    });
    this.#queue = new RerunQueue({
      isBusy: run =>
        this.#climbs.isClimbing(run) || this.#own.has(run) || this.#takeUp.isBeginning(run) || this.#watch.isLive(run),
      begin: (run, request) => this.#rerunNow(run, request),
      onRefused: run => this.#tell(run),
      onError,
    });
    this.#climbs = new Climbs({
      plan: async (run, request) => await store.do('planClimb', { run, request: await engineRequest(run, request) }),
      begin: (run, request) => this.#rerunNow(run, request),
      over: run => this.over(run),
      end: (run, node, batches) => store.do('rungEnd', { run, node, batches }),
      onChange: run => void this.#tell(run).catch((error: unknown) => this.#noteClimbError(error, onError)),
      onOver: () => this.#queue.beginDue(),
    });
    this.#watch = new StoreWatch({
      store,
      mirrors: this.#mirrors,
      own: () => this.#own.numbers(),
      onItem: this.#onItem,
      onGone,
      onLook: () => this.#queue.beginDue(),
      onError,
    });
  }

  /** The runs that this host executes. */
  live(): RunItem[] {
    return this.#own.items();
  }

  /**
   * Why the workspace cannot be closed without losing something that no list shows: a run that is starting, or a queued
   * re-run.
   */
  get pending(): string | undefined {
    if (this.#starter.isStarting)
      return 'A run is starting in this workspace. Wait until it is running, and pause it before you open another folder.';
    const waiting = this.#queue.first;
    if (!waiting) return undefined;
    const { run, isRefused } = waiting;
    return isRefused
      ? `A re-run of run ${run} could not start. Open run ${run} and start or remove it, before you open another folder.`
      : `A re-run of run ${run} is queued in this workspace. Wait for it, or undo it in run ${run}, before you open another folder.`;
  }

  /**
   * Replaces the items of this host's runs in a list by what they are now: the store learns of their end a moment
   * before they are over.
   */
  withOwn(items: readonly ListedRun[]): ListedRun[] {
    return items.map(item => (item.status === 'damaged' ? item : this.latest(item)));
  }

  /** The same for one run. */
  latest(item: RunItem): RunItem {
    return this.#asAsked(this.#own.get(item.run)?.live.item ?? item);
  }

  /** @throws OperationError when there is no such run */
  async watch(run: number): Promise<Watcher> {
    const watcher = await this.#mirrors.watch(run);
    this.#watch.soon();
    return watcher;
  }

  async start(
    file: string,
    workflow: string,
    payload: unknown,
    by: { readonly key?: string | undefined; readonly webhook?: string | undefined } = {},
    onQueue?: boolean,
  ): Promise<Result<'startRun'>> {
    let text: string;
    try {
      text = encode(payload, 'payload');
    } catch (error) {
      return failed(problemOf(error));
    }
    const begun = await this.#starter.start(
      {
        kind: 'start',
        file,
        workflow,
        store: this.#store.file,
        payload: text,
        ...by,
      },
      onQueue,
    );
    return begun.ok ? succeeded({ run: begun.run.run }) : failed(begun.problem);
  }

  async startDemo(file: string, workflow: string): Promise<Result<'startDemo'>> {
    const begun = await this.#starter.start({ kind: 'demo', file, workflow, store: this.#store.file });
    return begun.ok ? succeeded({ run: begun.run.run }) : failed(begun.problem);
  }

  /** Ends the demos that this host executes, and deletes all of the store. */
  async deleteDemos(): Promise<Result<'resetDemo'>> {
    if (this.#starter.isStarting) return failed(stateProblem('A demo is starting. Reset it when it is running.'));
    for (const { run } of this.live()) {
      this.#climbs.stop(run);
      await this.stop(run, 'cancelled');
      await this.over(run);
    }
    for (const run of await this.#store.do('deleteDemos', undefined)) {
      this.#queue.forget(run);
      this.#climbs.forget(run);
      this.#onGone(run);
    }
    return succeeded({});
  }

  /** @param answers What becomes of stored work whose nodes have changed. */
  resume(run: number, answers?: NodeAnswers): Promise<Result<'resumeRun'>> {
    return this.#requests.track(run, () => this.#takeUp.resume(run, answers));
  }

  answer(args: Args<'answerWait'>): Promise<Result<'answerWait'>> {
    return this.#answers.give(args);
  }

  /** Resolves when this host does not execute the run any more. */
  async over(run: number): Promise<void> {
    await this.#own.get(run)?.over;
  }

  planResume(run: number, answers: NodeAnswers = {}): Promise<Result<'planResume'>> {
    return planResume(this.#store, run, answers, this.#codeOf);
  }

  plan(run: number, request: RerunRequest): Promise<Result<'planRerun'>> {
    return planRerun(this.#store, run, () => this.#engineRequest(run, request), this.#codeOf);
  }

  /** What a re-run would do one rung after the other. */
  async planClimb(run: number, request: RerunRequest): Promise<Result<'planClimb'>> {
    const asked = await this.#engineRequest(run, request);
    const { node, path, rungs } = await this.#store.do('planClimb', { run, request: asked });
    return succeeded({
      node,
      path,
      rungs: rungs.map(({ batches, most }) => ({ batches: batches.length, most, first: batches[0] ?? 0 })),
    });
  }

  /** Re-runs in rungs that grow, until too many of one fail. Not while the run is running: nothing is queued. */
  climb(run: number, request: RerunRequest): Promise<Result<'climb'>> {
    return this.#requests.track(run, async () => {
      if (await this.#isRunning(run))
        return failed(stateProblem(`Run ${run} is running. A re-run can climb when it has ended.`));
      return await this.#climbs.begin(run, request);
    });
  }

  stopClimb(run: number): void {
    this.#climbs.stop(run);
  }

  dismissClimb(run: number): void {
    this.#climbs.forget(run);
  }

  /** Runs batches again: now, or when the run has ended. */
  async rerun({ run, request, what, instead }: Args<'rerun'>): Promise<Result<'rerun'>> {
    // From its first moment on: a stop that comes then must find it.
    return await this.#requests.track(run, async () => {
      try {
        // A request that makes no sense is refused now, not when its turn has come.
        await this.#engineRequest(run, request);
      } catch (error) {
        if (error instanceof OperationError && !isForeseen(error)) throw error;
        return failed(problemOf(error));
      }
      if (instead === undefined) return await this.#beginOrQueue(run, request, what);
      const taken = await this.#queue.take(run, instead);
      if (!taken) return failed(notQueued(run));
      const outcome = await this.#beginOrQueue(run, request, what ?? taken.what).catch((error: unknown) => {
        this.#queue.putBack(run, taken, problemOf(error));
        throw error;
      });
      if (!outcome.ok) this.#queue.putBack(run, taken, outcome.problem);
      await this.#tell(run);
      return outcome;
    });
  }

  /** What a queued re-run was asked with. */
  queued(run: number, id: number): Result<'getQueuedRerun'> {
    const waiting = this.#queue.get(run, id);
    return waiting ? succeeded(waiting.request) : failed(notQueued(run));
  }

  /** Takes back a re-run that waits. */
  async dropQueued(run: number, id: number): Promise<Result<'dropQueuedRerun'>> {
    const taken = await this.#queue.take(run, id);
    if (!taken) return failed(notQueued(run));
    await this.#tell(run);
    return succeeded({});
  }

  async stop(run: number, as: AskedStop): Promise<Result<'stopRun'>> {
    // Nothing can be stopped while its process is being started.
    await this.#requests.settled(run);
    await this.#takeUp.settled(run);
    this.#queue.drop(run);
    return await this.#controls.stop(run, as);
  }

  setConcurrency(run: number, node: string, concurrency: number): Promise<Result<'setConcurrency'>> {
    return this.#controls.setConcurrency(run, node, concurrency);
  }

  /** Another name, a note, or that it stands first. */
  async label(args: Args<'labelRun'>): Promise<Result<'labelRun'>> {
    await this.#store.do('labelRun', args);
    const item = await this.#store.do('runItem', args.run);
    const own = this.#own.get(args.run);
    if (own) own.live.relabel(item);
    else this.#onItem(item);
    return succeeded({});
  }

  async planDeletion(run: number): Promise<Result<'planDeletion'>> {
    return succeeded(await this.#store.do('planDeletion', { run }));
  }

  async delete(run: number): Promise<Result<'deleteRun'>> {
    return await this.#requests.track(run, async () => {
      await this.#store.do('deleteRun', { run });
      this.#queue.forget(run);
      this.#onGone(run);
      return succeeded({});
    });
  }

  async close(): Promise<void> {
    this.#watch.close();
    this.#answers.close();
    this.#queue.close();
    this.#climbs.close();
    this.#own.stopAll(CLOSED);
    // A process that is still starting can have started its run before it heard the stop: such a run is over last.
    await this.#starter.close(CLOSED);
    await this.#own.over();
    await this.#notices.told();
    this.#mirrors.close();
  }

  async #isRunning(run: number): Promise<boolean> {
    // Between two rungs of a climb nobody executes it, and what is asked for now waits all the same.
    return (
      this.#own.has(run) || this.#climbs.isClimbing(run) || (await this.#store.do('runItem', run)).status === 'running'
    );
  }

  async #beginOrQueue(run: number, request: RerunRequest, what: string | undefined): Promise<Result<'rerun'>> {
    if (await this.#isRunning(run)) return await this.#enqueue(run, request, what);
    const begun = await this.#rerunNow(run, request);
    return begun.ok ? succeeded({ queued: false }) : begun;
  }

  async #enqueue(run: number, request: RerunRequest, what: string | undefined): Promise<Result<'rerun'>> {
    if (!this.#queue.add(run, request, what))
      return failed(
        stateProblem(
          `Run ${run} already has ${this.#queue.list(run).length} re-runs in its queue. Wait until one has started, ` +
            `or undo one.`,
        ),
      );
    await this.#tell(run);
    return succeeded({ queued: true });
  }

  async #rerunNow(run: number, request: RerunRequest): Promise<Result<'resumeRun'>> {
    const begun = await this.#takeUp.rerun(run, request);
    const { concurrency, node } = request;
    if (!begun.ok || concurrency === undefined) return begun;
    if (node === undefined) await this.#controls.setConcurrencyOfAll(run, concurrency);
    else await this.#controls.setConcurrency(run, node, concurrency);
    return begun;
  }

  /** A run that was deleted, or whose workspace is closed, has nobody to be told of it. */
  #noteClimbError(error: unknown, onError: (error: unknown) => void): void {
    if (!isForeseen(error)) onError(error);
  }

  /** Tells pages how a run stands, of which something has changed that only this host knows. */
  async #tell(run: number): Promise<void> {
    this.#onItem(this.#own.get(run)?.live.item ?? (await this.#store.do('runItem', run)));
  }

  /** A run with what only this host knows of it. */
  #asAsked(item: RunItem): RunItem {
    const queued = this.#queue.list(item.run);
    const climb = this.#climbs.get(item.run);
    const stopping = this.#own.get(item.run)?.process.stopping;
    return {
      ...item,
      ...(queued.length > 0 && { queued }),
      ...(climb && { climb }),
      ...(item.status === 'running' && (stopping === 'cancelled' || stopping === 'paused') && { stopping }),
    };
  }
}

function notQueued(run: number): Problem {
  return stateProblem(`This re-run of run ${run} is not queued any more: it has started, or was removed.`);
}
