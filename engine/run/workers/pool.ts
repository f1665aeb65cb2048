import type { WorkerCount } from '../../../common/workers.ts';
import { processesOf } from '../../workflow/options.ts';
import type { WorkerHandle } from './worker-handle.ts';

/** So many workers in a row that end before they can work: then none of them will. */
const MOST_FAILED_STARTS = 3;
/** After the grace period of a stop, a worker that does not answer is ended. */
const ANSWER_WITHIN_MS = 1_000;

/** A node whose batches are to be given to workers. */
export interface NodeToServe {
  readonly place: number;
  /** How many workers may execute its batches. */
  readonly count: number;
  /** How many of its batches may run at a time, now. */
  readonly concurrency: () => number;
}

/** The workers of a run, and where they come from. */
export abstract class WorkerPool {
  #all: WorkerHandle[] = [];

  get all(): readonly WorkerHandle[] {
    return this.#all;
  }

  add(worker: WorkerHandle): void {
    this.#all.push(worker);
  }

  remove(worker: WorkerHandle): void {
    this.#all = this.#all.filter(other => other !== worker);
  }

  /** Those that are given batches, now or as soon as they are ready. */
  protected get taking(): WorkerHandle[] {
    return this.#all.filter(({ isDraining }) => !isDraining);
  }

  /** Of the items of a batch, as they are sent. */
  abstract readonly mostBytes: number;
  /** How long one may take to end the steps of a batch, beyond what these are given themselves. */
  abstract readonly answerWithinMs: number;
  /** How many workers may execute batches of a node that asks for so many; undefined: the runner executes them. */
  abstract countFor(asked: WorkerCount | undefined): number | undefined;
  /** The one that takes the next batch of a node, if there is one. */
  abstract workerFor(node: NodeToServe): WorkerHandle | undefined;

  /** Batches of the node will be given out. */
  opened(_node: NodeToServe): void {}

  closed(_place: number): void {}

  /** Called before batches are given out: the workers, or how many batches may run, may have changed. */
  divide(): void {}

  /** How many batches of a node may be handed to workers beyond those that run. */
  aheadOf(_place: number): number {
    return 0;
  }

  /** In which turn the worker executes the last batch of a node that it was given: 1 at once, 2 after one other, and so on. */
  turnsOf(_worker: WorkerHandle, _place: number): number {
    return 1;
  }

  /** A batch of the node has ended, so many milliseconds after it was given to a worker. @param _turns See `turnsOf` */
  ended(_place: number, _ms: number, _turns: number): void {}

  /** See `WorkerEvents.onSlots`. */
  confirm(_worker: WorkerHandle, _place: number, _number: number): void {}

  abstract mayDrain(worker: WorkerHandle): boolean;
  /** One has become ready, has refused the run, or has ended before it was ready. */
  abstract note(what: 'ready' | 'refused' | 'failed'): void;
  /** None of them can work, and none will come. */
  abstract readonly isHopeless: boolean;

  close(why: string | undefined): void {
    for (const worker of this.#all) worker.kill(why);
    this.#all = [];
  }
}

interface LocalPoolOptions {
  /** Starts another one, and adds it. */
  readonly start: () => void;
  /** For nodes that say nothing of workers. */
  readonly count: WorkerCount | undefined;
}

/** Processes of this machine: as many as nodes ask for, started when they are needed. */
export class LocalPool extends WorkerPool {
  override readonly mostBytes = Infinity;
  override readonly answerWithinMs = ANSWER_WITHIN_MS;
  readonly #options: LocalPoolOptions;
  #failedStarts = 0;
  /** That a person has drained: no others are started in their places. */
  #drained = 0;

  constructor(options: LocalPoolOptions) {
    super();
    this.#options = options;
  }

  override countFor(asked = this.#options.count): number | undefined {
    return asked === undefined ? undefined : processesOf(asked);
  }

  override workerFor({ count, concurrency }: NodeToServe): WorkerHandle | undefined {
    const most = Math.max(1, count - this.#drained);
    while (this.taking.length < most && !this.isHopeless) this.#options.start();
    const mine = this.taking.slice(0, most);
    // While others are on their way, one worker does not take what is theirs.
    const share = Math.max(1, Math.ceil(concurrency() / Math.max(1, mine.length)));
    return leastBusy(mine, share);
  }

  /** The last one stays: without it, the run would not go on. */
  override mayDrain(worker: WorkerHandle): boolean {
    if (this.taking.every(other => other === worker)) return false;
    this.#drained += 1;
    return true;
  }

  override note(what: 'ready' | 'refused' | 'failed'): void {
    if (what === 'ready') this.#failedStarts = 0;
    else this.#failedStarts = what === 'refused' ? MOST_FAILED_STARTS : this.#failedStarts + 1;
  }

  override get isHopeless(): boolean {
    return this.#failedStarts >= MOST_FAILED_STARTS;
  }
}

function leastBusy(workers: readonly WorkerHandle[], most: number): WorkerHandle | undefined {
  let least: WorkerHandle | undefined;
  for (const worker of workers) {
    if (!worker.isReady || worker.jobs.size >= Math.min(most, worker.concurrency)) continue;
    if (!least || worker.jobs.size < least.jobs.size) least = worker;
  }
  return least;
}
