import type { RateLimit } from '../../workflow/options.ts';
import type { Limiters } from '../run.ts';
import { RateLimiter, UNLIMITED } from '../rate-limiter.ts';

/** How soon a batch that waits looks again whether the runner has let it start. */
const LOOK_EVERY_MS = 10;

/** In a worker: asks the runner before each start of a batch of a node with a rate limit, which holds over all workers. */
export class WorkerLimits implements Limiters {
  readonly #ask: (node: number, limits: readonly RateLimit[], items: number) => Promise<void>;

  constructor(ask: (node: number, limits: readonly RateLimit[], items: number) => Promise<void>) {
    this.#ask = ask;
  }

  of(node: number, limits: readonly RateLimit[]): RateLimiter {
    if (limits.length === 0) return UNLIMITED;
    return new AskingLimiter(limits, items => this.#ask(node, limits, items));
  }
}

class AskingLimiter extends RateLimiter {
  readonly #ask: (items: number) => Promise<void>;
  #isAsking = false;
  #granted: number | undefined;

  constructor(limits: readonly RateLimit[], ask: (items: number) => Promise<void>) {
    super(limits);
    this.#ask = ask;
  }

  override delay(_now: number, items: number): number {
    if (this.#granted !== undefined && this.#granted >= items) return 0;
    if (!this.#isAsking) {
      this.#isAsking = true;
      void this.#ask(items).then(() => {
        this.#isAsking = false;
        this.#granted = items;
      });
    }
    return LOOK_EVERY_MS;
  }

  override started(): void {
    this.#granted = undefined;
  }
}
