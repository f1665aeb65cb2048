import type { RateLimit } from '../workflow/options.ts';
import { RateLimiter, type Start } from './rate-limiter.ts';

/**
 * The rate limiters of a run: one for a batch node, wherever in the run it stands. A node in a batch or in a round of a
 * while is there many times, and its limit holds over all of them together.
 */
export class RateLimiters {
  readonly #limiters = new Map<string, RateLimiter>();
  readonly #startsSince: (node: number, since: number) => Iterable<Start>;

  /** @param startsSince The starts of a node's batches that are on record, oldest first. */
  constructor(startsSince: (node: number, since: number) => Iterable<Start>) {
    this.#startsSince = startsSince;
  }

  /** @param limits A body can give each of its nodes other ones, which are then others' limits. */
  of(node: number, limits: readonly RateLimit[], now: number): RateLimiter {
    if (limits.length === 0) return UNLIMITED;
    const key = `${node} ${JSON.stringify(limits)}`;
    let limiter = this.#limiters.get(key);
    if (!limiter) {
      const longest = Math.max(...limits.map(({ per }) => per));
      limiter = new RateLimiter(limits, this.#startsSince(node, now - longest));
      this.#limiters.set(key, limiter);
    }
    return limiter;
  }
}

const UNLIMITED = new RateLimiter([]);
