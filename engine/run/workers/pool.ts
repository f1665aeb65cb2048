import type { WorkerCount } from '../../../common/workers.ts';
import type { WorkerHandle } from './worker-handle.ts';

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
