import type { WorkerCount } from '../../../common/workers.ts';
import { processesOf } from '../../workflow/options.ts';
import { WorkerPool, type NodeToServe } from './pool.ts';
import type { WorkerHandle } from './worker-handle.ts';

/** So many workers in a row that end before they can work: then none of them will. */
const MOST_FAILED_STARTS = 3;
/** After the grace period of a stop, a worker that does not answer is ended. */
const ANSWER_WITHIN_MS = 1_000;

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
