import type { RateLimit } from '../workflow/options.ts';

/** A start of a batch, as a limit counts it. */
export interface Start {
  readonly at: number;
  readonly items: number;
}

/** Says when batches may start, so that no more start within any window of time than a rate limit allows. */
export class RateLimiter {
  readonly #windows: readonly Window[];

  /** @param starts What started before, oldest first: a limit holds over resumes and re-runs. */
  constructor(limits: readonly RateLimit[], starts: Iterable<Start> = []) {
    this.#windows = limits.map(limit => new Window(limit));
    for (const { at, items } of starts) this.started(at, items);
  }

  /**
   * Milliseconds until a batch of so many items may start; 0: now. A batch larger than the limit starts in a window of
   * its own.
   */
  delay(now: number, items: number): number {
    let longest = 0;
    for (const window of this.#windows) longest = Math.max(longest, window.delay(now, items));
    return longest;
  }

  started(now: number, items: number): void {
    for (const window of this.#windows) window.started(now, items);
  }

  get isLimited(): boolean {
    return this.#windows.length > 0;
  }
}

/** What has started within the time of one limit. Each start is added once and dropped once, however many there are. */
class Window {
  readonly #limit: RateLimit;
  /** The oldest first, from `#head` on. */
  #starts: { readonly at: number; weight: number }[] = [];
  #head = 0;
  #used = 0;

  constructor(limit: RateLimit) {
    this.#limit = limit;
  }

  started(at: number, items: number): void {
    const weight = this.#weigh(items);
    const last = this.#starts.at(-1);
    // A clock that was set back does not bring starts out of their order.
    const time = Math.max(at, last?.at ?? at);
    if (last?.at === time && this.#head < this.#starts.length) last.weight += weight;
    else this.#starts.push({ at: time, weight });
    this.#used += weight;
  }

  delay(now: number, items: number): number {
    const { limit, per } = this.#limit;
    this.#drop(now);
    const asked = Math.min(this.#weigh(items), limit);
    let used = this.#used;
    if (used + asked <= limit) return 0;
    for (let at = this.#head; at < this.#starts.length; at++) {
      const start = this.#starts[at];
      used -= start?.weight ?? 0;
      // Never longer than the window, also where a clock was set back since.
      if (start && used + asked <= limit) return Math.min(start.at + per - now, per);
    }
    return 0;
  }

  /** Forgets what has left the window. */
  #drop(now: number): void {
    for (let start = this.#starts[this.#head]; start && now - start.at >= this.#limit.per;) {
      this.#used -= start.weight;
      this.#head += 1;
      start = this.#starts[this.#head];
    }
    if (this.#head <= this.#starts.length / 2) return;
    this.#starts = this.#starts.slice(this.#head);
    this.#head = 0;
  }

  #weigh(items: number): number {
    return this.#limit.of === 'items' ? items : 1;
  }
}

export const UNLIMITED = new RateLimiter([]);
