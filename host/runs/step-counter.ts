import type { StepProgress } from '../api/api.ts';

const EVERY_MS = 2_000;
/** Counting takes a quarter of the time at most. */
const REST_AFTER = 3;

export interface StepCounterOptions {
  /** Reads every step of the run. */
  readonly count: () => Promise<readonly StepProgress[]>;
  readonly onCounted: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * How the steps of a run stand. The runner of a run reports it; for any other run the steps are counted, which is done
 * seldom because it reads all of them.
 */
export class StepCounter {
  readonly #options: StepCounterOptions;
  #steps: readonly StepProgress[] = [];
  #isWanted = false;
  #isCounting = false;
  #notBefore = 0;

  constructor(options: StepCounterOptions) {
    this.#options = options;
  }

  get steps(): StepProgress[] {
    return [...this.#steps];
  }

  /** What the runner has reported. */
  set(steps: readonly StepProgress[]): void {
    this.#steps = steps;
  }

  /** Whether the steps must be counted again. */
  want(isWanted: boolean): void {
    this.#isWanted = isWanted;
  }

  /** Counts if that is wanted and not too soon; nothing waits for it. @param isStale Whether the result would come too late */
  tick(isStale: () => boolean): void {
    if (!this.#isWanted || this.#isCounting || performance.now() < this.#notBefore) return;
    this.#isWanted = false;
    this.#isCounting = true;
    const from = performance.now();
    this.#options
      .count()
      .then(steps => {
        if (isStale()) return;
        this.#steps = steps;
        this.#options.onCounted();
      })
      .catch(this.#options.onError)
      .finally(() => {
        this.#isCounting = false;
        this.#notBefore = performance.now() + Math.max(EVERY_MS, (performance.now() - from) * REST_AFTER);
      });
  }
}
