import { asToldInStudio } from '../../common/told.ts';
import { supervise, type Beginning, type RunTask, type SupervisedRun } from '../../engine/runner/supervisor.ts';
import { checkOwnStoreFile } from '../../engine/store/own-store.ts';
import type { Problem } from '../api/api.ts';
import { problemOf } from '../api/outcomes.ts';
import type { Store } from '../store/store.ts';
import type { FolderGuard } from '../trust/folder-guard.ts';
import type { OwnRuns, ProcessEvents } from './own-runs.ts';
import type { OfferedQueue } from './run-queue.ts';

export interface RunStarterOptions {
  readonly store: Store;
  readonly guard: Pick<FolderGuard, 'refusal' | 'startRunner'>;
  readonly ownRuns: Pick<OwnRuns, 'begin'>;
  readonly killAfterMs?: number | undefined;
  /** Over which workers on other machines are found. */
  readonly queue?: (() => OfferedQueue | undefined) | undefined;
}

const NO_QUEUE: Problem = {
  name: 'QueueError',
  message:
    'This Studio has no queue over which workers on other machines could be found. Write its address into cronflow.json, ' +
    'or end the Studio and start it with --queue or with CRONFLOW_QUEUE.',
};

/** Starts the processes that execute runs. */
export class RunStarter {
  readonly #options: RunStarterOptions;
  /** Processes in which the run has not started yet. */
  readonly #starting = new Set<SupervisedRun>();
  #isClosed = false;

  constructor(options: RunStarterOptions) {
    this.#options = options;
  }

  get isStarting(): boolean {
    return this.#starting.size > 0;
  }

  /**
   * Resolves when the run has started, or with the reason why it has not.
   * @param onQueue Whether workers on other machines execute its batches. @default Where the Studio was started with a queue
   */
  async start(asked: RunTask, onQueue?: boolean): Promise<Beginning> {
    const { guard, ownRuns, killAfterMs } = this.#options;
    const refusal = this.#refusal();
    if (refusal) return { ok: false, problem: refusal };
    const offered = this.#options.queue?.();
    if (onQueue === true && !offered?.settings) return { ok: false, problem: offered?.problem ?? NO_QUEUE };
    const queue = (onQueue ?? offered?.isDefault) === true ? offered?.settings : undefined;
    const task = queue && asked.kind !== 'demo' ? { ...asked, queue } : asked;
    let events: ProcessEvents | undefined;
    const beginning = await supervise({
      task,
      start: (runnerTask, runnerEvents) => guard.startRunner(runnerTask, runnerEvents),
      killAfterMs,
      onSpawned: supervised => {
        this.#starting.add(supervised);
        void supervised.done.then(() => this.#starting.delete(supervised));
      },
      onOutput: (text, stream) => events?.onOutput(text, stream),
      onStarted: (supervised, started) => {
        events = ownRuns.begin(supervised, started);
        this.#starting.delete(supervised);
        return events.onMessage;
      },
    });
    return beginning.ok ? beginning : { ...beginning, problem: asToldInStudio(beginning.problem) };
  }

  /** Ends the processes in which nothing has started yet, and starts no others. */
  async close(reason: string): Promise<void> {
    this.#isClosed = true;
    const starting = [...this.#starting];
    for (const supervised of starting) supervised.stop('interrupted', reason);
    await Promise.all(starting.map(({ done }) => done));
  }

  #refusal(): Problem | undefined {
    if (this.#isClosed) return { name: 'ClosedError', message: 'The workspace has been closed.' };
    return this.#problemOfStore() ?? this.#options.guard.refusal();
  }

  /** Checks that a folder's own store lies in it: the runner writes to whatever path it is given. */
  #problemOfStore(): Problem | undefined {
    const { file, isNamed } = this.#options.store;
    if (isNamed) return undefined;
    try {
      checkOwnStoreFile(file);
      return undefined;
    } catch (error) {
      return problemOf(error);
    }
  }
}
