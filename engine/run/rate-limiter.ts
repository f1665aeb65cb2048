import type { RateLimit } from '../workflow/options.ts';

/** Says when batches may start, so that no more start within any window of time than a rate limit allows. */
export class RateLimiter {
  readonly #limits: readonly RateLimit[];
  /** Starts within the longest window, oldest first. */
  #starts: { readonly at: number; readonly items: number }[] = [];
  readonly #longest: number;

  constructor(limits: readonly RateLimit[]) {
    this.#limits = limits;
    this.#longest = Math.max(0, ...limits.map(limit => limit.per));
  }

  /**
   * Milliseconds until a batch of so many items may start; 0: now. A batch larger than the limit starts in a window of
   * its own.
   */
  delay(now: number, items: number): number {
    if (this.#limits.length === 0) return 0;
    this.#starts = this.#starts.filter(start => now - start.at < this.#longest);
    return Math.max(...this.#limits.map(limit => this.#delayBy(limit, now, items)));
  }

  started(now: number, items: number): void {
    if (this.#limits.length > 0) this.#starts.push({ at: now, items });
  }

  #delayBy({ of, limit, per }: RateLimit, now: number, items: number): number {
    const inWindow = this.#starts.filter(start => now - start.at < per);
    const weigh = (of_: { readonly items: number }) => (of === 'items' ? of_.items : 1);
    let used = inWindow.reduce((sum, start) => sum + weigh(start), 0);
    const asked = Math.min(weigh({ items }), limit);
    for (const start of inWindow) {
      if (used + asked <= limit) return 0;
      used -= weigh(start);
      if (used + asked <= limit) return start.at + per - now;
    }
    return 0;
  }
}
