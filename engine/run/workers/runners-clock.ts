import type { Clock, Reading } from '../clock.ts';

/** Of several answers, the one that came soonest says it best. */
const LOOKS = 3;
/** An answer that took longer says less than is known. */
const LONGEST_ANSWER_MS = 200;

export interface AskTime {
  now(): number;
  later(): Promise<number>;
}

/**
 * The time of a worker's runner, on another machine whose clock may be set otherwise: stamps of one run are of one clock, and what
 * is to begin at a time begins then. Between two looks it goes by the clock that nobody sets.
 */
export class RunnersClock implements Clock {
  readonly #own: Clock;
  readonly #ask: AskTime;
  /** What the runner's clock showed when ours that nobody sets began. */
  #origin = 0;

  /** Asks at once. */
  constructor(own: Clock, ask: AskTime) {
    this.#own = own;
    this.#ask = ask;
    let best = Infinity;
    for (let look = 0; look < LOOKS; look++) {
      const before = own.elapsed();
      const { took, origin } = this.#read(before, ask.now());
      if (took >= best) continue;
      best = took;
      this.#origin = origin;
    }
  }

  now(): number {
    return this.#origin + this.#own.elapsed();
  }

  elapsed(): number {
    return this.#own.elapsed();
  }

  reading(): Reading {
    const elapsed = this.#own.elapsed();
    return { now: this.#origin + elapsed, elapsed };
  }

  after(ms: number, call: () => void): () => void {
    return this.#own.after(ms, call);
  }

  /** To be called now and then: clocks of machines do not go equally fast, and that of the runner may be set. */
  async look(): Promise<void> {
    const before = this.#own.elapsed();
    const { took, origin } = this.#read(before, await this.#ask.later());
    if (took <= LONGEST_ANSWER_MS) this.#origin = origin;
  }

  #read(before: number, time: number): { readonly took: number; readonly origin: number } {
    const took = this.#own.elapsed() - before;
    return { took, origin: time - (before + took / 2) };
  }
}
