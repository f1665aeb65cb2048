import { debugHost } from '../../engine/debug.ts';
import type { Args, Problem, QueuedRerun, Result } from '../api/api.ts';
import { problemOf } from '../api/outcomes.ts';

const MOST = 20;
export type RerunRequest = Args<'rerun'>['request'];

export interface RerunQueueOptions {
  /** Whether somebody executes the run, so that its re-runs have to wait. */
  readonly isBusy: (run: number) => boolean;
  readonly begin: (run: number, request: RerunRequest) => Promise<Result<'resumeRun'>>;
  /**
   * A re-run could not start when its turn came. Whoever asked for it was told that it is queued, and hears of it only
   * here; `list` says why.
   */
  readonly onRefused: (run: number) => Promise<void>;
  readonly onError: (error: unknown) => void;
  /** Re-runs that can wait for one run. @default 20 */
  readonly most?: number | undefined;
  /** Milliseconds on the wall clock. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/** A re-run that waits: for its turn, or, where it was refused, for somebody to ask for it again or to remove it. */
export interface WaitingRerun {
  readonly id: number;
  readonly request: RerunRequest;
  /** What is re-run, in the words in which it was asked for. */
  readonly what: string | undefined;
  readonly queuedAt: number;
  readonly refused: Problem | undefined;
}

interface RunQueue {
  /** In the order in which they were asked for. */
  waiting: readonly WaitingRerun[];
  /** One of them is being started. Resolves when it is known what became of it. */
  beginning: { readonly id: number; readonly known: Promise<void> } | undefined;
}

/** Re-runs that wait until their run is no longer executed: each run has a queue of its own, and starts one re-run at a time. */
export class RerunQueue {
  readonly #options: RerunQueueOptions;
  readonly #queues = new Map<number, RunQueue>();
  #lastId = 0;
  #isClosed = false;

  constructor(options: RerunQueueOptions) {
    this.#options = options;
  }

  /** The re-runs of a run that wait, in their order, as they are shown. */
  list(run: number): QueuedRerun[] {
    return this.#waiting(run).map(({ id, what, queuedAt, request: { node, tryOne, fromStart, items }, refused }) => ({
      id,
      queuedAt,
      ...(what !== undefined && { what }),
      ...(node !== undefined && { node }),
      ...(tryOne === true && { tryOne }),
      ...(fromStart === true && { fromStart }),
      ...(items !== undefined && { hasOtherItems: true }),
      ...(refused && { refused: { message: refused.message, isQuestion: refused.changed !== undefined } }),
    }));
  }

  get(run: number, id: number): WaitingRerun | undefined {
    return this.#waiting(run).find(waiting => waiting.id === id);
  }

  /** A run for which re-runs wait, and whether all of them were refused. */
  get first(): { readonly run: number; readonly isRefused: boolean } | undefined {
    const runs = [...this.#queues].filter(([, { waiting }]) => waiting.length > 0);
    const due = runs.find(([, { waiting }]) => nextOf(waiting));
    const [run] = due ?? runs[0] ?? [];
    return run === undefined ? undefined : { run, isRefused: !due };
  }

  /** Puts a re-run at the end of its run's queue. Returns false when the queue is full. */
  add(run: number, request: RerunRequest, what?: string): boolean {
    if (this.#waiting(run).length >= (this.#options.most ?? MOST)) return false;
    const { now = Date.now } = this.#options;
    this.#put(run, { id: ++this.#lastId, request, what, queuedAt: now(), refused: undefined });
    debugHost('run %d: re-run queued, %d wait', run, this.#waiting(run).length);
    return true;
  }

  /**
   * Takes one re-run out of the queue. Resolves with nothing when it is not in it any more: it has started, or was taken
   * out before.
   */
  async take(run: number, id: number): Promise<WaitingRerun | undefined> {
    const beginning = this.#queues.get(run)?.beginning;
    // It is not known yet whether it will run.
    if (beginning?.id === id) await beginning.known;
    const taken = this.get(run, id);
    this.#remove(run, id);
    return taken;
  }

  /** Puts a re-run that was taken back to its place: it was asked for again, and refused again. */
  putBack(run: number, waiting: WaitingRerun, refused: Problem): void {
    this.#put(run, { ...waiting, refused });
  }

  /** Drops the re-runs of a run that wait for their turn: whoever stops a run does not want it to start again. */
  drop(run: number): void {
    const queue = this.#queues.get(run);
    if (!queue) return;
    debugHost('run %d: queued re-runs dropped', run);
    queue.waiting = queue.waiting.filter(({ refused }) => refused);
  }

  /** A run is deleted: nothing of it is to wait any more. */
  forget(run: number): void {
    this.#queues.delete(run);
  }

  /** Starts the next re-run of each run that nobody executes. */
  beginDue(): void {
    if (this.#isClosed) return;
    for (const [run, queue] of this.#queues) {
      if (queue.beginning || this.#options.isBusy(run)) continue;
      const next = nextOf(queue.waiting);
      if (next) void this.#begin(run, queue, next);
      else if (queue.waiting.length === 0) this.#queues.delete(run);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#queues.clear();
  }

  async #begin(run: number, queue: RunQueue, next: WaitingRerun): Promise<void> {
    const known = Promise.withResolvers<void>();
    queue.beginning = { id: next.id, known: known.promise };
    const isToGoOn = await this.#beginOne(run, next);
    queue.beginning = undefined;
    known.resolve();
    if (isToGoOn) this.beginDue();
  }

  /**
   * Until it is known that a re-run has started, or why it cannot, it counts as waiting and keeps its place. Resolves with
   * whether the next one can have its turn.
   */
  async #beginOne(run: number, next: WaitingRerun): Promise<boolean> {
    let refused: Problem | undefined;
    try {
      const begun = await this.#options.begin(run, next.request);
      // Another process was quicker: the re-run waits for that one, too.
      if (!begun.ok && begun.problem.name === 'RunTakenError') return false;
      if (!begun.ok) refused = begun.problem;
    } catch (error) {
      // It failed for a reason that trying again would not remove, and must not block those behind it.
      this.#noteError(error);
      refused = problemOf(error);
    }
    const wasDropped = this.get(run, next.id) === undefined;
    this.#remove(run, next.id);
    if (refused && !wasDropped) {
      this.putBack(run, next, refused);
      await this.#options.onRefused(run).catch((error: unknown) => this.#noteError(error));
    }
    return true;
  }

  #noteError(error: unknown): void {
    if (!this.#isClosed) this.#options.onError(error);
  }

  #waiting(run: number): readonly WaitingRerun[] {
    return this.#queues.get(run)?.waiting ?? [];
  }

  #put(run: number, waiting: WaitingRerun): void {
    const queue = this.#queues.get(run) ?? { waiting: [], beginning: undefined };
    queue.waiting = [...queue.waiting, waiting].toSorted((a, b) => a.id - b.id);
    this.#queues.set(run, queue);
  }

  #remove(run: number, id: number): void {
    const queue = this.#queues.get(run);
    if (queue) queue.waiting = queue.waiting.filter(waiting => waiting.id !== id);
  }
}

/** The one whose turn comes next: not one that was refused. */
function nextOf(waiting: readonly WaitingRerun[]): WaitingRerun | undefined {
  return waiting.find(({ refused }) => !refused);
}
