import { debugHost } from '../../engine/debug.ts';
import type { Args, Problem, Result } from '../api/api.ts';

const MOST = 20;
export type RerunRequest = Args<'rerun'>['request'];

export interface RerunQueueOptions {
  /** Whether somebody executes the run, so that its re-runs have to wait. */
  readonly isBusy: (run: number) => boolean;
  readonly begin: (run: number, request: RerunRequest) => Promise<Result<'resumeRun'>>;
  /** A re-run could not start when its turn came. Whoever asked for it was told that it is queued, and hears of it only here. */
  readonly onRefused: (run: number, problem: Problem) => Promise<void>;
  readonly onError: (error: unknown) => void;
  /** Re-runs that can wait for one run. @default 20 */
  readonly most?: number | undefined;
}

interface Waiting {
  readonly requests: RerunRequest[];
  isBeginning: boolean;
}

/** Re-runs that wait until their run is no longer executed: each run has a queue of its own, and starts one re-run at a time. */
export class RerunQueue {
  readonly #options: RerunQueueOptions;
  readonly #waiting = new Map<number, Waiting>();
  #isClosed = false;

  constructor(options: RerunQueueOptions) {
    this.#options = options;
  }

  /** How many re-runs of a run wait. */
  count(run: number): number {
    return this.#waiting.get(run)?.requests.length ?? 0;
  }

  /** A run for which re-runs wait. */
  get first(): number | undefined {
    for (const [run, { requests }] of this.#waiting) if (requests.length > 0) return run;
    return undefined;
  }

  /** Puts a re-run at the end of its run's queue. Returns false when the queue is full. */
  add(run: number, request: RerunRequest): boolean {
    const waiting = this.#waiting.get(run) ?? { requests: [], isBeginning: false };
    if (waiting.requests.length >= (this.#options.most ?? MOST)) return false;
    waiting.requests.push(request);
    this.#waiting.set(run, waiting);
    debugHost('run %d: re-run queued, %d wait', run, waiting.requests.length);
    return true;
  }

  /** Drops the re-runs of a run: whoever stops a run does not want it to start again. */
  drop(run: number): void {
    if (this.#waiting.delete(run)) debugHost('run %d: queued re-runs dropped', run);
  }

  /** Starts the next re-run of each run that nobody executes. */
  beginDue(): void {
    if (this.#isClosed) return;
    for (const [run, waiting] of this.#waiting) {
      if (waiting.isBeginning || this.#options.isBusy(run)) continue;
      const [request] = waiting.requests;
      if (request) void this.#begin(run, waiting, request);
      else this.#waiting.delete(run);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting.clear();
  }

  /** Until it is known that a re-run has started, or why it cannot, it counts as waiting and keeps its place. */
  async #begin(run: number, waiting: Waiting, request: RerunRequest): Promise<void> {
    waiting.isBeginning = true;
    try {
      const begun = await this.#options.begin(run, request);
      // Another process was quicker: the re-run waits for that one, too.
      if (!begun.ok && begun.problem.name === 'RunTakenError') return;
      waiting.requests.shift();
      if (!begun.ok) await this.#options.onRefused(run, begun.problem);
    } catch (error) {
      // It failed for a reason that trying again would not remove, and must not block those behind it.
      if (waiting.requests[0] === request) waiting.requests.shift();
      if (!this.#isClosed) this.#options.onError(error);
    } finally {
      waiting.isBeginning = false;
    }
    this.beginDue();
  }
}
