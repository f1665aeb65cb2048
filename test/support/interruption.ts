import type { RunInProgress } from '../../engine/run/execute.ts';
import type { RunSummary } from '../../common/run-summary.ts';
import type { Definition } from '../../engine/workflow/nodes.ts';
import type { Bench } from './runs.ts';

/**
 * Ends a run as `interrupted` from within one of its steps, at the moment the test is about; once, so that the resumed
 * run gets past it.
 */
export class Interruption {
  #inProgress: RunInProgress | undefined;
  #over = false;

  /** Starts the run that is to be interrupted. */
  async run(bench: Bench, definition: Definition, payload?: unknown): Promise<RunSummary> {
    this.#inProgress = await bench.start(definition, payload);
    return await this.#inProgress.done;
  }

  /** Called by a step of the run: it gets no further than this. */
  here(): void {
    if (this.#over) return;
    this.#over = true;
    this.#inProgress?.run.stopping.request({ as: 'interrupted', reason: 'test' });
    throw new Error('the step was interrupted');
  }
}
