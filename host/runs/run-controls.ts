import type { AskedStop } from '../../common/status.ts';
import type { Problem, Result, RunItem } from '../api/api.ts';
import { failed, problemOf, stateProblem, succeeded } from '../api/outcomes.ts';
import { describeValue } from '../../engine/workflow/errors.ts';
import type { Store } from '../store/store.ts';
import type { OwnRun } from './own-run.ts';
import type { OwnRuns } from './own-runs.ts';
import type { RunMirrors } from './run-mirrors.ts';

const MOST_NAMED = 10;

export interface RunControlsOptions {
  readonly store: Store;
  readonly ownRuns: OwnRuns;
  readonly mirrors: RunMirrors;
  readonly onItem: (item: RunItem) => void;
  /** The store has been written: whoever watches it should look. */
  readonly onWritten: () => void;
}

/** Stops runs, and changes how many of their batches run at a time. */
export class RunControls {
  readonly #options: RunControlsOptions;
  readonly #store: Store;

  constructor(options: RunControlsOptions) {
    this.#options = options;
    this.#store = options.store;
  }

  async stop(run: number, as: AskedStop): Promise<Result<'stopRun'>> {
    const reason = `${as} in Cronflow Studio`;
    const own = this.#options.ownRuns.get(run);
    if (as === 'paused' && own?.process.stopping === 'cancelled') return failed(isBeingCancelled(run));
    own?.process.stop(as, reason);
    // It may take its steps some time: that it was asked shows at once.
    if (own) this.#options.onItem(own.live.item);
    if (own && (as === 'paused' || own.process.stopping === 'cancelled')) return succeeded({});
    // It is being paused already. When it has stopped, the rest of it is cancelled.
    await own?.over;
    try {
      return await this.#stopInStore(run, as, reason);
    } catch (error) {
      return failed(problemOf(error));
    }
  }

  async setConcurrency(run: number, node: string, concurrency: number): Promise<Result<'setConcurrency'>> {
    const own = this.#options.ownRuns.get(run);
    if (!own) return failed(await this.#notRunning(run, 'its concurrency cannot be changed'));
    const known = await this.#batchNodes(run, own);
    if (!known.includes(node)) {
      const choice = known.slice(0, MOST_NAMED).map(describeValue).join(', ');
      return failed(
        stateProblem(
          `Run ${run} has no batch or forEach ${describeValue(node)}. ` +
            `${choice === '' ? 'None of its batch nodes has started.' : `Choose one of ${choice}.`}`,
        ),
      );
    }
    await this.#apply(run, own, node, concurrency);
    return succeeded({});
  }

  /** Sets the concurrency of all batch nodes of a run, also of those that have not started. */
  async setConcurrencyOfAll(run: number, concurrency: number): Promise<void> {
    const own = this.#options.ownRuns.get(run);
    if (!own) return;
    for (const node of await this.#batchNodes(run, own)) await this.#apply(run, own, node, concurrency);
  }

  async #apply(run: number, own: OwnRun, node: string, concurrency: number): Promise<void> {
    own.process.setConcurrency(node, concurrency);
    (await this.#options.mirrors.get(run))?.concurrencyChanged(node, concurrency);
  }

  /**
   * The batch nodes that are drawn, and those that have started: a body that cannot be drawn has nodes that nobody
   * knows before.
   */
  async #batchNodes(run: number, own: OwnRun): Promise<string[]> {
    const started = (await this.#options.mirrors.get(run))?.live.progress.nodes ?? [];
    return [...new Set([...own.batchNodes, ...started.map(({ path }) => path)])];
  }

  /** The run is executed by another process, or by nobody. */
  async #stopInStore(run: number, as: AskedStop, reason: string): Promise<Result<'stopRun'>> {
    const { mirrors, onItem, onWritten } = this.#options;
    const outcome = await this.#store.do('askOwnerToStop', { run, as, reason });
    if (outcome !== 'nobody works on it') {
      // That it was asked shows at once.
      onItem(await this.#store.do('runItem', run));
      return outcome === 'asked' ? succeeded({}) : failed(isBeingCancelled(run));
    }
    if (as === 'paused') return failed(await this.#notRunning(run, 'there is nothing to pause'));
    await this.#store.do('cancelAtRest', { run, reason });
    onItem(await this.#store.do('runItem', run));
    (await mirrors.get(run))?.noteWritten();
    onWritten();
    return succeeded({});
  }

  /** Why something cannot be done to a run that no process of this host executes, and what can be done instead. */
  async #notRunning(run: number, what: string): Promise<Problem> {
    const { status } = await this.#store.do('runItem', run);
    if (status === 'running')
      return stateProblem(
        `Another process is running run ${run}: ${what} from here. Change it there, or pause or cancel the run.`,
      );
    const next = status === 'paused' || status === 'interrupted' ? 'resume or cancel it' : 'use Re-run';
    return stateProblem(`Run ${run} is ${status}: ${what}. To continue, ${next}.`);
  }
}

function isBeingCancelled(run: number): Problem {
  return stateProblem(
    `Run ${run} is being cancelled, so it cannot be paused. When it has stopped, use Re-run to continue it.`,
  );
}
