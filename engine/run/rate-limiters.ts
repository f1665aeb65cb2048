import type { RateLimit } from '../workflow/options.ts';
import type { Clock } from './clock.ts';
import { RateLimiter, UNLIMITED, type Start } from './rate-limiter.ts';

/**
 * The rate limiters of a run: one for a batch node, wherever in the run it stands. A node in a batch or in a round of a
 * while is there many times, and its limit holds over all of them together.
 */
export class RateLimiters {
  readonly #limiters = new Map<string, RateLimiter>();
  readonly #clock: Clock;
  readonly #startsSince: (node: number, since: number) => readonly Start[];

  /** @param startsSince The starts of a node's batches that are on record, oldest first, by their stamps. */
  constructor(clock: Clock, startsSince: (node: number, since: number) => readonly Start[]) {
    this.#clock = clock;
    this.#startsSince = startsSince;
  }

  /** @param limits A body can give each of its nodes other ones, which are then others' limits. */
  of(node: number, limits: readonly RateLimit[]): RateLimiter {
    if (limits.length === 0) return UNLIMITED;
    const key = `${node} ${JSON.stringify(limits)}`;
    let limiter = this.#limiters.get(key);
    if (!limiter) {
      const longest = Math.max(...limits.map(({ per }) => per));
      limiter = new RateLimiter(limits, this.#startsOnRecord(node, longest));
      this.#limiters.set(key, limiter);
    }
    return limiter;
  }

  /** Limits are kept on the clock that nobody sets. What earlier processes stored are stamps; none of it is yet to come. */
  #startsOnRecord(node: number, longest: number): Start[] {
    const now = this.#clock.now();
    const elapsed = this.#clock.elapsed();
    return this.#startsSince(node, now - longest).map(({ at, items }) => ({
      at: elapsed - Math.max(0, now - at),
      items,
    }));
  }
}
