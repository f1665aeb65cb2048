import { staysOnQueue } from '../../common/run-workers.ts';
import type { RunTask } from '../../engine/runner/supervisor.ts';
import type { NodeAnswers, Result } from '../api/api.ts';
import { failed, stateProblem, succeeded } from '../api/outcomes.ts';
import type { Store } from '../store/store.ts';
import type { EngineRequestOf } from './engine-request.ts';
import { movedFileOf } from './moved-file.ts';
import type { OwnRuns } from './own-runs.ts';
import type { RerunRequest } from './rerun-queue.ts';
import type { OfferedQueue } from './run-queue.ts';
import type { RunStarter } from './run-starter.ts';

/** Why there is nothing to resume, and what to do instead. */
const NOT_RESUMABLE = {
  running: 'is running: there is nothing to resume. To stop it, pause or cancel it.',
  completed: 'has completed: there is nothing to resume. To run its batches again, use Re-run.',
  failed:
    'has failed and was not interrupted: there is nothing to resume. To try the failed batches again, use Re-run.',
  cancelled: 'was cancelled: there is nothing to resume. To continue it, use Re-run.',
} as const;

export interface TakeUpOptions {
  readonly store: Store;
  readonly starter: Pick<RunStarter, 'start'>;
  readonly ownRuns: OwnRuns;
  /** The one file of the workspace that defines a workflow of this id. */
  readonly fileOfWorkflow: (workflow: string) => string | undefined;
  readonly engineRequest: EngineRequestOf;
  /** Over which workers on other machines are found. */
  readonly queue?: (() => OfferedQueue | undefined) | undefined;
}

/**
 * Starts processes for runs that exist: to resume them, or to run batches of them again. A run is taken up by one
 * process at a time.
 */
export class TakeUp {
  readonly #options: TakeUpOptions;
  readonly #store: Store;
  /** Runs whose process is being started, each with the outcome. */
  readonly #beginning = new Map<number, Promise<unknown>>();

  constructor(options: TakeUpOptions) {
    this.#options = options;
    this.#store = options.store;
  }

  isBeginning(run: number): boolean {
    return this.#beginning.has(run);
  }

  /** Resolves when it is known whether the run has been taken up. */
  async settled(run: number): Promise<void> {
    await this.#beginning.get(run);
  }

  async resume(run: number, answers?: NodeAnswers): Promise<Result<'resumeRun'>> {
    const status = this.#options.ownRuns.has(run) ? 'running' : (await this.#store.do('runItem', run)).status;
    if (status !== 'paused' && status !== 'interrupted')
      return failed(stateProblem(`Run ${run} ${NOT_RESUMABLE[status]}`));
    return await this.#begin(
      run,
      {
        kind: 'resume',
        run,
        store: this.#store.file,
        file: await movedFileOf(this.#store, run, this.#options.fileOfWorkflow),
        answers,
      },
      await this.#staysOnQueue(run),
    );
  }

  async #staysOnQueue(run: number): Promise<boolean> {
    return staysOnQueue(await this.#store.do('wasOnQueue', run), this.#options.queue?.());
  }

  async rerun(run: number, request: RerunRequest): Promise<Result<'resumeRun'>> {
    return await this.#begin(
      run,
      {
        kind: 'rerun',
        run,
        store: this.#store.file,
        file: await movedFileOf(this.#store, run, this.#options.fileOfWorkflow),
        request: await this.#options.engineRequest(run, request),
      },
      request.onQueue ?? (await this.#staysOnQueue(run)),
    );
  }

  async #begin(run: number, task: RunTask, onQueue: boolean): Promise<Result<'resumeRun'>> {
    if (this.#beginning.has(run))
      return failed(stateProblem(`Run ${run} is already being started. Wait until it is running.`));
    const beginning = this.#options.starter.start(task, onQueue);
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
}
