import type { Args, Problem, RerunReport, Result, RunItem } from './api.ts';
import { noCounts } from '../engine/run/progress.ts';
import { hasChanged } from './code-changes.ts';
import type { Watcher } from './feed.ts';
import { failed, problemOf, succeeded } from './outcomes.ts';
import { engineRequest } from './rerun-request.ts';
import { RunView, type ViewEvents } from './run-view.ts';
import { OperationError, type Store } from './store/store.ts';
import { supervise, type RunTask, type StopAs, type SupervisedRun } from './supervisor.ts';

const POLL_MS = 300;
const POLL_AT_REST_MS = 1_000;
const ITEM_EVERY_MS = 250;
const MOST_QUEUED = 20;
/** More places than this say no more to a person; how many there are is told beside them. */
const MOST_PLACES = 10_000;

export interface RunsOptions {
  readonly store: Store;
  readonly killAfterMs?: number | undefined;
  readonly onItem: (item: RunItem) => void;
  readonly views: ViewEvents;
}

interface OwnRun {
  readonly supervised: SupervisedRun;
  item: RunItem;
  itemToldAt: number;
  /** Resolves when its end is on record and told. */
  over: Promise<void>;
}

interface HeldView {
  readonly opening: Promise<RunView>;
  /** Watchers, and our own run. */
  holders: number;
}

type RerunRequest = Args<'rerun'>['request'];

/** The runs of a workspace: those this host has started, and those that other processes work on. */
export class Runs {
  readonly #options: RunsOptions;
  readonly #store: Store;
  readonly #own = new Map<number, OwnRun>();
  readonly #views = new Map<number, HeldView>();
  /** Runs that are being taken up, and are not yet going on. */
  readonly #beginning = new Set<number>();
  /** Re-runs that wait for the run to end. */
  readonly #queued = new Map<number, RerunRequest[]>();
  #foreign: ReadonlySet<number> = new Set();
  #pollTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: RunsOptions) {
    this.#options = options;
    this.#store = options.store;
    void this.#poll();
  }

  /** Runs of this host that are going on. */
  live(): RunItem[] {
    return [...this.#own.values()].map(({ item }) => item);
  }

  /** The items of a list, with those of this host's runs as they are now: the store learns of their end a moment before they are over. */
  withOwn(items: readonly RunItem[]): RunItem[] {
    return items.map(item => this.#withQueue(this.#own.get(item.run)?.item ?? item));
  }

  /** @throws OperationError when there is no such run */
  async watch(run: number): Promise<Watcher> {
    const view = await this.#hold(run);
    // The look that a view began with may lie a while back.
    view.noteWritten();
    this.#pollSoon();
    return view.feed.watch(() => this.#letGo(view));
  }

  /** What watchers of a run look at. Whoever holds it lets it go again. */
  async #hold(run: number): Promise<RunView> {
    let held = this.#views.get(run);
    if (!held) {
      const opening = this.#store.do('standing', run).then(standing => new RunView(this.#store, standing, this.#options.views));
      this.#views.set(run, (held = { opening, holders: 0 }));
    }
    held.holders += 1;
    try {
      return await held.opening;
    } catch (error) {
      // Whoever asks next tries again.
      if (this.#views.get(run) === held) this.#views.delete(run);
      throw error;
    }
  }

  #letGo(view: RunView): void {
    const held = this.#views.get(view.run);
    if (!held) return;
    held.holders -= 1;
    if (held.holders > 0) return;
    view.close();
    this.#views.delete(view.run);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#pollTimer);
    this.#queued.clear();
    const own = [...this.#own.values()];
    for (const { supervised } of own) supervised.stop('interrupted', 'Cronflow Studio was closed');
    await Promise.all(own.map(({ over }) => over));
    for (const { opening } of this.#views.values()) opening.then(view => view.close(), () => undefined);
    this.#views.clear();
  }

  // Beginning

  async start(file: string, workflow: string, payload: unknown): Promise<Result<'startRun'>> {
    const begun = await this.#begin({ kind: 'start', file, workflow, store: this.#store.file, payload });
    return begun.ok ? succeeded({ run: begun.run.run }) : failed(begun.problem);
  }

  async resume(run: number): Promise<Result<'resumeRun'>> {
    if (await this.#isGoingOn(run)) return failed({ name: 'RunStateError', message: `Run ${run} is going on.` });
    return await this.#takeUp(run, { kind: 'resume', run, store: this.#store.file });
  }

  /** Runs batches again: now, or when the run that goes on has ended. */
  async rerun(run: number, request: RerunRequest): Promise<Result<'rerun'>> {
    try {
      // What cannot be understood is refused now, not when its turn has come.
      engineRequest(request);
    } catch (error) {
      return failed(problemOf(error));
    }
    if (await this.#isGoingOn(run)) return this.#queue(run, request);
    const begun = await this.#rerunNow(run, request);
    return begun.ok ? succeeded({ queued: false }) : begun;
  }

  async plan(run: number, request: RerunRequest): Promise<Result<'planRerun'>> {
    try {
      const { sources, nodes, ...report } = await this.#store.do('plan', { run, request: engineRequest(request) });
      const shown = nodes.map(({ path, batches, indices }) => ({ path, batches, indices: indices.slice(0, MOST_PLACES) }));
      return succeeded({ ...report, nodes: shown, codeChanged: await hasChanged(sources) } as RerunReport);
    } catch (error) {
      return failed(problemOf(error));
    }
  }

  #queue(run: number, request: RerunRequest): Result<'rerun'> {
    const queue = this.#queued.get(run) ?? [];
    if (queue.length >= MOST_QUEUED) return failed({ name: 'RunStateError', message: `${queue.length} re-runs of run ${run} are waiting already.` });
    queue.push(request);
    this.#queued.set(run, queue);
    const own = this.#own.get(run);
    if (own) this.#tellItem(own.item);
    return succeeded({ queued: true });
  }

  async #rerunNow(run: number, request: RerunRequest): Promise<Result<'resumeRun'>> {
    const begun = await this.#takeUp(run, { kind: 'rerun', run, store: this.#store.file, request: engineRequest(request) });
    const { concurrency, node } = request;
    const own = this.#own.get(run);
    if (begun.ok && own && concurrency !== undefined) {
      const view = await this.#views.get(run)?.opening;
      const paths = node === undefined ? view?.feed.progress.nodes.map(({ path }) => path) ?? [] : [node];
      for (const path of paths) await this.setConcurrency(run, path, concurrency);
    }
    return begun;
  }

  async #takeUp(run: number, task: RunTask): Promise<Result<'resumeRun'>> {
    if (this.#beginning.has(run)) return failed({ name: 'RunStateError', message: `Run ${run} is being taken up already.` });
    this.#beginning.add(run);
    try {
      const begun = await this.#begin(task);
      return begun.ok ? succeeded({}) : failed(begun.problem);
    } finally {
      this.#beginning.delete(run);
    }
  }

  async #begin(task: RunTask): Promise<{ ok: true; run: SupervisedRun } | { ok: false; problem: Problem }> {
    if (this.#closed) return { ok: false, problem: { name: 'ClosedError', message: 'The workspace has been closed.' } };
    let view: Promise<RunView | undefined> | undefined;
    return await supervise({
      task, killAfterMs: this.#options.killAfterMs,
      onOutput: (text, stream) => void view?.then(opened => opened?.output(text, stream === 'stderr' ? 'warn' : 'info')),
      onStarted: (supervised, { run, graph, file }) => {
        const started: OwnRun = { supervised, item: firstItem(run, graph, file), itemToldAt: 0, over: Promise.resolve() };
        this.#own.set(run, started);
        const opening = (view = this.#beginView(run, started));
        started.over = this.#untilEnd(run, started, opening);
        return message => {
          opening.then(opened => opened?.hear(message)).catch(this.#options.views.onError);
          if (message.type === 'progress') this.#progressed(started, message.counts);
        };
      },
    });
  }

  /** Messages come meanwhile: they wait in the promise's queue, in their order. */
  async #beginView(run: number, started: OwnRun): Promise<RunView | undefined> {
    try {
      const view = await this.#hold(run);
      started.item = await this.#store.do('runItem', run);
      this.#tellItem(started.item);
      await view.begin();
      return view;
    } catch (error) {
      this.#options.views.onError(error);
      return undefined;
    }
  }

  #progressed(own: OwnRun, { items, batches }: Pick<RunItem, 'items' | 'batches'>): void {
    const now = Date.now();
    own.item = { ...own.item, items, batches, status: 'running' };
    if (now - own.itemToldAt < ITEM_EVERY_MS) return;
    own.itemToldAt = now;
    this.#tellItem(own.item);
  }

  // Ending

  async #untilEnd(run: number, { supervised }: OwnRun, beginning: Promise<RunView | undefined>): Promise<void> {
    const end = await supervised.done;
    try {
      if (end.kind === 'lost') await this.#noteLoss(run, supervised.stopping, end);
      const view = await beginning;
      this.#own.delete(run);
      await view?.end();
      this.#tellItem(await this.#store.do('runItem', run));
      if (view) this.#letGo(view);
    } catch (error) {
      this.#own.delete(run);
      if (!this.#closed) this.#options.views.onError(error);
    }
    await this.#nextQueued(run);
  }

  async #noteLoss(run: number, stopping: StopAs | undefined, { reason, owner }: { reason: string; owner: number | undefined }): Promise<void> {
    if (owner !== undefined) await this.#store.do('noteLoss', { run, owner, reason });
    // It was to be cancelled, and that its process had to be ended for it does not make it less so.
    if (stopping === 'cancelled') await this.#store.do('cancelAtRest', { run, reason });
  }

  async #nextQueued(run: number): Promise<void> {
    const queue = this.#queued.get(run);
    const request = queue?.shift();
    if (!request || this.#closed) return;
    if (queue?.length === 0) this.#queued.delete(run);
    const begun = await this.#rerunNow(run, request).catch((error: unknown) => failed(problemOf(error)));
    if (begun.ok) return;
    const item = await this.#store.do('runItem', run).catch(() => undefined);
    if (item) this.#tellItem({ ...item, problem: begun.problem });
    await this.#nextQueued(run);
  }

  // While it goes on

  async stop(run: number, as: 'cancelled' | 'paused'): Promise<Result<'stopRun'>> {
    // Whoever stops a run does not want it to be run again.
    this.#queued.delete(run);
    const reason = `${as === 'cancelled' ? 'cancelled' : 'paused'} in Cronflow Studio`;
    const own = this.#own.get(run);
    own?.supervised.stop(as, reason);
    if (own && (as === 'paused' || own.supervised.stopping === 'cancelled')) return succeeded({});
    // It is being paused: what is left of it then is cancelled.
    await own?.over;
    try {
      if (await this.#store.do('askOwnerToStop', { run, as, reason })) return succeeded({});
      if (as === 'paused') return failed({ name: 'RunStateError', message: `Run ${run} is not going on: there is nothing to pause.` });
      await this.#store.do('cancelAtRest', { run, reason });
      await this.#renew(run);
      return succeeded({});
    } catch (error) {
      return failed(problemOf(error));
    }
  }

  async setConcurrency(run: number, node: string, concurrency: number): Promise<Result<'setConcurrency'>> {
    const own = this.#own.get(run);
    if (!own) return failed({ name: 'RunStateError', message: `Run ${run} is not one that this Studio works on: its concurrency cannot be changed from here.` });
    own.supervised.setConcurrency(node, concurrency);
    (await this.#views.get(run)?.opening)?.concurrencyChanged(node, concurrency);
    return succeeded({});
  }

  async #isGoingOn(run: number): Promise<boolean> {
    if (this.#own.has(run)) return true;
    return (await this.#store.do('runItem', run)).status === 'running';
  }

  // Other processes

  #pollSoon(): void {
    if (this.#pollTimer === undefined || this.#closed) return;
    clearTimeout(this.#pollTimer);
    this.#pollTimer = setTimeout(() => void this.#poll(), 0);
  }

  async #poll(): Promise<void> {
    this.#pollTimer = undefined;
    try {
      await this.#lookAround();
    } catch (error) {
      if (!this.#closed && !(error instanceof OperationError && error.defect === undefined)) this.#options.views.onError(error);
    }
    if (this.#closed) return;
    const busy = this.#foreign.size > 0 || this.#views.size > this.#own.size;
    this.#pollTimer = setTimeout(() => void this.#poll(), busy ? POLL_MS : POLL_AT_REST_MS);
  }

  async #lookAround(): Promise<void> {
    const { items, live, written, replaced } = await this.#store.do('changes', [...this.#own.keys()]);
    this.#foreign = new Set(live.filter(run => !this.#own.has(run)));
    for (const item of items) if (!this.#own.has(item.run)) this.#tellItem(item);
    for (const [run, { opening }] of this.#views) {
      const view = await opening.catch(() => undefined);
      if (!view) continue;
      if (replaced || (written && this.#foreign.has(run)) || items.some(item => item.run === run)) view.noteWritten();
      await view.tick();
    }
    for (const run of this.#queued.keys()) {
      if (!this.#foreign.has(run) && !this.#own.has(run) && !this.#beginning.has(run)) void this.#nextQueued(run);
    }
  }

  /** Tells how a run stands that something was done to from here. */
  async #renew(run: number): Promise<void> {
    this.#tellItem(await this.#store.do('runItem', run));
    (await this.#views.get(run)?.opening.catch(() => undefined))?.noteWritten();
  }

  #tellItem(item: RunItem): void {
    this.#options.onItem(this.#withQueue(item));
  }

  #withQueue(item: RunItem): RunItem {
    const queued = this.#queued.get(item.run)?.length ?? 0;
    return queued > 0 ? { ...item, queued } : item;
  }
}

/** What can be said of a run at once, before the store has been asked. */
function firstItem(run: number, { id, name }: { readonly id: string; readonly name: string }, file: string): RunItem {
  return { run, workflow: id, name, file, status: 'running', items: noCounts(), batches: noCounts(), startedAt: Date.now(), activeMs: 0 };
}
